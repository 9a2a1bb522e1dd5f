"""The plane through a way of adapting, against numpy; the loss on it, against the learner's own."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt, predict_adapted, way_of
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.landscape import finite_steps, grid_places, plane_of, reach_of
from metalearn_gui.engine.learners import LEARNERS
from tests.engine.small import drawn, family_for, small_settings


def one_way(settings, num_steps=3):
    state, episodes = initial_state(settings), drawn(settings, 1)
    way = way_of(settings, state, episodes.support, num_steps, compile=False)
    return state, episodes, {name: values[:, 0] for name, values in way.items()}


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_way_predicts_what_the_learner_does_after_every_step(learner):
    settings = small_settings(family_for(learner), learner)
    state, episodes, way = one_way(settings)
    expected = adapt(settings, state, episodes.support, episodes.query.x, 3, compile=False).predictions
    for step in range(4):
        adapted = {name: values[step][None] for name, values in way.items()}
        found = predict_adapted(settings, state, adapted, episodes.query.x, compile=False)
        np.testing.assert_allclose(found, expected[step], atol=1e-4)


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("kind", ["path", "random"])
def test_every_learner_has_both_planes(learner, kind):
    settings = small_settings(family_for(learner), learner)
    _, _, way = one_way(settings)
    plane = plane_of(way, kind)
    one, other = plane.directions
    assert abs(one @ other) < 1e-4 * np.linalg.norm(one) * np.linalg.norm(other)
    assert np.isfinite(plane.path).all()
    assert -1e-6 <= plane.share <= 1 + 1e-6
    (left, right), (low, high) = reach_of(plane, 1.5)
    assert (right - left) / (high - low) == pytest.approx(1.5)
    assert ((plane.path > [left, low]) & (plane.path < [right, high])).all()


@pytest.mark.parametrize("kind", ["path", "random"])
def test_where_a_single_number_adapts_the_plane_is_a_line(kind):
    plane = plane_of({"b": np.array([[0.0], [0.5], [0.75]], np.float32)}, kind)
    assert np.isfinite(plane.path).all()
    np.testing.assert_allclose(plane.adapted(plane.path)["b"][:, 0], [0.0, 0.5, 0.75], atol=1e-6)
    assert plane.path[:, 1] == pytest.approx(0.0, abs=1e-6)
    assert plane.share == pytest.approx(1.0)


def test_two_steps_lie_in_their_plane_whole_and_it_gives_them_back():
    _, _, way = one_way(small_settings(inner_learning_rate=0.1), num_steps=2)
    plane = plane_of(way)
    assert plane.share == pytest.approx(1.0, abs=1e-6)
    assert plane.path[0] == pytest.approx([0.0, 0.0])
    assert plane.path[1, 1] == pytest.approx(0.0, abs=1e-6)
    adapted = plane.adapted(plane.path)
    for name, values in way.items():
        np.testing.assert_allclose(adapted[name], values, atol=1e-5)


def test_the_share_is_that_of_a_projection_by_hand():
    rng = np.random.default_rng(0)
    way = {"w": rng.normal(size=(6, 3, 4)).astype(np.float32), "b": rng.normal(size=(6, 4)).astype(np.float32)}
    plane = plane_of(way)
    moved = np.concatenate([(way[name] - way[name][0]).reshape(6, -1) for name in ("b", "w")], axis=1)
    basis = np.linalg.qr(np.stack(plane.directions).T)[0]
    inside = moved @ basis @ basis.T
    assert plane.share == pytest.approx(np.square(inside).sum() / np.square(moved).sum(), rel=1e-5)
    first = moved[1] / np.linalg.norm(moved[1])
    np.testing.assert_allclose(plane.directions[0], first, atol=1e-6)


def test_a_random_direction_is_as_long_as_the_start_in_every_column():
    rng = np.random.default_rng(1)
    way = {"w": rng.normal(size=(3, 5, 4)).astype(np.float32)}
    across = plane_of(way, "random", seed=3).adapted(np.array([[1.0, 0.0]]))["w"][0] - way["w"][0]
    np.testing.assert_allclose(np.linalg.norm(across, axis=0), np.linalg.norm(way["w"][0], axis=0), rtol=1e-5)


def test_nothing_that_moves_leaves_a_plane_to_look_at():
    plane = plane_of({"w": np.ones((4, 2, 3), np.float32)})
    assert plane.share == 1.0
    assert not plane.path.any()
    (left, right), _ = reach_of(plane, 1.0)
    assert right > left


def test_a_way_that_explodes_is_looked_at_as_far_as_it_is_finite():
    values = np.ones((5, 2), np.float32)
    values[3:] = np.nan
    assert finite_steps({"w": values}) == 3
    assert finite_steps({"w": values[:3]}) == 3


def test_the_cells_of_a_grid_begin_at_the_upper_left():
    places = grid_places(((0.0, 4.0), (0.0, 2.0)), (2, 4))
    assert places.shape == (8, 2)
    assert places[0].tolist() == [0.5, 1.5]
    assert places[-1].tolist() == [3.5, 0.5]
