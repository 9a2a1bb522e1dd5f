"""Weights of one run as the start of another."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt, predict_adapted, way_of
from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.baselines import initial_state, initial_states
from metalearn_gui.engine.episodes import Episodes
from metalearn_gui.engine.events import LearnerState, TrainingState
from metalearn_gui.engine.inspection import inspect
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.scoring import score
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.starts import fitting, started_from
from metalearn_gui.engine.training import meta_train
from metalearn_gui.engine.two_gradients import two_gradients
from tests.engine.small import drawn, family_for, small_settings


@pytest.mark.parametrize("learner", LEARNERS)
def test_every_learner_takes_the_network_of_joint_training(learner: str) -> None:
    family = family_for(learner)
    weights = initial_state(small_settings(family, "transfer", seed=99)).params
    fresh = initial_state(small_settings(family, learner))
    names = set(fitting(fresh.params, weights))
    started = started_from(fresh, weights) if names else fresh
    assert names == {name for name in fresh.params if name in weights}
    for name, values in started.params.items():
        expected = weights[name] if name in names else fresh.params[name]
        np.testing.assert_array_equal(values, expected, err_msg=name)
        assert values is not weights.get(name)
    assert (started.carry, started.moments, started.iteration) == (fresh.carry, fresh.moments, 0)


def test_parameters_of_another_shape_stay_fresh() -> None:
    weights = initial_state(small_settings(seed=99).replaced(hidden_dims="8,6")).params
    fresh = initial_state(small_settings().replaced(hidden_dims="8,5"))
    assert set(fitting(fresh.params, weights)) == {"w0", "b0", "b2"}
    started = started_from(fresh, weights)
    np.testing.assert_array_equal(started.params["w0"], weights["w0"])
    np.testing.assert_array_equal(started.params["w1"], fresh.params["w1"])


def test_weights_of_which_none_fits_are_refused_in_one_line() -> None:
    weights = initial_state(small_settings(family="blobs", hidden_dim=5)).params
    with pytest.raises(
        SettingError, match=r"None of these weights fit \(w0 2x5, .*has w0 1x8, .*same network"
    ) as caught:
        started_from(initial_state(small_settings()), weights)
    assert "\n" not in str(caught.value)


def _of_another_version() -> LearnerState:
    return initial_state(small_settings(seed=99).replaced(hidden_dims="8,6"))


def test_a_run_whose_weights_have_other_shapes_is_refused_in_one_line() -> None:
    settings = small_settings().replaced(hidden_dims="8,5")
    _, baselines = initial_states(settings)
    with pytest.raises(
        SettingError, match=r"has w1 8x6, b1 6, w2 6x1 where its settings have w1 8x5, .*another version"
    ):
        next(meta_train(settings, resume=TrainingState(_of_another_version(), baselines)))


Work = Callable[[ExperimentSettings, LearnerState, Episodes], object]
WORK: dict[str, Work] = {
    "adapt": lambda settings, state, episodes: adapt(
        settings, state, episodes.support, episodes.query.x, compile=False
    ),
    "way_of": lambda settings, state, episodes: way_of(settings, state, episodes.support, compile=False),
    "evaluate": lambda settings, state, episodes: score(settings, state, episodes, compile=False),
    "predict": lambda settings, state, episodes: predict_adapted(
        settings, state, {name: values[None] for name, values in state.params.items()}, episodes.query.x, compile=False
    ),
    "gradients": lambda settings, state, episodes: two_gradients(settings, state, episodes, compile=False),
    "inspect": lambda settings, state, episodes: inspect(settings.replaced(learner="cavia"), state, episodes),
}


@pytest.mark.parametrize("work", WORK)
def test_work_with_weights_of_other_shapes_is_refused_in_one_line(work: str) -> None:
    settings = small_settings().replaced(hidden_dims="8,5")
    state = _of_another_version()
    broken = dataclasses.replace(state, params=state.params | {"w2": np.zeros((5, 1), np.float32)})
    with pytest.raises(SettingError, match="another version made it") as caught:
        WORK[work](settings, broken, drawn(settings, 1))
    assert "\n" not in str(caught.value)


def test_a_fault_of_ours_with_weights_that_fit_stays_a_fault() -> None:
    settings = small_settings()
    episodes = drawn(settings, 1)
    with pytest.raises(tf.errors.InvalidArgumentError):
        adapt(settings, initial_state(settings), episodes.support, np.zeros((1, 4, 3)), compile=False)
