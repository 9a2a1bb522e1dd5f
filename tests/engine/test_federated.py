"""FedAvg against a twin in numpy alone, and what the two federated learners promise about clients."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.episodes import BLOCK_STEPS
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.trainer import EpisodeSource
from metalearn_gui.engine.training import Options, meta_train
from tests.engine.small import QUIET, context, drawn, finished, objectives, small_settings, start_of, tensors
from tests.engine.test_gradients import assert_close, numpy_loss

CLIENTS = {"num_training_tasks": 8, "fixed_points": True, "meta_optimizer": "sgd", "meta_learning_rate": 1.0}


def federated(learner: str = "fedavg", **values: object) -> ExperimentSettings:
    return small_settings("sinusoid", learner, activation="tanh", **(CLIENTS | values))


def numpy_rounds(settings: ExperimentSettings, num_rounds: int) -> dict[str, np.ndarray]:
    """Rounds of FedAvg in float64: every client walks alone, then the server takes the mean."""
    theta = {name: np.float64(values) for name, values in initial_state(settings).params.items()}
    block = EpisodeSource(settings).draw(0)
    for place in range(num_rounds):
        answers = []
        for client in range(settings.outer.meta_batch):
            own = theta
            for step in range(settings.value("local_steps")):
                points = block[step % 2]
                gradients = numpy_loss(own, points.x[place, client], points.y[place, client])[1]
                own = {
                    name: values - settings.value("inner_learning_rate") * gradients[name]
                    for name, values in own.items()
                }
            answers.append(own)
        theta = {name: np.mean([answer[name] for answer in answers], axis=0) for name in theta}
    return theta


def test_fedavg_walks_with_its_numpy_twin() -> None:
    settings = federated(num_iterations=20)
    end = finished(list(meta_train(settings, options=QUIET))).state.learner
    for name, values in numpy_rounds(settings, 20).items():
        np.testing.assert_allclose(end.params[name], values, atol=1e-4)


@pytest.mark.parametrize("learner", ["fedavg", "perfedavg"])
def test_a_compiled_federation_equals_an_uncompiled_one(learner: str) -> None:
    settings = federated(learner, num_iterations=5, lost_clients=0.3)
    compiled = objectives(list(meta_train(settings, options=Options(baselines=False, evaluate=False))))
    np.testing.assert_allclose(compiled, objectives(list(meta_train(settings, options=QUIET))), rtol=1e-4, atol=1e-4)


def test_a_round_draws_distinct_clients_that_keep_their_points() -> None:
    block = EpisodeSource(federated()).draw(0)
    first = block.support.x[:, :, 0, 0]
    assert first.shape == (BLOCK_STEPS, 3)
    assert len(np.unique(first)) == 8
    assert all(len(np.unique(row)) == 3 for row in first)


def test_iid_clients_hold_the_same_points_in_other_hands() -> None:
    own, dealt = (EpisodeSource(federated(non_iid=share))._fixed for share in (1.0, 0.0))
    assert own is not None
    assert dealt is not None
    assert not np.array_equal(own.support.x, dealt.support.x)
    np.testing.assert_array_equal(np.sort(own.support.x.ravel()), np.sort(dealt.support.x.ravel()))


def test_a_lost_answer_weighs_nothing_and_the_rest_weigh_one() -> None:
    settings = federated(lost_clients=0.5)
    episodes = tensors(drawn(settings, 40))
    weights = np.asarray(settings.learner.client_weights(episodes, context(settings)))
    assert 5 < np.count_nonzero(weights) < 35
    assert weights.sum() == pytest.approx(1.0)
    other = context(settings)._replace(iteration=tf.constant(1.0))
    assert not np.array_equal(weights, settings.learner.client_weights(episodes, other))


def test_clients_are_shown_with_their_bytes_and_losses() -> None:
    settings = federated("perfedavg")
    (view,) = settings.learner.inspect(start_of(settings), tensors(drawn(settings, 4)), context(settings))
    assert view.kind == "clients"
    np.testing.assert_allclose(view.arrays["weight"], 0.25)
    num_numbers = sum(values.size for values in initial_state(settings).params.values())
    np.testing.assert_array_equal(view.arrays["bytes_up"], 4 * num_numbers)
    assert (view.arrays["before"] != view.arrays["after"]).all()


def test_one_local_step_of_perfedavg_is_a_step_of_maml() -> None:
    for choice, twin in (("first order", "fomaml"), ("hessian-vector", "maml")):
        settings = federated("perfedavg", local_steps=1, local_gradient=choice)
        episodes, state = tensors(drawn(settings, 3)), start_of(settings)
        moves = settings.learner.meta_gradient(state, episodes, context(settings)).gradients
        other = small_settings("sinusoid", twin, activation="tanh")
        expected = other.learner.meta_gradient(state, episodes, context(other)).gradients
        assert_close({name: move / 0.01 for name, move in moves.items()}, expected, 1e-4)
