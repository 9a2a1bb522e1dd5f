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
SETS = 32  # support sets are filled up to a multiple, for each number is a program of its own
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
    settings: ExperimentSettings,
    state: LearnerState,
    user: int,
    support: PointSet,
    query: PointSet,
    compile: bool = True,
) -> View:
    """What to ask a user, and what their ratings have done; compiled it takes a tenth of the time.

    Args:
        support, query: of this one user, without a task axis; no support ratings is fine.

    Returns: arrays "items" (n,), best first; "moves" (n,), stars on average; "pushes" (support, query), by how many
        stars a support rating has moved a query's prediction: what it is with all of them, less what without this one.
    """
    family = settings.tasks
    assert isinstance(family, Ratings)
    items, shares = popular_items(family)
    places = np.flatnonzero(~np.isin(items, [*items_of(support.x), *items_of(query.x)]))[:CANDIDATES]
    catalogue, scaling = catalogue_inputs(family, user), family.scaling()
    ends = [scaling.y_mean + sign * scaling.y_deviation for sign in (-1, 1)]
    sets = [_with_one_more(support, catalogue[place], value) for value in ends for place in places]
    sets += [_with_one_less(support, left_out) for left_out in (None, *range(len(support.x)))]
    inputs = np.concatenate([catalogue, query.x])
    predictions = _predicted(settings, state, sets, inputs, compile)
    low, high, (everything, *without) = np.split(predictions, [len(places), 2 * len(places)])
    moves = np.abs(high - low)[:, : len(catalogue)].mean(axis=1) / 2.0
    best = np.argsort(-moves * shares[places], kind="stable")
    pushes = (everything - np.reshape(without, (-1, len(inputs))))[:, len(catalogue) :]
    return View(KIND, {"items": items[places][best], "moves": moves[best], "pushes": pushes})


def _with_one_more(support: PointSet, x: Array, value: Array) -> PointSet:
    mask = np.ones(len(support.x) + 1, np.float32)
    return PointSet(np.concatenate([support.x, x[None]]), np.concatenate([support.y, value[None]]), mask)


def _with_one_less(support: PointSet, left_out: int | None) -> PointSet:
    """In as many places as one more has."""
    one_more = _with_one_more(support, *(np.zeros(values.shape[1:], values.dtype) for values in (support.x, support.y)))
    mask = np.ones(len(one_more.x), np.float32)
    mask[[-1] if left_out is None else [left_out, -1]] = 0.0
    return one_more._replace(mask=mask)


def _predicted(
    settings: ExperimentSettings, state: LearnerState, sets: list[PointSet], x: Array, compile: bool
) -> Array:
    """Predictions (sets, points) at x (points, input_dim), after as many steps as the learner was trained with."""
    steps = min(settings.learner.num_steps, settings.outer.test_steps)
    spare = [sets[-1]] * (-len(sets) % SETS)
    support = PointSet(*map(np.stack, zip(*sets, *spare, strict=True)))
    path = adapt(settings, state, support, np.repeat(x[None], len(support.x), axis=0), steps, compile)
    return path.predictions[-1, : len(sets), :, 0]
