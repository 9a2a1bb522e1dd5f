from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from metalearn_gui.engine.backend import Params, tf
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.learners.base import State
from metalearn_gui.engine.learners.learned_optimizer import RULE
from metalearn_gui.engine.learners.update_rules import RATES, UPDATE_RULES, Coordinates
from metalearn_gui.engine.scoring import score
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import meta_train
from tests.engine.small import QUIET, assert_same_bits, context, drawn, finished, objectives, small_settings, tensors

every_rule = pytest.mark.parametrize("rule", UPDATE_RULES)
ADAPTED = "runs/adapted/"


def experiment(rule: str = "lstm", **values: object) -> ExperimentSettings:
    return small_settings("sinusoid", "learned_optimizer", update_rule=rule, rule_units=3, hidden_dim=4, **values)


def begun(settings: ExperimentSettings) -> State:
    fresh = initial_state(settings)
    return State(
        *({name: tf.constant(values) for name, values in part.items()} for part in (fresh.params, fresh.carry))
    )


def gone_on(settings: ExperimentSettings, state: State, seed: int) -> State:
    """The state after a meta-iteration that does not move the rule."""
    episodes = tensors(drawn(settings, settings.outer.meta_batch, seed))
    return State(state.params, settings.learner.meta_gradient(state, episodes, context(settings)).carry)


def adapted_in(state: State) -> Params:
    return {name.removeprefix(ADAPTED): v for name, v in state.carry.items() if name.startswith(ADAPTED)}


def support_in(state: State) -> np.ndarray:
    return np.asarray(state.carry["runs/support/y"])


@every_rule
def test_two_truncated_unrolls_lead_where_one_of_twice_the_length_does(rule: str) -> None:
    halves = experiment(rule, unroll_steps=2, unrolls_per_run=2, meta_batch=1)
    whole = experiment(rule, unroll_steps=4, unrolls_per_run=1, meta_batch=1)
    in_two = gone_on(halves, gone_on(halves, begun(halves), seed=0), seed=1)
    in_one = gone_on(whole, begun(whole), seed=0)
    np.testing.assert_array_equal(support_in(in_two), support_in(in_one))
    for name, values in adapted_in(in_one).items():
        np.testing.assert_allclose(adapted_in(in_two)[name], values, atol=1e-6, err_msg=name)


def test_runs_start_anew_in_turns_each_on_the_task_of_its_moment() -> None:
    settings = experiment(unroll_steps=1, unrolls_per_run=3, meta_batch=3)
    state = begun(settings)
    restarts = []
    for seed in range(6):
        before, state = state, gone_on(settings, state, seed)
        fresh = drawn(settings, 3, seed).support.y
        has_new_task = (support_in(state) == fresh).all(axis=(1, 2))
        stays = (support_in(state) == support_in(before)).all(axis=(1, 2))
        assert (has_new_task != stays).all()
        restarts.append(list(np.flatnonzero(has_new_task)))
    assert restarts == [[0], [1], [2], [0], [1], [2]]


def test_a_run_that_starts_anew_has_forgotten_the_one_before() -> None:
    settings = experiment(unroll_steps=2, meta_batch=2)
    state = gone_on(settings, begun(settings), seed=0)
    places = np.asarray(state.carry["runs/next_start"]).astype(int)
    episodes = tensors(drawn(settings, 2, seed=1))
    start = {name.removeprefix("starts/"): v.numpy()[places] for name, v in state.carry.items() if "starts/" in name}
    memory = {name: tf.zeros_like(v) for name, v in adapted_in(state).items() if name not in start}
    expected = {name: tf.constant(values) for name, values in start.items()} | memory
    for _ in range(2):
        expected = settings.learner.adapt_step(state, expected, episodes.support, context(settings))
    for name, values in adapted_in(gone_on(settings, state, seed=1)).items():
        np.testing.assert_allclose(values, expected[name], atol=1e-6)


def test_unseen_tasks_start_where_no_run_in_training_does() -> None:
    settings = experiment("sgd", unroll_steps=1, meta_batch=7)
    state = begun(settings)
    num_starts = state.carry["starts/w1"].shape[0]
    used = set()
    for seed in range(20):
        used |= set(np.asarray(state.carry["runs/next_start"]).astype(int))
        state = gone_on(settings, state, seed)
    assert used == set(range(num_starts // 2))
    unseen = settings.learner.begin(state, tensors(drawn(settings, num_starts)).support, context(settings))["w1"]
    own_half = state.carry["starts/w1"][num_starts // 2 :]
    np.testing.assert_array_equal(unseen, tf.concat([own_half, own_half], axis=0))


def test_a_run_half_done_goes_on_bit_for_bit() -> None:
    settings = experiment(unroll_steps=1, unrolls_per_run=3, num_iterations=4)
    whole = finished(list(meta_train(settings, options=QUIET)))
    half = finished(list(meta_train(settings.replaced(num_iterations=2), options=QUIET)))
    rest = finished(list(meta_train(settings, resume=half.state, options=QUIET)))
    assert_same_bits(rest.state.learner, whole.state.learner)


def objective_with_constant_gradients(
    settings: ExperimentSettings, state: State, episodes: Episodes, weights: Params, recorded: list[Coordinates]
) -> float:
    """The mean support loss of an unroll whose rule sees `recorded`, whatever the parameters come to."""
    learner, ctx = settings.learner, context(settings)
    adapted = adapted_in(state)
    params = {name: values for name, values in adapted.items() if not name.startswith("memory/")}
    memory = {name.removeprefix("memory/"): tf.zeros_like(v) for name, v in adapted.items() if name not in params}
    rule, total = UPDATE_RULES[learner.update_rule](learner.rule_units), 0.0
    for seen in recorded:
        update, memory = rule.update(weights, memory, seen)
        place = 0
        for name in sorted(params):
            size = int(np.prod(params[name].shape[1:]))
            params[name] = params[name] + tf.reshape(update[:, place : place + size], params[name].shape)
            place += size
        total += float(tf.reduce_mean(learner.loss(state, params, episodes.support, ctx)))
    return total / len(recorded)


@pytest.mark.parametrize("rule", ["lstm", "adam", "sgd"])
def test_the_meta_gradient_matches_finite_differences_with_inner_gradients_held(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = experiment(rule, unroll_steps=3, unrolls_per_run=3, meta_batch=1, activation="tanh")
    state = begun(settings)
    state.carry["runs/steps_left"] += 3.0  # no restart: the run in the carry is the one that is unrolled
    episodes = tensors(Episodes(*(_set(state, name) for name in ("support", "query"))))
    recorded: list[Coordinates] = []
    kind, update = UPDATE_RULES[rule], UPDATE_RULES[rule].update

    def recording(self: object, weights: Params, memory: Params, seen: Coordinates) -> tuple[object, Params]:
        recorded.append(seen)
        return update(self, weights, memory, seen)

    monkeypatch.setattr(kind, "update", recording)
    gradients = settings.learner.meta_gradient(state, episodes, context(settings)).gradients
    monkeypatch.undo()
    weights = {name.removeprefix(RULE): values for name, values in state.params.items()}
    rng = np.random.default_rng(0)
    direction = {name: rng.normal(size=values.shape).astype(np.float32) for name, values in weights.items()}
    ends = [
        objective_with_constant_gradients(
            settings, state, episodes, {name: v + step * direction[name] for name, v in weights.items()}, recorded
        )
        for step in (0.02, -0.02)
    ]
    slope = sum(float(tf.reduce_sum(gradients[RULE + name] * direction[name])) for name in weights)
    assert slope == pytest.approx((ends[0] - ends[1]) / 0.04, rel=2e-2, abs=2e-4)
    assert abs(slope) > 1e-3


def _set(state: State, name: str) -> PointSet:
    return PointSet(state.carry[f"runs/{name}/x"], state.carry[f"runs/{name}/y"])


def test_a_compiled_run_equals_an_uncompiled_one() -> None:
    settings = experiment(unroll_steps=2, unrolls_per_run=2, num_iterations=6)
    compiled, plain = (
        list(meta_train(settings, options=dataclasses.replace(QUIET, compile=compile))) for compile in (True, False)
    )
    np.testing.assert_allclose(objectives(compiled), objectives(plain), rtol=1e-4)
    for name, values in finished(plain).state.learner.params.items():
        np.testing.assert_allclose(finished(compiled).state.learner.params[name], values, atol=1e-4)


def test_adam_is_the_papers() -> None:
    rule, weights = UPDATE_RULES["adam"](1), {"log_rate": np.log([0.1]).astype(np.float32)}
    gradients = np.random.default_rng(0).normal(size=(5, 2, 3)).astype(np.float32)
    memory = {name: tf.zeros([2, *shape]) for name, shape in rule.memory_shapes(3).items()}
    m = v = np.zeros((2, 3))
    for step, gradient in enumerate(gradients, start=1):
        update, memory = rule.update(weights, memory, Coordinates(tf.constant(gradient), *[tf.zeros([2, 3])] * 3))
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        expected = -0.1 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        np.testing.assert_allclose(update, expected, rtol=1e-4)


@pytest.mark.parametrize("rule", ["lstm", "mlp", "sgd"])
def test_a_rule_learns_to_lower_the_loss_on_the_support_set(rule: str) -> None:
    settings = experiment(rule, unroll_steps=3, num_iterations=30, meta_batch=10, meta_learning_rate=0.02)
    end = finished(list(meta_train(settings, options=QUIET)))
    support = drawn(settings, 100, seed=5).support
    before, after = (
        score(settings, state, Episodes(support, support), compile=False).loss[1:].mean()
        for state in (initial_state(settings), end.state.learner)
    )
    assert after < 0.96 * before


def test_the_update_is_shown_beside_adams_and_sgds() -> None:
    settings = experiment(unroll_steps=4)
    (view,) = settings.learner.inspect(begun(settings), tensors(drawn(settings, 2)), context(settings))
    gradient, learned = view.arrays["gradient"], view.arrays["learned"]
    assert learned.shape == (4, len(gradient))
    assert not np.allclose(learned[0], learned[3])
    for name in ("adam", "sgd"):
        assert (np.diff(view.arrays[name]) <= 1e-6).all()
        assert -view.arrays[name][-1] > 0
    rate = view.arrays["sgd"] / -np.where(gradient == 0, 1, gradient)
    np.testing.assert_allclose(rate[gradient != 0], rate[0], rtol=1e-4)
    assert any(np.isclose(rate[0], RATES, rtol=1e-4))
