"""What to ask a new user next, and what each answer has done: by trying it out.

MeLU asks for "evidence candidates": the items whose rating alone gives the inner loop the largest gradient, times how
many users know them (Lee et al. 2019, arXiv:1908.00413, section 3.3). Here the same is asked of the predictions, which
learners without gradients have too: by how many stars would this user's predictions move, on average, between a high
and a low rating of the item, times its share of the most popular item's ratings. And it is asked after what the user
has said already, so that two items that tell the same are not both asked.
"""

from __future__ import annotations

import functools

import numpy as np

from metalearn_gui.engine.adaptation import adapt
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.learners.base import View
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks.ratings import Ratings, items_of

CATALOGUE = 100  # of the most popular known items: what a user's predictions are looked at on
CANDIDATES = 30  # of those
KIND = "shelf"


@functools.lru_cache(maxsize=4)
def popular_items(family: Ratings) -> tuple[Array, Array]:
    """The known items that training users rated most: their numbers, and their share of the first one's ratings."""
    counts = np.bincount(family.known_ratings().items, minlength=family.table.num_items)
    items = np.argsort(-counts, kind="stable")[: min(CATALOGUE, np.count_nonzero(counts))]
    return items, counts[items] / counts[items[0]]


def catalogue_inputs(family: Ratings, user: int) -> Array:
    """The inputs of the popular items for a user, (items, input_dim)."""
    items, _ = popular_items(family)
    return family.inputs(np.full(len(items), user), items)


def shelf_view(
    settings: ExperimentSettings, state: LearnerState, user: int, support: PointSet, query: PointSet
) -> View:
    """What to ask a user, and what their ratings have done; uncompiled, so a few times a second at most.

    Args:
        support, query: of this one user, without a task axis; no support ratings is fine.

    Returns: arrays "items" (n,), best first; "moves" (n,), stars on average; "pushes" (support, query), by how many
        stars a support rating has moved a query's prediction: what it is with all of them, less what without this one.
    """
    family = settings.tasks
    assert isinstance(family, Ratings)
    items, moves = _candidates(settings, state, user, support, items_of(query.x))
    return View(KIND, {"items": items, "moves": moves, "pushes": _pushes(settings, state, support, query.x)})


def _candidates(
    settings: ExperimentSettings, state: LearnerState, user: int, support: PointSet, asked: Array
) -> tuple[Array, Array]:
    family = settings.tasks
    assert isinstance(family, Ratings)
    items, shares = popular_items(family)
    places = np.flatnonzero(~np.isin(items, [*items_of(support.x), *asked]))[:CANDIDATES]
    inputs, scaling = catalogue_inputs(family, user), family.scaling()
    ends = [scaling.y_mean + sign * scaling.y_deviation for sign in (-1, 1)]
    tries = [_with_one_more(support, inputs[place], value) for value in ends for place in places]
    low, high = np.split(_predicted(settings, state, _stacked(tries), inputs), 2)
    moves = np.abs(high - low).mean(axis=1) / 2.0
    best = np.argsort(-moves * shares[places], kind="stable")
    return items[places][best], moves[best]


def _pushes(settings: ExperimentSettings, state: LearnerState, support: PointSet, query_x: Array) -> Array:
    count = len(support.x)
    if not count:
        return np.zeros((0, len(query_x)), np.float32)
    masks = np.concatenate([np.ones((1, count), np.float32), 1.0 - np.eye(count, dtype=np.float32)])
    x, y = (np.repeat(values[None], count + 1, axis=0) for values in (support.x, support.y))
    everything, *without = _predicted(settings, state, PointSet(x, y, masks), query_x)
    return np.asarray(everything - np.stack(without))


def _with_one_more(support: PointSet, x: Array, value: Array) -> PointSet:
    return PointSet(np.concatenate([support.x, x[None]]), np.concatenate([support.y, value[None]]))


def _stacked(tries: list[PointSet]) -> PointSet:
    return PointSet(np.stack([one.x for one in tries]), np.stack([one.y for one in tries]))


def _predicted(settings: ExperimentSettings, state: LearnerState, support: PointSet, x: Array) -> Array:
    """Predictions (tasks, points) at x (points, input_dim), after as many steps as the learner was trained with."""
    steps = min(settings.learner.num_steps, settings.outer.test_steps)
    query_x = np.repeat(x[None], len(support.x), axis=0)
    return adapt(settings, state, support, query_x, steps, compile=False).predictions[-1, :, :, 0]
