"""The gradients of the loss before and after adapting, against finite differences."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.two_gradients import agreement, cosine, flat, two_gradients
from tests.engine.small import drawn, family_for, small_settings


def loss_at(settings, state, episodes, step):
    """The loss that R is at this step (0: L), from predictions alone."""
    points = episodes.query if step else episodes.support
    predictions = adapt(settings, state, episodes.support, points.x, step, compile=False).predictions[-1]
    return float(np.mean(np.square(predictions.astype(np.float64) - points.y)))


def moved(state, direction, size):
    params = {name: values + size * direction[name] for name, values in state.params.items()}
    return dataclasses.replace(state, params={name: values.astype(np.float32) for name, values in params.items()})


@pytest.mark.parametrize("learner", ["maml", "cavia", "meta_sgd"])
def test_both_gradients_are_the_slopes_of_their_losses(learner):
    settings = small_settings(learner=learner, activation="tanh").replaced(inner_learning_rate=0.1)
    state, episodes = initial_state(settings), drawn(settings, 1)
    rng = np.random.default_rng(0)
    direction = {name: rng.normal(size=values.shape) for name, values in state.params.items()}
    found = two_gradients(settings, state, episodes, compile=False)
    for gradient, step in ((found.base, 0), (found.meta, settings.learner.num_steps)):
        slope = sum(float((gradient[name][0] * direction[name]).sum()) for name in direction)
        size = 2e-3
        ends = [loss_at(settings, moved(state, direction, sign * size), episodes, step) for sign in (1, -1)]
        assert slope == pytest.approx((ends[0] - ends[1]) / (2 * size), rel=0.02, abs=2e-3)


@pytest.mark.parametrize("learner", LEARNERS)
def test_every_learner_has_two_gradients_of_each_task(learner):
    settings = small_settings(family_for(learner), learner)
    state = initial_state(settings)
    found = two_gradients(settings, state, drawn(settings, 2), compile=False)
    assert found.base.keys() == found.meta.keys() == state.params.keys()
    for name, values in state.params.items():
        assert found.meta[name].shape == (2, *values.shape)


def test_cosines_are_those_of_numpy_and_a_vector_of_nothing_agrees_with_none():
    rows = np.random.default_rng(0).normal(size=(3, 5))
    rows[2] = 0
    found = agreement(rows)
    expected = rows[0] @ rows[1] / np.linalg.norm(rows[0]) / np.linalg.norm(rows[1])
    assert found[0, 1] == pytest.approx(expected)
    assert cosine(rows[0], rows[1]) == pytest.approx(expected)
    assert np.isnan(found[2]).all()
    assert np.isnan(cosine(rows[0], rows[2]))
    assert flat({"w": np.ones((2, 3)), "b": np.zeros((2, 1))}).shape == (2, 4)
