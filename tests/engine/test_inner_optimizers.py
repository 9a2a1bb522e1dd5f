"""Inner optimisers beside a twin in float64 numpy: steps, memory, and second order through them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt, fold
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.episodes import Episodes, PointSet, map_points
from metalearn_gui.engine.inspection import inspect
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.learners.gradient import GradientLearner
from metalearn_gui.engine.learners.inner_optimizers import INNER_OPTIMIZERS, MEMORY, parameters_of
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import meta_train
from tests.engine.small import QUIET, context, drawn, finished, small_settings, start_of, tensors
from tests.engine.test_gradients import assert_close, numpy_loss

Numbers = dict[str, np.ndarray]
RATE, DECAY = 0.05, 0.3
REMEMBERING = [key for key, optimizer in INNER_OPTIMIZERS.items() if optimizer.memories]
GRADIENT_LEARNERS = [key for key, learner in LEARNERS.items() if issubclass(learner, GradientLearner)]


def experiment(optimizer: str, learner: str = "maml", **values: Any) -> ExperimentSettings:
    values = {"activation": "tanh", "inner_learning_rate": RATE, "initialization": "uniform"} | values
    return small_settings("sinusoid", learner, inner_optimizer=optimizer, **({"inner_steps": 2} | values))


def numpy_directions(optimizer: str, path: list[Numbers], beta: float = 0.9) -> Numbers:
    """The direction of the last of these gradients, by the formulas of the papers."""
    names = path[0]
    if optimizer == "sgd":
        return path[-1]
    if optimizer == "momentum":
        return {name: sum(0.9**age * g[name] for age, g in enumerate(reversed(path))) for name in names}
    directions = {}
    for name in names:
        mean = sum(beta**age * (1 - beta) * g[name] for age, g in enumerate(reversed(path))) / (1 - beta ** len(path))
        square = sum(0.999**age * 0.001 * g[name] ** 2 for age, g in enumerate(reversed(path)))
        directions[name] = mean / np.sqrt(square / (1 - 0.999 ** len(path)) + 1e-12)
    return directions


def numpy_adapted(start: Numbers, points: PointSet, place: int, optimizer: str, decay: float, steps: int) -> Numbers:
    adapted, path = start, []
    for _ in range(steps):
        path.append(numpy_loss(adapted, points.x[place], points.y[place])[1])
        directions = numpy_directions(optimizer, path)
        adapted = {name: v - RATE * (directions[name] + decay * v) for name, v in adapted.items()}
    return adapted


def exact(episodes: Episodes) -> Episodes:
    return Episodes(*(PointSet(np.float64(part.x), np.float64(part.y)) for part in episodes.parts))


@pytest.mark.parametrize("decay", [0.0, DECAY])
@pytest.mark.parametrize("optimizer", INNER_OPTIMIZERS)
def test_steps_are_those_of_the_numpy_twin(optimizer: str, decay: float) -> None:
    settings = experiment(optimizer, inner_weight_decay=decay)
    episodes, state = drawn(settings, 2), start_of(settings)
    found = fold(settings.learner, state, tensors(episodes).support, context(settings), 3)
    start = {name: np.float64(values) for name, values in state.params.items()}
    for place in range(2):
        expected = numpy_adapted(start, exact(episodes).support, place, optimizer, decay, 3)
        for name, values in expected.items():
            np.testing.assert_allclose(found[name][place], values, atol=2e-4, err_msg=name)


@pytest.mark.parametrize("optimizer", REMEMBERING)
def test_second_order_through_an_inner_optimiser_matches_finite_differences(optimizer: str) -> None:
    settings = experiment(optimizer, inner_weight_decay=DECAY, hidden_dim=4)
    episodes, state = drawn(settings, 2), start_of(settings)
    points = exact(episodes)

    def meta_loss(start: Numbers) -> float:
        adapted = [numpy_adapted(start, points.support, place, optimizer, DECAY, 2) for place in range(2)]
        return float(np.mean([numpy_loss(a, points.query.x[i], points.query.y[i])[0] for i, a in enumerate(adapted)]))

    start = {name: np.float64(values) for name, values in state.params.items()}
    differences = {}
    for name, values in start.items():
        slopes = np.zeros_like(values)
        for place in np.ndindex(values.shape):
            moved = [values.copy(), values.copy()]
            moved[0][place] += 1e-6
            moved[1][place] -= 1e-6
            slopes[place] = (meta_loss(start | {name: moved[0]}) - meta_loss(start | {name: moved[1]})) / 2e-6
        differences[name] = slopes
    result = settings.learner.meta_gradient(state, tensors(episodes), context(settings))
    assert_close(result.gradients, differences, 1e-3)


def test_second_order_through_adam_is_finite_where_a_unit_is_dead() -> None:
    settings = experiment("adam", activation="relu", initialization="he")
    state = start_of(settings)
    state.params["b0"] = state.params["b0"] - 100.0  # no unit of the first layer answers to any point
    result = settings.learner.meta_gradient(state, tensors(drawn(settings, 2)), context(settings))
    assert all(np.isfinite(gradient).all() for gradient in result.gradients.values())


@pytest.mark.parametrize("optimizer", REMEMBERING)
@pytest.mark.parametrize("learner", GRADIENT_LEARNERS)
def test_every_learner_trains_and_adapts_with_a_memory(learner: str, optimizer: str) -> None:
    settings = experiment(optimizer, learner, num_iterations=2)
    end = finished(list(meta_train(settings, options=QUIET)))
    assert end.reason == "done"
    episodes = drawn(settings, 2)
    path = adapt(settings, end.state.learner, episodes.support, episodes.query.x, compile=False)
    assert np.isfinite(path.predictions).all()
    assert not np.array_equal(path.predictions[0], path.predictions[-1])
    assert not any(name.startswith(MEMORY) for view in inspect(settings, end.state.learner, episodes)
                   for name in view.arrays)  # fmt: skip


def test_a_batch_of_tasks_keeps_its_memories_apart() -> None:
    settings = experiment("adam")
    episodes, state, ctx = tensors(drawn(settings, 3)), start_of(settings), context(settings)
    together = fold(settings.learner, state, episodes.support, ctx, 7)
    alone = fold(settings.learner, state, map_points(lambda v: v[1:2], episodes.support), ctx, 7)
    assert together.keys() == alone.keys()
    for name, values in alone.items():
        np.testing.assert_allclose(together[name][1:2], values, atol=1e-5, err_msg=name)


def test_plain_steps_remember_nothing() -> None:
    settings = experiment("sgd")
    begun = settings.learner.begin(start_of(settings), tensors(drawn(settings, 2)).support, context(settings))
    assert parameters_of(begun) == begun


def test_reptile_s_adam_has_no_first_moment() -> None:
    settings = experiment("adam", "reptile")
    episodes, state = drawn(settings, 1), start_of(settings)
    found = fold(settings.learner, state, tensors(episodes).support, context(settings), 2)
    start = {name: np.float64(values) for name, values in state.params.items()}
    points, adapted, path = exact(episodes).support, start, []
    for _ in range(2):
        path.append(numpy_loss(adapted, points.x[0], points.y[0])[1])
        directions = numpy_directions("adam", path, beta=0.0)
        adapted = {name: values - RATE * directions[name] for name, values in adapted.items()}
    for name, values in adapted.items():
        np.testing.assert_allclose(found[name][0], values, atol=2e-4, err_msg=name)


def test_reptile_s_adam_goes_on_from_task_to_task() -> None:
    settings = experiment("adam", "reptile", inner_steps=1, meta_batch=1)
    state, ctx = start_of(settings), context(settings)
    first, second = (drawn(settings, 1, seed) for seed in (0, 1))
    carry = settings.learner.meta_gradient(state, tensors(first), ctx).carry
    found = fold(settings.learner, state._replace(carry=carry), tensors(second).support, ctx, 1)
    start = {name: np.float64(values) for name, values in state.params.items()}
    path = [numpy_loss(start, exact(task).support.x[0], exact(task).support.y[0])[1] for task in (first, second)]
    for name, direction in numpy_directions("adam", path, beta=0.0).items():
        np.testing.assert_allclose(found[name][0], start[name] - RATE * direction, atol=2e-4, err_msg=name)


def test_learners_that_step_differently_share_no_adaptation() -> None:
    structures = {
        experiment(key, inner_weight_decay=decay).learner.adaptation_structure()
        for key in INNER_OPTIMIZERS
        for decay in (0.0, DECAY)
    }
    assert len(structures) == 2 * len(INNER_OPTIMIZERS)
    assert initial_state(experiment("adam")).params.keys() == initial_state(experiment("sgd")).params.keys()
