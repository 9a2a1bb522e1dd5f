"""MAML's options, each alone and together: learned rates, a loss after every step, first order at first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt, fold
from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.inspection import inspect
from metalearn_gui.engine.learners.maml import RATES, Maml
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import Options, meta_train
from tests.engine.small import QUIET, context, drawn, finished, objectives, small_settings, start_of, tensors
from tests.engine.test_gradients import assert_close, numpy_loss

STEPS = 3
OPTIONS = {"learned_rates": True, "multi_step_iterations": 10, "first_order_iterations": 2}


def experiment(learner: str = "maml", **values: Any) -> ExperimentSettings:
    sizes = {"activation": "tanh", "inner_learning_rate": 0.05, "initialization": "uniform", "inner_steps": STEPS}
    return small_settings("sinusoid", learner, **(sizes | values))


def maml(settings: ExperimentSettings) -> Maml:
    assert isinstance(settings.learner, Maml)
    return settings.learner


def numpy_objective(params: dict[str, np.ndarray], episodes: Episodes, weights: list[float]) -> float:
    """The weighted query losses after each step, with rates/NAME by step where they are learned."""
    total = 0.0
    for place in range(len(episodes.support.x)):
        adapted = {name: values for name, values in params.items() if not name.startswith(RATES)}
        for step, weight in enumerate(weights):
            _, gradients = numpy_loss(adapted, episodes.support.x[place], episodes.support.y[place])
            rates = {name: params[RATES + name][step] if RATES + name in params else 0.05 for name in adapted}
            adapted = {name: values - rates[name] * gradients[name] for name, values in adapted.items()}
            total += weight * numpy_loss(adapted, episodes.query.x[place], episodes.query.y[place])[0]
    return total / len(episodes.support.x)


@pytest.mark.parametrize("learned_rates", [False, True])
@pytest.mark.parametrize(("iteration", "weights"), [(0, [1 / 3] * 3), (6, [2 / 15, 2 / 15, 11 / 15]), (99, [0, 0, 1])])
def test_gradients_of_annealed_losses_and_learned_rates_match_finite_differences(
    learned_rates: bool, iteration: int, weights: list[float]
) -> None:
    settings = experiment(hidden_dim=4, learned_rates=learned_rates, multi_step_iterations=10)
    state, episodes = start_of(settings), drawn(settings, 2)
    ctx = context(settings)._replace(iteration=tf.constant(float(iteration)))
    result = settings.learner.meta_gradient(state, tensors(episodes), ctx)
    exact = {name: np.float64(values) for name, values in state.params.items()}
    points = Episodes(*(PointSet(np.float64(part.x), np.float64(part.y)) for part in episodes.parts))
    assert float(result.objective) == pytest.approx(numpy_objective(exact, points, weights), rel=1e-4)
    differences = {}
    for name, values in exact.items():
        slopes = np.zeros_like(values)
        for place in np.ndindex(values.shape):
            moved = [values.copy(), values.copy()]
            moved[0][place] += 1e-5
            moved[1][place] -= 1e-5
            ends = [numpy_objective(exact | {name: end}, points, weights) for end in moved]
            slopes[place] = (ends[0] - ends[1]) / 2e-5
        differences[name] = slopes
    assert_close(result.gradients, differences, 2e-5)


def test_rates_that_were_not_learned_yet_step_as_plain_maml_does() -> None:
    plain, learned = experiment(), experiment(learned_rates=True)
    episodes = drawn(plain, 3)
    paths = [adapt(s, initial_state(s), episodes.support, episodes.query.x, compile=False) for s in (plain, learned)]
    np.testing.assert_allclose(paths[0].predictions, paths[1].predictions, atol=1e-6)


def test_every_step_takes_its_own_rate_and_those_beyond_training_the_last() -> None:
    settings = experiment(learned_rates=True)
    state = start_of(settings)
    for name in list(state.params):
        if name.startswith(RATES):
            state.params[name] = tf.constant([0.0, 0.1, 0.0])
    support = tensors(drawn(settings, 2)).support
    starts = [fold(settings.learner, state, support, context(settings), steps) for steps in (0, 1, 2, 3, 7)]
    outputs = [np.asarray(settings.learner.loss(state, adapted, support, context(settings))) for adapted in starts]
    np.testing.assert_array_equal(outputs[0], outputs[1])
    assert (outputs[2] < outputs[1]).all()
    np.testing.assert_array_equal(outputs[3], outputs[2])
    np.testing.assert_array_equal(outputs[4], outputs[2])


def test_learned_rates_are_shown_by_parameter_and_step() -> None:
    settings = experiment(learned_rates=True)
    views = {view.kind: view.arrays for view in inspect(settings, initial_state(settings), drawn(settings, 1))}
    assert {name: values.shape for name, values in views["rates"].items()} == {
        "w0": (STEPS,), "b0": (STEPS,), "w1": (STEPS,), "b1": (STEPS,),
    }  # fmt: skip
    assert "rates" not in {view.kind for view in inspect(experiment(), initial_state(experiment()), drawn(settings, 1))}


def test_loss_weights_go_from_even_to_the_last_and_always_sum_to_one() -> None:
    learner = maml(experiment(multi_step_iterations=10))
    np.testing.assert_allclose(learner.loss_weights(0), [1 / 3] * 3, rtol=1e-6)
    np.testing.assert_array_equal(learner.loss_weights(10), [0, 0, 1])
    for iteration in range(0, 20, 3):
        assert float(np.sum(learner.loss_weights(iteration))) == pytest.approx(1.0, rel=1e-6)


def test_the_order_is_the_first_until_it_is_annealed() -> None:
    annealed, plain = experiment(first_order_iterations=5), experiment()
    state, episodes, ctx = start_of(plain), tensors(drawn(plain, 3)), context(plain)
    first = experiment("fomaml").learner.meta_gradient(state, episodes, ctx).gradients
    second = plain.learner.meta_gradient(state, episodes, ctx).gradients
    for iteration, expected, other in ((4, first, second), (5, second, first)):
        found = annealed.learner.meta_gradient(state, episodes, ctx._replace(iteration=tf.constant(float(iteration))))
        assert_close(found.gradients, expected, 1e-6)
        with pytest.raises(AssertionError):
            assert_close(found.gradients, other, 1e-3)


def test_all_options_together_resume_bit_for_bit_and_learn_their_rates() -> None:
    settings = experiment(**OPTIONS, num_iterations=4)
    whole = finished(list(meta_train(settings, options=QUIET))).state.learner
    half = finished(list(meta_train(settings.replaced(num_iterations=2), options=QUIET)))
    rest = finished(list(meta_train(settings, resume=half.state, options=QUIET))).state.learner
    for name, values in whole.params.items():
        np.testing.assert_array_equal(rest.params[name], values, err_msg=name)
    rates = np.stack([values for name, values in whole.params.items() if name.startswith(RATES)])
    assert len(np.unique(rates)) > 1


def test_all_options_together_come_to_the_same_compiled() -> None:
    settings = experiment(**OPTIONS, num_iterations=5)
    compiled = Options(compile=True, baselines=False, evaluate=False)
    curves = [objectives(list(meta_train(settings, options=options))) for options in (QUIET, compiled)]
    np.testing.assert_allclose(curves[1], curves[0], rtol=1e-4)
