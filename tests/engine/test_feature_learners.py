"""ProtoNet, matching networks, ridge, nearest neighbour and CNP against a few lines of numpy."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt
from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.baselines import initial_state, initial_states
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.evaluation import evaluate
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.learners.ridge import solved
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from tests.engine.small import context, drawn, small_settings, start_of, tensors


def predicted(settings: ExperimentSettings, episodes: Episodes) -> np.ndarray:
    """Predictions after one step, (tasks, points, outputs)."""
    return adapt(settings, initial_state(settings), episodes.support, episodes.query.x, 1, compile=False).predictions[1]


def features_of(settings: ExperimentSettings, x: np.ndarray) -> np.ndarray:
    state, ctx = start_of(settings), context(settings)
    return np.asarray(settings.network.features(state.params, state.carry, tf.constant(x), None, ctx)[0], np.float64)


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@pytest.fixture
def blobs() -> Episodes:
    return drawn(small_settings("blobs"), 3)


def test_protonet_is_a_softmax_over_distances_to_class_means(blobs: Episodes) -> None:
    settings = small_settings("blobs", "protonet")
    support, query = features_of(settings, blobs.support.x), features_of(settings, blobs.query.x)
    for task in range(3):
        means = np.stack([support[task][blobs.support.y[task] == label].mean(axis=0) for label in range(3)])
        expected = softmax(-((query[task][:, None] - means) ** 2).sum(axis=-1))
        np.testing.assert_allclose(predicted(settings, blobs)[task], expected, atol=1e-5)


def test_a_matching_network_is_attention_by_cosine(blobs: Episodes) -> None:
    settings = small_settings("blobs", "protonet", compares="cosine attention")
    support, query = features_of(settings, blobs.support.x), features_of(settings, blobs.query.x)
    for task in range(3):
        one, other = (part[task] / np.linalg.norm(part[task], axis=-1, keepdims=True) for part in (query, support))
        weights = softmax(10.0 * one @ other.T)
        expected = np.stack([weights[:, blobs.support.y[task] == label].sum(axis=1) for label in range(3)], axis=1)
        np.testing.assert_allclose(predicted(settings, blobs)[task], expected, atol=1e-4)


def test_nearest_neighbour_takes_the_class_of_the_closest_point(blobs: Episodes) -> None:
    found = predicted(small_settings("blobs", "nearest"), blobs).argmax(axis=-1)
    distance = np.linalg.norm(blobs.query.x[:, :, None] - blobs.support.x[:, None], axis=-1)
    np.testing.assert_array_equal(found, np.take_along_axis(blobs.support.y, distance.argmin(axis=-1), axis=1))


@pytest.mark.parametrize("num_points", [3, 5, 12])  # fewer than features, as many, more
def test_ridge_is_the_closed_form_whichever_system_is_smaller(num_points: int) -> None:
    rng = np.random.default_rng(0)
    rows, targets = (rng.normal(size=(2, num_points, width)).astype(np.float32) for width in (5, 2))
    found = solved(tf.constant(rows), tf.constant(targets), tf.constant(0.3))
    for x, y, weights in zip(rows, targets, np.asarray(found), strict=True):
        np.testing.assert_allclose(weights, np.linalg.solve(x.T @ x + 0.3 * np.eye(5), x.T @ y), atol=1e-4)


@pytest.mark.parametrize("learner", ["protonet", "ridge", "nearest"])
def test_other_names_for_the_classes_are_other_names_for_the_answers(learner: str, blobs: Episodes) -> None:
    settings, names = small_settings("blobs", learner), np.array([2, 0, 1], np.int32)
    renamed = blobs._replace(support=blobs.support._replace(y=names[blobs.support.y]))
    np.testing.assert_allclose(predicted(settings, renamed)[..., names], predicted(settings, blobs), atol=1e-5)


@pytest.mark.parametrize("learner", ["protonet", "ridge", "nearest", "cnp"])
def test_the_order_of_the_support_set_says_nothing(learner: str, blobs: Episodes) -> None:
    settings, order = small_settings("blobs", learner), np.random.default_rng(0).permutation(15)
    turned = blobs._replace(support=PointSet(blobs.support.x[:, order], blobs.support.y[:, order]))
    np.testing.assert_allclose(predicted(settings, turned), predicted(settings, blobs), atol=1e-5)


def test_cnp_trains_on_support_sets_of_every_size_each_task_on_its_own() -> None:
    settings = small_settings("sinusoid", "cnp", least_support=2, meta_batch=4)
    support, ctx = tensors(drawn(settings, 4)).support, context(settings)
    sizes = [
        np.asarray(settings.learner._some_of(support, ctx._replace(iteration=turn)).mask).sum(axis=1)
        for turn in range(4)
    ]
    assert all(sorted(of_one) == [2, 3, 4, 5] for of_one in sizes)
    assert all(sorted(of_task) == [2, 3, 4, 5] for of_task in zip(*sizes, strict=True))


def test_cnp_says_how_sure_it_is() -> None:
    settings = small_settings("sinusoid", "cnp")
    episodes = drawn(settings, 2)
    path = adapt(settings, initial_state(settings), episodes.support, episodes.query.x, 1, compile=False)
    assert path.deviation is not None
    assert path.deviation.shape == path.predictions.shape
    assert (path.deviation >= 0.1).all()
    plain = small_settings("sinusoid", "maml")
    assert adapt(plain, initial_state(plain), episodes.support, episodes.query.x, 1, compile=False).deviation is None


@pytest.mark.parametrize("text", ["60", "60x1", "0x1x5", "axbxc", "60x1x5, 5", "1x2x3x4"])
def test_a_size_of_training_episodes_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="expected ways x shots x queries"):
        small_settings("blobs", "protonet", training_episodes=text)


def test_stages_of_training_come_in_turn_and_only_where_the_ways_may_differ() -> None:
    settings = small_settings("blobs", "protonet", training_episodes="6x1x2, 4x3x2")
    assert [(one.tasks.ways, one.episodes.shots, one.episodes.queries) for one in settings.stages()] == [
        (6, 1, 2),
        (4, 3, 2),
    ]
    with pytest.raises(SettingError, match="trains on as many ways as it is tried on"):
        settings.replaced(learner="maml")


def test_other_ways_than_trained_leave_out_the_baselines_that_have_no_output_for_them() -> None:
    settings = small_settings("blobs", "protonet")
    state = TrainingState(*initial_states(settings))
    wider = settings.replaced(ways=5)
    found = evaluate(wider, state, 4, compile=False)
    assert found.learner.loss[0] == pytest.approx(np.log(5), rel=1e-3)
    assert found.baselines == {}
    assert set(evaluate(settings, state, 4, compile=False).baselines) >= {"transfer", "scratch"}


@pytest.mark.parametrize("learner", [key for key, learner in LEARNERS.items() if learner.adapts_once])
def test_a_learner_that_adapts_once_says_the_same_after_the_first_step_and_the_third(learner: str, blobs: Episodes):
    settings = small_settings("blobs", learner)
    path = adapt(settings, initial_state(settings), blobs.support, blobs.query.x, 3, compile=False).predictions
    np.testing.assert_array_equal(path[1], path[3])
    assert not np.array_equal(path[0], path[1])
