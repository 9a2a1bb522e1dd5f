"""What Meta-SGD, ANIL and CAVIA adapt, and what they leave alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt
from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.learners.base import State, fold
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import Options, meta_train
from tests.engine.small import QUIET, context, drawn, finished, objectives, small_settings, start_of, tensors

KEYS = ("meta_sgd", "anil", "cavia")
COMPILED = Options(baselines=False, evaluate=False)


def experiment(key: str, **values: Any) -> ExperimentSettings:
    return small_settings(
        "sinusoid", key, **{"activation": "tanh", "inner_learning_rate": 0.1, "inner_steps": 2} | values
    )


@pytest.mark.parametrize("key", KEYS)
def test_a_compiled_run_equals_an_uncompiled_one(key: str) -> None:
    settings = experiment(key, num_iterations=10)
    compiled = list(meta_train(settings, options=COMPILED))
    plain = list(meta_train(settings, options=QUIET))
    np.testing.assert_allclose(objectives(compiled), objectives(plain), rtol=1e-4, atol=1e-4)
    for name, values in finished(plain).state.learner.params.items():
        np.testing.assert_allclose(finished(compiled).state.learner.params[name], values, atol=1e-4)


@pytest.mark.parametrize("key", KEYS)
def test_the_meta_gradient_matches_finite_differences(key: str) -> None:
    settings = experiment(key)
    episodes, state, ctx = tensors(drawn(settings, 3)), start_of(settings), context(settings)
    gradients = settings.learner.meta_gradient(state, episodes, ctx).gradients
    rng = np.random.default_rng(1)
    direction = {name: rng.normal(size=values.shape).astype(np.float32) for name, values in state.params.items()}
    ends = []
    for move in (1e-2, -1e-2):
        moved = {name: values + move * direction[name] for name, values in state.params.items()}
        ends.append(float(settings.learner.loss_after(State(moved, state.carry), episodes, ctx)[0]))
    expected = sum(float(np.sum(gradients[name] * direction[name])) for name in direction)
    assert (ends[0] - ends[1]) / 2e-2 == pytest.approx(expected, rel=2e-2, abs=2e-3)


@pytest.mark.parametrize("family", ["sinusoid", "blobs"])
@pytest.mark.parametrize("key", KEYS)
def test_before_adapting_there_is_the_plain_network_and_nothing_else(key: str, family: str) -> None:
    settings = small_settings(family, key)
    episodes, state, ctx = tensors(drawn(settings, 3)), start_of(settings), context(settings)
    begun = settings.learner.begin(state, episodes.support, ctx)
    found, _ = settings.learner.predict(state, begun, episodes.query.x, ctx)
    plain = {name: values for name, values in state.params.items() if "/" not in name}
    expected, _ = settings.network.apply(plain, state.carry, episodes.query.x, None, ctx)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_meta_sgd_with_equal_rates_adapts_as_maml() -> None:
    episodes = drawn(experiment("maml"), 3)
    paths = []
    for key in ("maml", "meta_sgd"):
        settings = experiment(key)
        paths.append(adapt(settings, initial_state(settings), episodes.support, episodes.query.x, compile=False))
    np.testing.assert_allclose(paths[0].predictions, paths[1].predictions, atol=1e-6)


def test_meta_sgd_steps_against_a_gradient_whose_rate_is_negative() -> None:
    settings = experiment("meta_sgd", inner_steps=1)
    episodes, state, ctx = tensors(drawn(settings, 3)), start_of(settings), context(settings)
    turned = State(state.params | {"rates/b1": -state.params["rates/b1"]}, state.carry)
    ends = [fold(settings.learner, each, episodes.support, ctx, 1) for each in (state, turned)]
    moves = [np.asarray(end["b1"] - state.params["b1"]) for end in ends]
    np.testing.assert_allclose(moves[0], -moves[1], atol=1e-6)
    assert np.abs(moves[0]).min() > 0


def test_meta_sgd_learns_its_rates_and_shows_them_by_parameter() -> None:
    settings = experiment("meta_sgd")
    end = finished(list(meta_train(settings, options=QUIET))).state.learner
    (view,) = settings.learner.inspect(State(end.params, end.carry), drawn(settings, 2), context(settings))
    assert view.kind == "rates"
    assert view.arrays.keys() == {"w0", "b0", "w1", "b1"}
    for name, rates in view.arrays.items():
        assert rates.shape == end.params[name].shape
        assert (rates != np.float32(0.1)).any()


def test_anil_moves_the_head_and_leaves_the_body() -> None:
    settings = experiment("anil", num_hidden_layers=2)
    episodes, state, ctx = tensors(drawn(settings, 3)), start_of(settings), context(settings)
    adapted = fold(settings.learner, state, episodes.support, ctx, 2)
    assert adapted.keys() == set(settings.network.parts["head"])
    assert all(np.abs(values - state.params[name]).max() > 0 for name, values in adapted.items())
    gradients = settings.learner.meta_gradient(state, episodes, ctx).gradients
    assert all(np.abs(gradients[name]).max() > 0 for name in settings.network.parts["body"])


def test_a_context_of_one_s_own_moves_cavia_s_predictions() -> None:
    settings = experiment("cavia", num_context=2)
    episodes, state, ctx = tensors(drawn(settings, 1)), start_of(settings), context(settings)
    outputs = [
        np.asarray(settings.learner.predict(state, {"context": tf.constant([point])}, episodes.query.x, ctx)[0])
        for point in ([0.0, 0.0], [1.0, 0.0], [0.0, 1.0])
    ]
    assert np.abs(outputs[0] - outputs[1]).max() > 1e-3
    assert np.abs(outputs[1] - outputs[2]).max() > 1e-3
