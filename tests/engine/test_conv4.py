"""Conv4 under every learner: running averages, what is known of a task, masks, second derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt
from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.episodes import PointSet, padded
from metalearn_gui.engine.events import Event
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.learners.base import State, fold
from metalearn_gui.engine.networks.conv4 import Conv4
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import meta_train
from tests.engine.small import QUIET, context, drawn, finished, objectives, small_settings, start_of, tensors

TRANSDUCTIVE = "batch, transductive"


def pictures(learner: str, **values: Any) -> ExperimentSettings:
    """Two classes of 8 x 8 pixels in two blocks of eight channels."""
    sizes = {"image_size": 8, "ways": 2, "shots": 1, "queries": 2, "meta_batch": 2, "num_iterations": 2}
    settings = small_settings("glyphs", learner, **sizes)
    return settings.replaced(network="conv4", **{"num_channels": 8, "num_blocks": 2} | values)


@pytest.fixture(scope="module", params=[key for key in LEARNERS if "classification" in LEARNERS[key].kinds])
def run(request: pytest.FixtureRequest) -> tuple[ExperimentSettings, list[Event]]:
    """Two meta-iterations; made before the test, as the thread that draws images outlives it."""
    settings = pictures(request.param)
    return settings, list(meta_train(settings, options=QUIET))


def test_every_learner_trains_on_images_and_leaves_a_query_to_itself(
    run: tuple[ExperimentSettings, list[Event]],
) -> None:
    settings, events = run
    assert finished(events).reason == "done"
    assert np.isfinite(objectives(events)).all()
    start, state = initial_state(settings), finished(events).state.learner
    averages = settings.network.init(np.random.default_rng(0))[1].keys() & start.carry.keys()
    assert len(averages) == (4 if start.params else 0)
    assert not any(np.array_equal(state.carry[name], start.carry[name]) for name in averages)
    episodes = drawn(settings, 2)
    together, alone = (
        adapt(settings, state, episodes.support, x, 1, compile=False).predictions[1, :, :1]
        for x in (episodes.query.x, episodes.query.x[:, :1])
    )
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_a_transductive_norm_looks_at_the_queries_and_at_nothing_else() -> None:
    settings = pictures("maml", norm=TRANSDUCTIVE)
    episodes, learner = drawn(settings, 2), settings.learner
    state, ctx = start_of(settings), context(settings)
    adapted = fold(learner, state, tensors(episodes).support, ctx, 2)
    expected = tf.nn.softmax(learner.predict(state, adapted, episodes.query.x, ctx)[0])
    together, alone = (
        adapt(settings, initial_state(settings), episodes.support, x, 2, compile=False).predictions[2]
        for x in (episodes.query.x, episodes.query.x[:, :1])
    )
    np.testing.assert_allclose(together, expected, atol=1e-5)
    assert np.abs(together[:, :1] - alone).max() > 1e-4


@pytest.mark.parametrize("norm", ["none", "batch", TRANSDUCTIVE])
def test_masked_points_change_no_features(norm: str) -> None:
    network = Conv4(num_channels=8, num_blocks=2, norm=norm).fitted(64, 2)
    params, stats = network.init(np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(1, 5, 64)).astype(np.float32)
    points = padded(PointSet(x, x), 8)
    ctx = context(pictures("maml"))
    plain, _ = network.features(params, stats, x, None, ctx)
    masked, _ = network.features(params, stats, points.x, points.mask, ctx)
    np.testing.assert_allclose(masked[:, :5], plain, atol=1e-5)


@pytest.mark.parametrize("channels", [8, 16, 32])
def test_group_norm_tells_images_apart_where_the_last_block_has_one_pixel(channels: int) -> None:
    network = Conv4(num_channels=channels, norm="group").fitted(784, 2)
    params, stats = network.init(np.random.default_rng(0))
    images = np.random.default_rng(1).random((1, 9, 784)).astype(np.float32)
    features, _ = network.features(params, stats, images, None, context(pictures("maml")))
    assert len(np.unique(np.round(features[0], 4))) > 9  # one and the same, or two of them, tell nothing


@pytest.mark.parametrize("training", [False, True])
def test_many_tasks_in_a_loop_come_to_what_few_come_to(training: bool) -> None:
    network, rng = Conv4(num_channels=8, num_blocks=2).fitted(64, 2), np.random.default_rng(0)
    drawn_params = [network.init(rng)[0] for _ in range(9)]
    params = {name: np.stack([one[name] for one in drawn_params]) for name in drawn_params[0]}
    x = rng.normal(size=(9, 3, 64)).astype(np.float32)
    stats = {name: tf.constant(values) for name, values in network.init(rng)[1].items()}
    ctx = context(pictures("maml"))._replace(training=training)
    looped, averages = network.apply(params, stats, tf.constant(x), None, ctx)
    singles = [
        network.apply({name: values[i : i + 1] for name, values in params.items()}, stats, x[i : i + 1], None, ctx)
        for i in range(9)
    ]
    np.testing.assert_allclose(looped, np.concatenate([outputs for outputs, _ in singles]), atol=1e-5)
    mean = np.mean([left["mean1"] for _, left in singles], axis=0)
    np.testing.assert_allclose(averages["mean1"], mean, atol=1e-6)


@pytest.mark.parametrize("learner", ["maml", "cavia", "metann", "ridge"])
def test_the_meta_gradient_through_batch_norm_matches_finite_differences(learner: str) -> None:
    settings = pictures(learner, queries=6)
    episodes, state = tensors(drawn(settings, 2)), start_of(settings)
    live = dict.fromkeys(settings.learner.live_values(), 0.1)
    ctx = context(settings, **live)._replace(training=True)
    gradients = settings.learner.meta_gradient(state, episodes, ctx).gradients
    size = np.sqrt(sum(float(np.sum(np.square(values))) for values in gradients.values()))
    ends = []
    for move in (1e-4, -1e-4):  # larger ones meet the kinks of ReLU and of the largest pixel
        moved = {name: values + move / size * gradients[name] for name, values in state.params.items()}
        ends.append(float(settings.learner.meta_gradient(State(moved, state.carry), episodes, ctx).objective))
    assert (ends[0] - ends[1]) / 2e-4 == pytest.approx(size, rel=1e-2)


def test_a_context_changes_what_images_are_taken_for() -> None:
    settings = pictures("cavia", num_context=2)
    episodes, state, ctx = tensors(drawn(settings, 1)), start_of(settings), context(settings)
    plain, _ = settings.network.apply(state.params, state.carry, episodes.query.x, None, ctx)
    without, one, other = (
        settings.learner.predict(state, {"context": tf.constant([point])}, episodes.query.x, ctx)[0]
        for point in ([0.0, 0.0], [3.0, 0.0], [0.0, 3.0])
    )
    np.testing.assert_allclose(without, plain, atol=1e-6)
    for moved in (one - without, other - without):  # more than a new bias, which would be the same for every image
        assert np.std(moved[0, :, 0] - moved[0, :, 1]) > 1e-3


@pytest.mark.parametrize(
    ("adjusts", "norm", "moving"),
    [
        ("head", "batch", {"w2", "b2"}),
        ("biases", "batch", {"b0", "b1", "b2"}),
        ("gains and shifts", "batch", {"g0", "b0", "g1", "b1", "w2", "b2"}),
        ("gains and shifts", "none", {"w0", "b0", "w1", "b1", "w2", "b2"}),
        ("everything", "none", {"w0", "b0", "w1", "b1", "w2", "b2"}),
    ],
)
def test_a_meta_network_adjusts_what_it_is_asked_to(adjusts: str, norm: str, moving: set[str]) -> None:
    settings = pictures("metann", adjusts=adjusts, norm=norm, encoder_width=8)
    episodes, state, ctx = tensors(drawn(settings, 2)), start_of(settings), context(settings)
    before = settings.learner.begin(state, episodes.support, ctx)
    after = settings.learner.adapt_step(state, before, episodes.support, ctx)
    assert {name for name in before if not np.array_equal(before[name], after[name])} == moving


def test_a_cnp_reads_features_of_images_and_the_inputs_of_all_else() -> None:
    for settings, width in ((pictures("cnp"), 32), (small_settings("blobs", "cnp"), 2)):
        assert initial_state(settings).params["encoder/w0"].shape[0] == width
