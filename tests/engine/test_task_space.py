from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import way_of
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.task_space import changes_of, main_directions
from tests.engine.small import drawn, small_settings


def test_main_directions_are_those_of_a_decomposition_by_numpy():
    points = np.random.default_rng(0).normal(size=(12, 40)) * np.linspace(3, 0.1, 40)
    places, shares = main_directions(points)
    left, sizes, _ = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(places), np.abs(left[:, :2] * sizes[:2]), atol=1e-8)
    np.testing.assert_allclose(shares, sizes[:2] ** 2 / (sizes**2).sum())


def test_a_task_that_diverges_has_no_place_and_does_not_move_the_others():
    points = np.random.default_rng(1).normal(size=(6, 3))
    with_one = np.concatenate([points, np.full((1, 3), np.nan)])
    places, _ = main_directions(with_one)
    np.testing.assert_allclose(places[:6], main_directions(points)[0])
    assert np.isnan(places[6]).all()


@pytest.mark.parametrize("points", [np.zeros((5, 3)), np.full((4, 2), np.nan), np.ones((1, 2)), np.ones((3, 1))])
def test_what_does_not_differ_lies_in_one_place(points):
    places, shares = main_directions(points)
    assert places.shape == (len(points), 2)
    assert (np.nan_to_num(places) == 0).all()
    assert (shares == 0).all()


def test_changes_are_the_end_of_the_way_minus_its_start():
    settings = small_settings(inner_learning_rate=0.1)
    state, episodes = initial_state(settings), drawn(settings, 4)
    way = way_of(settings, state, episodes.support, 2, compile=False)
    changes = changes_of(way)
    assert changes.shape == (4, sum(values[0, 0].size for values in way.values()))
    first = sorted(way)[0]
    size = way[first][0, 0].size
    np.testing.assert_allclose(changes[1, :size], (way[first][-1, 1] - way[first][0, 1]).ravel(), atol=1e-6)
