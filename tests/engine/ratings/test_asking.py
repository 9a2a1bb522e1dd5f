"""What to ask a new user, and what their answers have done."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.learners.base import View
from metalearn_gui.engine.learners.task_mean import TaskMean
from metalearn_gui.engine.ratings.asking import catalogue_inputs, popular_items, shelf_view
from metalearn_gui.engine.tasks.ratings import Ratings, items_of
from metalearn_gui.engine.unseen import unseen_episodes
from tests.engine.small import small_settings

SETTINGS = dataclasses.replace(small_settings("ratings", "maml", test_steps=1), learner=TaskMean())
FAMILY = SETTINGS.tasks
assert isinstance(FAMILY, Ratings)


@pytest.fixture(scope="module")
def episode() -> tuple[int, PointSet, PointSet]:
    tasks, episodes = unseen_episodes(SETTINGS, 1, 0)
    support, query = (PointSet(points.x[0], points.y[0]) for points in episodes.parts)
    return int(tasks.parameters["user"][0]), support, query


def view(user: int, support: PointSet, query: PointSet) -> View:
    return shelf_view(SETTINGS, initial_state(SETTINGS), user, support, query, compile=False)


def test_popular_items_are_known_ones_and_the_first_is_rated_most() -> None:
    items, shares = popular_items(FAMILY)
    assert FAMILY.quadrants.is_known[items].all()
    assert shares[0] == 1.0
    assert (np.diff(shares) <= 0).all()


def test_catalogue_inputs_are_of_the_popular_items_for_this_user() -> None:
    inputs = catalogue_inputs(FAMILY, 5)
    np.testing.assert_array_equal(items_of(inputs), popular_items(FAMILY)[0])
    np.testing.assert_array_equal(inputs, FAMILY.inputs(np.full(len(inputs), 5), items_of(inputs)))


def test_nothing_is_asked_that_the_user_has_said_or_is_to_be_foretold(episode: tuple) -> None:
    user, support, query = episode
    asked = view(user, support, query).arrays["items"]
    assert len(asked)
    assert not np.isin(asked, [*items_of(support.x), *items_of(query.x)]).any()


def test_for_a_mean_every_answer_moves_as_much_as_the_deviation_over_the_ratings(episode: tuple) -> None:
    user, support, query = episode
    arrays = view(user, support, query).arrays
    deviation = FAMILY.scaling().y_deviation[0]
    np.testing.assert_allclose(arrays["moves"], deviation / (len(support.x) + 1), rtol=1e-4)
    popular = [item for item in popular_items(FAMILY)[0] if item in arrays["items"]]
    np.testing.assert_array_equal(arrays["items"], popular)  # what is left to choose by is popularity


def test_a_push_is_what_a_rating_adds_to_the_prediction(episode: tuple) -> None:
    user, support, query = episode
    pushes, values = view(user, support, query).arrays["pushes"], support.y[:, 0]
    without = (values.sum() - values) / (len(values) - 1)
    np.testing.assert_allclose(pushes, np.repeat((values.mean() - without)[:, None], len(query.x), 1), atol=1e-5)


def test_a_user_who_said_nothing_is_asked_too(episode: tuple) -> None:
    user, support, query = episode
    arrays = view(user, PointSet(support.x[:0], support.y[:0]), query).arrays
    assert len(arrays["items"])
    assert arrays["pushes"].shape == (0, len(query.x))


def test_compiled_it_says_the_same(episode: tuple) -> None:
    settings, (user, support, query) = small_settings("ratings", "maml", test_steps=1), episode
    asked = (settings, initial_state(settings), user, support, query)
    compiled, uncompiled = (shelf_view(*asked, compile=compiles).arrays for compiles in (True, False))
    np.testing.assert_array_equal(compiled["items"], uncompiled["items"])
    np.testing.assert_allclose(compiled["moves"], uncompiled["moves"], rtol=1e-4)
    np.testing.assert_allclose(compiled["pushes"], uncompiled["pushes"], atol=1e-5)
    assert np.abs(compiled["pushes"]).max() > 1e-4
