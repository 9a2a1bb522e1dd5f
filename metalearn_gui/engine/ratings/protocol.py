"""Cold start, judged in four quadrants: a learner of ratings beside plain recommenders, on the same users and items.

Everybody sees the same support ratings of a user and is asked about the same items. Of known users and known items the
ratings asked were trained on, by all alike: that quadrant says what was fitted, not what is foretold.
Lee et al. (2019), "MeLU", arXiv:1908.00413, section 4.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from metalearn_gui.engine.adaptation import adapt
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, map_episodes
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.intervals import interval
from metalearn_gui.engine.ratings.baselines import Predictor, UserEpisode, fitted_baselines
from metalearn_gui.engine.ratings.inputs import items_of
from metalearn_gui.engine.ratings.metrics import METRICS, user_scores
from metalearn_gui.engine.ratings.quadrants import QUADRANTS
from metalearn_gui.engine.scoring import slice_size
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks.ratings import Ratings
from metalearn_gui.engine.unseen import unseen_episodes

LEARNER, RIVAL = "learner", "means"  # the rival: what a recommender that learns nothing of tastes comes to
VALIDATION_USERS = 300


class Paired(NamedTuple):
    """The mean over users of the learner's error minus the rival's, and half its 95 % interval."""

    difference: float
    ci95: float

    @property
    def pays(self) -> bool | None:
        """Whether the learner's error is the smaller one; None where the two cannot be told apart."""
        return self.difference < 0 if abs(self.difference) > self.ci95 else None


class Quadrant(NamedTuple):
    """What came out for the users of one quadrant.

    scores: by LEARNER and by a baseline's key, (METRICS, users); NaN where it says no ratings.
    """

    name: str
    scores: Mapping[str, Array]

    @property
    def num_users(self) -> int:
        return int(self.scores[LEARNER].shape[1])

    def means(self, key: str) -> tuple[Array, Array]:
        """Mean over users and half its 95 % interval, each in the order of METRICS."""
        return self.scores[key].mean(axis=1), interval(self.scores[key])

    @property
    def best_baseline(self) -> str:
        """The key of the baseline with the lowest mean MAE here."""
        place = METRICS.index("mae")
        errors = {key: float(scores[place].mean()) for key, scores in self.scores.items() if key != LEARNER}
        return min((key for key in errors if np.isfinite(errors[key])), key=errors.__getitem__)

    def paired(self, rival: str = RIVAL) -> Paired:
        """The learner's MAE beside a baseline's, user by user."""
        place = METRICS.index("mae")
        differences = self.scores[LEARNER][place] - self.scores[rival][place]
        return Paired(float(differences.mean()), float(interval(differences)))


def judged(
    settings: ExperimentSettings, state: LearnerState, num_episodes: int, seed: int, compile: bool = True
) -> Iterator[Quadrant]:
    """Every quadrant that has users, one after the other.

    Args:
        settings: of a run on ratings; the learner takes as many adaptation steps as it was trained with.
        num_episodes: so many a quadrant. Where there are fewer users they come again, with other ratings, and a user's
            figures are the means of theirs: nobody counts more than once.
    """
    family = settings.tasks
    assert isinstance(family, Ratings)
    baselines = fitted_baselines(family.known_ratings(), _validation(settings, seed))
    for name in QUADRANTS:
        here = settings.replaced(quadrant=name)
        assert isinstance(here.tasks, Ratings)
        if len(here.tasks.quadrants.users("test", name, 1.0 / here.tasks.beyond)):
            tasks, episodes = unseen_episodes(here, num_episodes, seed)
            yield _quadrant(here, state, episodes, here.tasks.identity(tasks), baselines, compile)


def _quadrant(
    settings: ExperimentSettings,
    state: LearnerState,
    episodes: Episodes,
    owners: Array,
    baselines: Mapping[str, Predictor],
    compile: bool,
) -> Quadrant:
    family = settings.tasks
    assert isinstance(family, Ratings)
    users, once = user_episodes(episodes), _first_places(episodes)
    of_learner = _predictions(settings, state, episodes, compile)
    predicted = {LEARNER: [row[places] for row, places in zip(of_learner, once, strict=True)]}
    predicted |= {
        key: [one.predict(user.items, user.values, user.asked) for user in users] for key, one in baselines.items()
    }
    orders = {key for key, one in baselines.items() if not one.rates}
    scores = {
        key: [
            user_scores(values, user.answers, family.table.scale, key not in orders)
            for values, user in zip(rows, users, strict=True)
        ]
        for key, rows in predicted.items()
    }
    return Quadrant(family.quadrant, {key: _by_user(np.stack(rows, axis=1), owners) for key, rows in scores.items()})


def _by_user(scores: Array, owners: Array) -> Array:
    """Of every user the mean figures, (METRICS, users), by those of episodes, (METRICS, episodes)."""
    _, places, counts = np.unique(owners, return_inverse=True, return_counts=True)
    return np.stack([np.bincount(places, row) / counts for row in scores])


def _predictions(settings: ExperimentSettings, state: LearnerState, episodes: Episodes, compile: bool) -> Array:
    """(users, queries), after as many steps as the learner was trained with; in slices of one size."""
    steps = min(settings.learner.num_steps, settings.outer.test_steps)
    num_episodes = len(episodes.query.x)
    size = min(slice_size(settings, episodes), num_episodes)
    parts = []
    for start in range(0, num_episodes, size):
        places = np.minimum(np.arange(start, start + size), num_episodes - 1)
        part = map_episodes(functools.partial(np.take, indices=places, axis=0), episodes)
        parts.append(adapt(settings, state, part.support, part.query.x, steps, compile).predictions[-1, :, :, 0])
    return np.concatenate(parts)[:num_episodes]


def _validation(settings: ExperimentSettings, seed: int) -> list[UserEpisode]:
    return user_episodes(unseen_episodes(settings, VALIDATION_USERS, seed, "validation")[1])


def user_episodes(episodes: Episodes) -> list[UserEpisode]:
    """The same by user, each asked about a thing once."""
    support, query = episodes.support, episodes.query
    items, asked = items_of(support.x), items_of(query.x)
    values, answers = support.y[..., 0].astype(np.float64), query.y[..., 0]
    return [
        UserEpisode(items[user], values[user], asked[user, places], answers[user, places])
        for user, places in enumerate(_first_places(episodes))
    ]


def _first_places(episodes: Episodes) -> list[Array]:
    """Where each user's queries are about something for the first time: who has few ratings is asked some twice."""
    return [np.sort(np.unique(asked, return_index=True)[1]) for asked in items_of(episodes.query.x)]
