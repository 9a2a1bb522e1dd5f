"""Meta-gradients against finite differences and against plain nested tapes written out here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.learners.base import State
from metalearn_gui.engine.networks import ops
from metalearn_gui.engine.settings import ExperimentSettings
from tests.engine.small import context, drawn, small_settings, start_of, tensors

Params = dict[str, Any]
CASES = [
    ("sinusoid", "relu", 1), ("sinusoid", "relu", 3), ("sinusoid", "tanh", 1), ("sinusoid", "tanh", 3),
    ("blobs", "relu", 1), ("blobs", "tanh", 3), ("vectors", "tanh", 1),
]  # fmt: skip


def experiment(learner: str, family: str, activation: str, steps: int) -> ExperimentSettings:
    values = {"activation": activation, "inner_steps": steps, "inner_learning_rate": 0.1, "initialization": "uniform"}
    return small_settings(family, learner, num_hidden_layers=2, **values)


def plain_outputs(params: Params, x: Any, activation: str) -> Any:
    """One task's outputs: tf.matmul and TensorFlow's own activation."""
    last = len(params) // 2 - 1
    for layer in range(last):
        x = {"relu": tf.nn.relu, "tanh": tf.nn.tanh}[activation](
            tf.matmul(x, params[f"w{layer}"]) + params[f"b{layer}"]
        )
    return tf.matmul(x, params[f"w{last}"]) + params[f"b{last}"]


def plain_loss(params: Params, x: Any, y: Any, activation: str) -> Any:
    outputs = plain_outputs(params, x, activation)
    if y.dtype == tf.int32:
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, outputs))
    return tf.reduce_mean(tf.square(outputs - y))


def plain_meta_loss(params: Params, episodes: Episodes, settings: ExperimentSettings, second_order: bool) -> Any:
    """The mean query loss after the inner loop, task by task, as the paper has it."""
    activation, rate = settings.value("activation"), settings.value("inner_learning_rate")
    losses = []
    for place in range(episodes.support.x.shape[0]):
        adapted = params
        for _ in range(settings.learner.num_steps):
            with tf.GradientTape() as tape:
                tape.watch(adapted)
                loss = plain_loss(adapted, episodes.support.x[place], episodes.support.y[place], activation)
            gradients = tape.gradient(loss, adapted)
            if not second_order:
                gradients = {name: tf.stop_gradient(gradient) for name, gradient in gradients.items()}
            adapted = {name: values - rate * gradients[name] for name, values in adapted.items()}
        losses.append(plain_loss(adapted, episodes.query.x[place], episodes.query.y[place], activation))
    return tf.reduce_mean(losses)


def tape_gradient(loss: Callable[[Params], Any], params: Params) -> Params:
    with tf.GradientTape() as tape:
        tape.watch(params)
        value = loss(params)
    return tape.gradient(value, params)


def assert_close(gradients: Params, expected: Params, tolerance: float) -> None:
    """Every entry within a share of the whole gradient's size."""
    scale = np.sqrt(sum(float(np.sum(np.square(g))) for g in expected.values()))
    assert gradients.keys() == expected.keys()
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, expected[name], atol=tolerance * scale, rtol=0, err_msg=name)


def small_case(learner: str, family: str, activation: str, steps: int) -> tuple[ExperimentSettings, State, Episodes]:
    settings = experiment(learner, family, activation, steps)
    return settings, start_of(settings), tensors(drawn(settings, 3))


@pytest.mark.parametrize(("family", "activation", "steps"), CASES)
def test_mamls_gradient_equals_plain_nested_tapes(family: str, activation: str, steps: int) -> None:
    settings, state, episodes = small_case("maml", family, activation, steps)
    result = settings.learner.meta_gradient(state, episodes, context(settings))
    expected = tape_gradient(lambda params: plain_meta_loss(params, episodes, settings, True), state.params)
    assert_close(result.gradients, expected, 1e-5)
    assert float(result.objective) == pytest.approx(
        float(plain_meta_loss(state.params, episodes, settings, True)), rel=1e-5
    )


@pytest.mark.parametrize(("family", "activation", "steps"), CASES)
def test_fomamls_gradient_equals_tapes_that_stop_at_the_inner_gradients(
    family: str, activation: str, steps: int
) -> None:
    settings, state, episodes = small_case("fomaml", family, activation, steps)
    result = settings.learner.meta_gradient(state, episodes, context(settings))
    first = tape_gradient(lambda params: plain_meta_loss(params, episodes, settings, False), state.params)
    second = tape_gradient(lambda params: plain_meta_loss(params, episodes, settings, True), state.params)
    assert_close(result.gradients, first, 1e-5)
    with pytest.raises(AssertionError):
        assert_close(result.gradients, second, 1e-3)


@pytest.mark.parametrize(("family", "activation", "steps"), CASES[:5])
def test_the_article_s_gradients_are_those_of_l_and_of_r(family: str, activation: str, steps: int) -> None:
    settings, state, episodes = small_case("article", family, activation, steps)
    result = settings.learner.meta_gradient(
        state, episodes, context(settings, base_loss_weight=0.5, meta_loss_weight=2.0)
    )

    def base_loss(params: Params) -> Any:
        support = episodes.support
        losses = [plain_loss(params, support.x[place], support.y[place], activation) for place in range(3)]
        return tf.reduce_mean(losses)

    base = tape_gradient(base_loss, state.params)
    meta = tape_gradient(lambda params: plain_meta_loss(params, episodes, settings, True), state.params)
    assert_close(result.gradients, {name: 0.5 * base[name] + 2.0 * meta[name] for name in base}, 1e-5)
    flat = [np.concatenate([np.ravel(part[name]) for name in sorted(part)]) for part in (base, meta)]
    sizes = [float(np.linalg.norm(values)) for values in flat]
    assert float(result.metrics["base_gradient"]) == pytest.approx(sizes[0], rel=1e-4)
    assert float(result.metrics["meta_gradient"]) == pytest.approx(sizes[1], rel=1e-4)
    assert float(result.metrics["cosine"]) == pytest.approx(float(flat[0] @ flat[1]) / (sizes[0] * sizes[1]), abs=1e-4)


def numpy_loss(params: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
    """A tanh network's squared error and its gradient, in float64 and without any tape."""
    last = len(params) // 2 - 1
    layers = [x]
    for layer in range(last):
        layers.append(np.tanh(layers[-1] @ params[f"w{layer}"] + params[f"b{layer}"]))
    error = layers[-1] @ params[f"w{last}"] + params[f"b{last}"] - y
    upstream, gradients = 2 * error / error.size, {}
    for layer in range(last, -1, -1):
        gradients[f"w{layer}"] = layers[layer].T @ upstream
        gradients[f"b{layer}"] = upstream.sum(axis=0)
        upstream = (upstream @ params[f"w{layer}"].T) * (1 - layers[layer] ** 2)
    return float(np.mean(error**2)), gradients


def numpy_meta_loss(params: dict[str, np.ndarray], episodes: Episodes, steps: int, rate: float) -> float:
    losses = []
    for place in range(len(episodes.support.x)):
        adapted = params
        for _ in range(steps):
            _, gradients = numpy_loss(adapted, episodes.support.x[place], episodes.support.y[place])
            adapted = {name: values - rate * gradients[name] for name, values in adapted.items()}
        losses.append(numpy_loss(adapted, episodes.query.x[place], episodes.query.y[place])[0])
    return float(np.mean(losses))


@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("learner", ["maml", "article"])
def test_second_order_gradient_matches_finite_differences(learner: str, steps: int) -> None:
    settings, state, episodes = small_case(learner, "sinusoid", "tanh", steps)
    live = {"base_loss_weight": 0.0, "meta_loss_weight": 1.0} if learner == "article" else {}
    result = settings.learner.meta_gradient(state, episodes, context(settings, **live))
    exact = {name: np.asarray(values, np.float64) for name, values in state.params.items()}
    points = Episodes(*(PointSet(np.float64(part.x), np.float64(part.y)) for part in episodes.parts))
    differences = {}
    for name, values in exact.items():
        slopes = np.zeros_like(values)
        for place in np.ndindex(values.shape):
            ends = []
            for move in (1e-5, -1e-5):
                moved = values.copy()
                moved[place] += move
                ends.append(numpy_meta_loss(exact | {name: moved}, points, steps, 0.1))
            slopes[place] = (ends[0] - ends[1]) / 2e-5
        differences[name] = slopes
    assert_close(result.gradients, differences, 2e-5)


def test_an_inner_clip_bounds_the_step_of_every_task() -> None:
    settings = experiment("maml", "sinusoid", "tanh", 1).replaced(inner_gradient_clip=0.25)
    episodes, state = tensors(drawn(settings, 4)), start_of(settings)
    begun = settings.learner.begin(state, episodes.support, context(settings))
    stepped = settings.learner.adapt_step(state, begun, episodes.support, context(settings))
    moves = np.concatenate([np.reshape(stepped[name] - begun[name], (4, -1)) for name in begun], axis=1)
    assert np.linalg.norm(moves, axis=1) == pytest.approx([0.1 * 0.25] * 4, rel=1e-4)


def random(*shape: int) -> Any:
    return tf.constant(np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32))


OPERATIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...]]] = {
    "bmm": (ops.bmm, tf.matmul, ((2, 5, 3), (2, 3, 4))),
    "bmm of width 1": (ops.bmm, tf.matmul, ((2, 5, 1), (2, 1, 4))),
    "bmm_transposed": (ops.bmm_transposed, lambda y, w: tf.matmul(y, w, transpose_b=True), ((2, 5, 4), (2, 3, 4))),
    "bmm_transposed of width 1": (
        ops.bmm_transposed, lambda y, w: tf.matmul(y, w, transpose_b=True), ((2, 5, 1), (2, 3, 1)),
    ),
    "outer": (ops.outer, lambda x, y: tf.matmul(x, y, transpose_a=True), ((2, 5, 3), (2, 5, 4))),
    "outer of many points": (ops.outer, lambda x, y: tf.matmul(x, y, transpose_a=True), ((2, 40, 3), (2, 40, 4))),
    "add_bias": (ops.add_bias, lambda z, b: z + b[:, None, :], ((2, 5, 3), (2, 3))),
    "sum_points": (ops.sum_points, lambda z: tf.reduce_sum(z, axis=1), ((2, 5, 3),)),
    "relu": (ops.relu, tf.nn.relu, ((2, 5, 3),)),
}  # fmt: skip


def derivatives(operation: Callable[..., Any], inputs: list[Any]) -> list[np.ndarray]:
    """The value of a curved function of the operation, its gradient, and a gradient of that one's size."""
    with tf.GradientTape() as outer_tape:
        outer_tape.watch(inputs)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            value = tf.reduce_sum(tf.sin(operation(*inputs)))
        first = tape.gradient(value, inputs)
        size = tf.add_n([tf.reduce_sum(tf.square(gradient)) for gradient in first])
    second = outer_tape.gradient(size, inputs)
    return [np.asarray(values) for values in (value, *first, *second)]


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_the_plain_one_to_the_second_derivative(name: str) -> None:
    operation, plain, shapes = OPERATIONS[name]
    inputs = [random(*shape) for shape in shapes]
    for ours, theirs in zip(derivatives(operation, inputs), derivatives(plain, inputs), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("steps", [1, 3])
def test_fomaml_shows_the_angle_to_the_exact_gradient(steps: int) -> None:
    settings, state, episodes = small_case("fomaml", "sinusoid", "tanh", steps)
    view = {view.kind: view.arrays for view in settings.learner.inspect(state, episodes, context(settings))}["orders"]
    flat = []
    for second_order, name in ((False, "first"), (True, "second")):
        gradient = tape_gradient(
            lambda params, exact=second_order: plain_meta_loss(params, episodes, settings, exact), state.params
        )
        flat.append(np.concatenate([np.ravel(gradient[name]) for name in sorted(gradient)]))
        assert float(view[name][0]) == pytest.approx(float(np.linalg.norm(flat[-1])), rel=1e-4)
    cosine = float(flat[0] @ flat[1]) / float(np.linalg.norm(flat[0]) * np.linalg.norm(flat[1]))
    assert float(view["angle"][0]) == pytest.approx(np.degrees(np.arccos(cosine)), abs=0.1)
    assert float(view["angle"][0]) > 1.0
