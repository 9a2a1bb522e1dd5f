"""FedAvg against a twin in numpy alone, and what the two federated learners promise about clients."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.episodes import BLOCK_STEPS
from metalearn_gui.engine.events import Progress
from metalearn_gui.engine.inspection import inspect
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
    points = np.concatenate([block.support.x, block.query.x], axis=2)[..., 0]
    assert points.shape == (BLOCK_STEPS, 3, 10)
    clients = np.sort(points, axis=2)
    assert len(np.unique(clients.reshape(-1, 10), axis=0)) == 8
    assert all(len(np.unique(row, axis=0)) == 3 for row in clients)


def test_a_client_splits_its_points_anew_in_every_round() -> None:
    block = EpisodeSource(federated(num_training_tasks=1, meta_batch=1)).draw(0)
    support = np.sort(block.support.x[:, 0, :, 0], axis=1)
    assert len(np.unique(support, axis=0)) > 50
    pairs = np.concatenate([np.concatenate(points[:2], axis=3) for points in block.parts], axis=2)
    assert len(np.unique(pairs.reshape(-1, 2), axis=0)) == 10  # no target has left its input


def test_fixed_classes_stay_balanced_however_they_are_split() -> None:
    settings = small_settings("blobs", "fedavg", num_training_tasks=2, fixed_points=True, ways=3, shots=2, queries=4)
    block = EpisodeSource(settings).draw(0)
    np.testing.assert_array_equal(block.support.y, np.broadcast_to([0, 1, 2] * 2, (BLOCK_STEPS, 3, 6)))
    np.testing.assert_array_equal(block.query.y, np.broadcast_to([0, 1, 2] * 4, (BLOCK_STEPS, 3, 12)))
    assert len(np.unique(block.support.x[..., 0])) == 2 * 18


def test_iid_clients_hold_the_same_points_in_other_hands() -> None:
    own, dealt = (EpisodeSource(federated(non_iid=share))._fixed for share in (1.0, 0.0))
    assert own is not None
    assert dealt is not None
    assert not np.array_equal(own.support.x, dealt.support.x)
    np.testing.assert_array_equal(np.sort(own.support.x.ravel()), np.sort(dealt.support.x.ravel()))


def test_a_lost_answer_weighs_nothing_and_the_rest_weigh_one() -> None:
    settings = federated(lost_clients=0.5)
    counts = tf.fill([40], 10.0)
    weights = np.asarray(settings.learner.client_weights(counts, context(settings)))
    assert 5 < np.count_nonzero(weights) < 35
    assert weights.sum() == pytest.approx(1.0)
    other = context(settings)._replace(iteration=tf.constant(1.0))
    assert not np.array_equal(weights, settings.learner.client_weights(counts, other))


def clients_shown(settings: ExperimentSettings, rounds: int) -> dict[str, np.ndarray]:
    state = initial_state(settings)
    if rounds:
        state = finished(list(meta_train(settings.replaced(num_iterations=rounds), options=QUIET))).state.learner
    (view,) = [view for view in inspect(settings, state, drawn(settings, 1), 1) if view.kind == "clients"]
    return dict(view.arrays)


def test_every_client_of_a_small_pool_is_shown_with_who_was_drawn_last() -> None:
    settings = federated("perfedavg")
    before, after = clients_shown(settings, 0), clients_shown(settings, 2)
    assert not before["drawn"].any()
    np.testing.assert_array_equal(after["points"], np.full(8, 10.0))
    assert np.count_nonzero(after["drawn"]) == 3
    np.testing.assert_allclose(after["weight"], after["drawn"] / 3.0)
    assert (after["before"] != after["after"]).all()
    source = EpisodeSource(settings)
    asked = {np.sort(np.concatenate([part.x[1, k, :, 0] for part in source.draw(0).parts])).tobytes() for k in range(3)}
    held = source.training_tasks(2).episodes
    pool = [np.sort(np.concatenate([part.x[k, :, 0] for part in held.parts])).tobytes() for k in range(8)]
    np.testing.assert_array_equal(after["drawn"], [points in asked for points in pool])


def test_bytes_count_every_model_sent_and_every_answer_heard() -> None:
    settings = federated(lost_clients=0.5)
    shown = clients_shown(settings, 4)
    size = 4 * sum(values.size for values in initial_state(settings).params.values())
    events = list(meta_train(settings.replaced(num_iterations=4), options=QUIET))
    heard = sum(event.metrics["clients_heard"].sum() for event in events if isinstance(event, Progress))
    assert 0 < heard < 12
    assert shown["rounds"] == 4
    assert shown["bytes_down"] == 12 * size
    assert shown["bytes_up"] == heard * size
    last_heard = [event.metrics["clients_heard"][-1] for event in events if isinstance(event, Progress)][-1]
    assert np.count_nonzero(shown["weight"]) == last_heard


def test_clients_without_number_are_shown_as_they_are_drawn() -> None:
    shown = clients_shown(federated(num_training_tasks=0, fixed_points=False), 1)
    np.testing.assert_array_equal(shown["drawn"], [True] * 3)


def test_one_local_step_of_perfedavg_is_a_step_of_maml() -> None:
    for choice, twin in (("first order", "fomaml"), ("hessian-vector", "maml")):
        settings = federated("perfedavg", local_steps=1, local_gradient=choice)
        episodes, state = tensors(drawn(settings, 3)), start_of(settings)
        moves = settings.learner.meta_gradient(state, episodes, context(settings)).gradients
        other = small_settings("sinusoid", twin, activation="tanh")
        expected = other.learner.meta_gradient(state, episodes, context(other)).gradients
        assert_close({name: move / 0.01 for name, move in moves.items()}, expected, 1e-4)
