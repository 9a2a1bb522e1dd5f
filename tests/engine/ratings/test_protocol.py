"""The four quadrants: who is asked about what, and what everybody is told of them."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.intervals import interval
from metalearn_gui.engine.ratings.baselines import BASELINES
from metalearn_gui.engine.ratings.metrics import METRICS
from metalearn_gui.engine.ratings.protocol import LEARNER, Paired, Quadrant, judged, user_episodes
from metalearn_gui.engine.ratings.quadrants import QUADRANTS
from metalearn_gui.engine.scoring import score
from metalearn_gui.engine.tasks.ratings import Ratings
from metalearn_gui.engine.unseen import unseen_episodes
from tests.engine.small import small_settings

SETTINGS = small_settings("ratings", "maml", test_steps=1)
NUM_USERS, SEED = 20, 3


@pytest.fixture(scope="module")
def quadrants() -> list[Quadrant]:
    return list(judged(SETTINGS, initial_state(SETTINGS), NUM_USERS, SEED, compile=False))


def test_every_quadrant_has_figures_of_the_learner_and_every_baseline(quadrants: list[Quadrant]) -> None:
    assert [one.name for one in quadrants] == list(QUADRANTS)
    for one in quadrants:
        assert list(one.scores) == [LEARNER, *BASELINES]
        assert {scores.shape for scores in one.scores.values()} == {(len(METRICS), NUM_USERS)}


def test_only_popularity_says_no_ratings(quadrants: list[Quadrant]) -> None:
    unknown = {key for one in quadrants for key, scores in one.scores.items() if np.isnan(scores).any()}
    assert unknown == {"popularity"}


def test_who_comes_again_counts_once_with_the_mean_of_what_came_out() -> None:
    settings = SETTINGS.replaced(held_out=0.05)
    assert isinstance(settings.tasks, Ratings)
    users = len(settings.tasks.quadrants.users("test", QUADRANTS[0]))
    first = next(judged(settings, initial_state(settings), 2 * users, SEED, compile=False))
    assert first.num_users == users
    tasks, episodes = unseen_episodes(settings, 2 * users, SEED)
    losses = score(settings, initial_state(settings), episodes, compile=False).losses
    assert losses is not None
    errors = np.sqrt(losses[-1])[np.argsort(tasks.parameters["user"], kind="stable")].reshape(users, 2).mean(axis=1)
    np.testing.assert_allclose(first.scores[LEARNER][METRICS.index("rmse")], errors, rtol=1e-4)


def test_the_learners_errors_are_those_of_its_evaluation(quadrants: list[Quadrant]) -> None:
    tasks, episodes = unseen_episodes(SETTINGS.replaced(quadrant=QUADRANTS[0]), NUM_USERS, SEED)
    losses = score(SETTINGS, initial_state(SETTINGS), episodes, compile=False).losses
    assert losses is not None
    low, high = SETTINGS.tasks.output_range()
    assert low < 3.0 < high  # an untrained learner stays within the scale, so nothing is clipped
    by_user = losses[-1][np.argsort(tasks.parameters["user"])]
    np.testing.assert_allclose(quadrants[0].scores[LEARNER][METRICS.index("rmse")] ** 2, by_user, rtol=1e-4)


def test_baselines_learn_from_training_users_and_known_items_alone() -> None:
    family = SETTINGS.tasks
    assert isinstance(family, Ratings)
    known = family.known_ratings()
    assert (family.quadrants.members[known.users] == 0).all()
    assert family.quadrants.is_known[known.items].all()
    np.testing.assert_array_equal(np.sort(known.values), np.sort(family.quadrants.training_values))


def test_differences_are_paired_user_by_user(quadrants: list[Quadrant]) -> None:
    scores = quadrants[1].scores
    differences = (scores[LEARNER] - scores["global_mean"])[METRICS.index("mae")]
    paired = quadrants[1].paired("global_mean")
    assert paired == (pytest.approx(differences.mean()), pytest.approx(interval(differences)))


def test_nobody_is_asked_twice_about_one_thing() -> None:
    settings = SETTINGS.replaced(min_ratings=6, queries=40)  # more than many people have rated
    _, episodes = unseen_episodes(settings, NUM_USERS, SEED)
    asked = [user.asked for user in user_episodes(episodes)]
    assert all(len(items) == len(np.unique(items)) for items in asked)
    assert min(len(items) for items in asked) < 40


@pytest.mark.parametrize(("difference", "pays"), [(-0.2, True), (0.2, False), (0.05, None), (float("nan"), None)])
def test_only_an_interval_that_leaves_zero_out_says_that_it_pays(difference: float, pays: bool | None) -> None:
    assert Paired(difference, 0.1).pays is pays
