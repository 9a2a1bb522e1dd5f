"""The meta-network: what it predicts with is the base network itself, with other parameters."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from metalearn_gui.engine.learners.base import fold
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import Options, meta_train
from tests.engine.small import QUIET, context, drawn, finished, objectives, small_settings, start_of, tensors

ADJUSTS = ("head", "biases", "gains and shifts", "everything")


def metann(adjusts: str = "head", family: str = "sinusoid", **values: object) -> ExperimentSettings:
    return small_settings(family, "metann", adjusts=adjusts, encoder_width=8, **values)


@pytest.mark.parametrize("family", ["sinusoid", "blobs"])
@pytest.mark.parametrize("adjusts", ADJUSTS)
def test_predictions_are_a_forward_pass_of_the_base_network_in_numpy(adjusts: str, family: str) -> None:
    settings = metann(adjusts, family)
    episodes, state, ctx = tensors(drawn(settings, 3)), start_of(settings), context(settings)
    adapted = fold(settings.learner, state, episodes.support, ctx, 2)
    outputs, _ = settings.learner.predict(state, adapted, episodes.query.x, ctx)
    weights = {name: np.asarray(values) for name, values in adapted.items()}
    assert set(weights) == {"w0", "b0", "w1", "b1"}
    hidden = np.maximum(np.asarray(episodes.query.x) @ weights["w0"] + weights["b0"][:, None], 0.0)
    np.testing.assert_allclose(outputs, hidden @ weights["w1"] + weights["b1"][:, None], atol=1e-5)


@pytest.mark.parametrize(
    ("adjusts", "moving"),
    [("head", {"w1", "b1"}), ("biases", {"b0", "b1"}), ("everything", {"w0", "b0", "w1", "b1"})],
)
def test_only_what_it_adjusts_moves(adjusts: str, moving: set[str]) -> None:
    settings = metann(adjusts)
    episodes, state, ctx = tensors(drawn(settings, 2)), start_of(settings), context(settings)
    before = settings.learner.begin(state, episodes.support, ctx)
    after = settings.learner.adapt_step(state, before, episodes.support, ctx)
    assert {name for name in before if not np.array_equal(before[name], after[name])} == moving


def test_the_order_of_the_points_does_not_matter() -> None:
    settings = metann()
    episodes, state, ctx = drawn(settings, 2), start_of(settings), context(settings)
    turned = episodes.support._replace(x=episodes.support.x[:, ::-1], y=episodes.support.y[:, ::-1])
    one = fold(settings.learner, state, tensors(episodes).support, ctx, 1)
    other = fold(settings.learner, state, tensors(episodes._replace(support=turned)).support, ctx, 1)
    np.testing.assert_allclose(one["w1"], other["w1"], atol=1e-6)


def test_classes_that_change_places_change_their_proposals_places() -> None:
    settings = metann("head", "blobs")
    episodes, state, ctx = drawn(settings, 2), start_of(settings), context(settings)
    order = np.roll(np.arange(settings.tasks.output_dim), 1)
    alike = {name: np.zeros_like(state.params[name]) for name in settings.network.parts["head"]}
    state = state._replace(params={**state.params, **alike})  # a start that takes no class for another
    turned = episodes.support._replace(y=order[episodes.support.y].astype(np.int32))
    one = fold(settings.learner, state, tensors(episodes).support, ctx, 2)
    other = fold(settings.learner, state, tensors(episodes._replace(support=turned)).support, ctx, 2)
    for name in alike:
        assert np.ptp(one[name], axis=-1).max() > 1e-3, "classes are told apart"
        np.testing.assert_allclose(np.asarray(one[name]), np.asarray(other[name])[..., order], atol=1e-6)


def test_a_proposal_shows_five_stages_and_every_parameter() -> None:
    settings = metann(num_applications=2)
    episodes, state = tensors(drawn(settings, 2)), start_of(settings)
    (view,) = settings.learner.inspect(state, episodes, context(settings))
    assert view.kind == "proposal"
    assert view.arrays["stages"].shape == (5,)
    assert view.arrays["stages"][0] == settings.episodes.shots
    assert np.isfinite(view.arrays["stages"]).all()
    assert (view.arrays["change/w1"] > 0).all()
    assert view.arrays["change/w1"].shape == (2,)
    np.testing.assert_array_equal(view.arrays["change/w0"], 0.0)


def test_a_compiled_run_equals_an_uncompiled_one() -> None:
    settings = metann(num_applications=2, num_iterations=20)
    compiled = list(meta_train(settings, options=dataclasses.replace(Options(), baselines=False, evaluate=False)))
    plain = list(meta_train(settings, options=QUIET))
    np.testing.assert_allclose(objectives(compiled), objectives(plain), rtol=1e-4, atol=1e-4)
    for name, values in finished(plain).state.learner.params.items():
        np.testing.assert_allclose(finished(compiled).state.learner.params[name], values, atol=1e-4)
