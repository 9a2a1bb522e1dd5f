"""ProtoNet, matching networks, ridge, logistic regression, nearest neighbour, CNP against a few lines of numpy."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from metalearn_gui.engine.adaptation import adapt
from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.baselines import baseline_settings, initial_state, initial_states
from metalearn_gui.engine.episodes import Episodes, PointSet, map_episodes, padded
from metalearn_gui.engine.evaluation import evaluate
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.learners.logistic import LogisticRegression
from metalearn_gui.engine.learners.ridge import solved
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.scoring import score
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.switching import switched
from metalearn_gui.engine.training import Options, meta_train
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


def test_nearest_neighbour_is_as_sure_whatever_the_unit_of_its_inputs(blobs: Episodes) -> None:
    settings = small_settings("blobs", "nearest")
    larger = map_episodes(lambda values: values * 100 if values.dtype == np.float32 else values, blobs)
    np.testing.assert_allclose(predicted(settings, larger), predicted(settings, blobs), atol=1e-4)


NAMED_BY_POINTS = [("protonet", {}), ("protonet", {"compares": "cosine attention"}), ("nearest", {})]


@pytest.mark.parametrize(("learner", "values"), NAMED_BY_POINTS)
def test_a_class_without_a_support_point_is_one_in_the_points_and_classes(
    learner: str, values: dict[str, str], blobs: Episodes
) -> None:
    settings = small_settings("blobs", learner, **values)
    whole, seen = predicted(settings, blobs), blobs.support.y[0] < 2
    support = PointSet(blobs.support.x[:1, seen], blobs.support.y[:1, seen])
    found = predicted(settings, blobs._replace(support=support, query=blobs.query._replace(x=blobs.query.x[:1])))[0]
    np.testing.assert_allclose(found[:, 2], 1 / (10 + 3), rtol=1e-4)
    np.testing.assert_array_equal(found.argmax(axis=1), whole[0, :, :2].argmax(axis=1))


@pytest.mark.parametrize(("learner", "values"), NAMED_BY_POINTS)
def test_without_any_support_point_all_classes_are_alike(learner: str, values: dict[str, str], blobs: Episodes) -> None:
    none = blobs._replace(support=PointSet(blobs.support.x[:, :0], blobs.support.y[:, :0]))
    np.testing.assert_allclose(predicted(small_settings("blobs", learner, **values), none), 1 / 3, atol=1e-6)


def test_queries_of_a_class_without_a_support_point_move_no_features(blobs: Episodes) -> None:
    settings = small_settings("blobs", "protonet")
    seen, asked = blobs.support.y[0] < 2, blobs.query.y[0] == 2
    episodes = blobs._replace(
        support=PointSet(blobs.support.x[:1, seen], blobs.support.y[:1, seen]),
        query=PointSet(blobs.query.x[:1, asked], blobs.query.y[:1, asked]),
    )
    result = settings.learner.meta_gradient(start_of(settings), tensors(episodes), context(settings))
    assert float(result.objective) == pytest.approx(np.log(13), rel=1e-4)
    for gradient in result.gradients.values():
        np.testing.assert_allclose(gradient, 0.0, atol=1e-4)


@pytest.mark.parametrize("num_points", [3, 5, 12])  # fewer than features, as many, more
def test_ridge_is_the_closed_form_whichever_system_is_smaller(num_points: int) -> None:
    rng = np.random.default_rng(0)
    rows, targets = (rng.normal(size=(2, num_points, width)).astype(np.float32) for width in (5, 2))
    found = solved(tf.constant(rows), tf.constant(targets), tf.constant(0.3))
    for x, y, weights in zip(rows, targets, np.asarray(found), strict=True):
        np.testing.assert_allclose(weights, np.linalg.solve(x.T @ x + 0.3 * np.eye(5), x.T @ y), atol=1e-4)


def test_ridge_leaves_out_what_is_masked_and_scales_its_logits(blobs: Episodes) -> None:
    settings = small_settings("blobs", "ridge")
    x, targets = features_of(settings, blobs.support.x)[0], np.eye(3)[blobs.support.y[0]]
    x, query = (
        np.concatenate([rows, np.ones((15, 1))], axis=1) for rows in (x, features_of(settings, blobs.query.x)[0])
    )
    weights = np.linalg.solve(x.T @ x + np.eye(9), x.T @ targets)  # `adapt` pads fifteen points to thirty-two
    np.testing.assert_allclose(predicted(settings, blobs)[0], softmax(10.0 * query @ weights), atol=1e-4)


def test_logistic_regression_is_where_its_penalised_loss_is_least(blobs: Episodes) -> None:
    settings = dataclasses.replace(small_settings("blobs", "transfer"), learner=LogisticRegression())
    state, ctx, points = start_of(small_settings("blobs", "transfer")), context(settings), padded(blobs.support, 20)
    adapted = settings.learner.adapt_step(state, {}, points, ctx)
    rows = features_of(settings, blobs.support.x)
    for task, x in enumerate(rows):
        centred = x - x.mean(axis=0)
        size = np.sqrt(np.square(centred).sum(axis=1).mean())
        scaled = np.concatenate([centred / size, np.ones((15, 1))], axis=1)
        w, b = (np.asarray(adapted[name][task], np.float64) for name in "wb")
        weights = np.concatenate([w * size, b + x.mean(axis=0) @ w])
        errors = softmax(scaled @ weights) - np.eye(3)[blobs.support.y[task]]
        np.testing.assert_allclose(scaled.T @ errors / 15 + 0.01 * weights, 0.0, atol=1e-3)
        assert np.abs(weights).max() > 1.0


ANY_WAYS = [(key, {}) for key, learner in LEARNERS.items() if learner.any_ways]


@pytest.mark.parametrize(("learner", "values"), [*ANY_WAYS, ("protonet", {"compares": "cosine attention"})])
def test_other_names_for_the_classes_are_other_names_for_the_answers(
    learner: str, values: dict[str, str], blobs: Episodes
) -> None:
    settings, names = small_settings("blobs", learner, **values), np.array([2, 0, 1], np.int32)
    renamed = blobs._replace(support=blobs.support._replace(y=names[blobs.support.y]))
    np.testing.assert_allclose(predicted(settings, renamed)[..., names], predicted(settings, blobs), atol=1e-5)


@pytest.mark.parametrize("learner", ["maml", "anil", "reptile"])
def test_other_names_are_other_answers_where_the_head_starts_with_its_outputs_in_that_order(
    learner: str, blobs: Episodes
) -> None:
    settings, names = small_settings("blobs", learner, inner_learning_rate=0.1), np.array([2, 0, 1], np.int32)
    renamed = blobs._replace(support=blobs.support._replace(y=names[blobs.support.y]))
    start, order = initial_state(settings), np.argsort(names)
    head = {name: start.params[name][..., order] for name in settings.network.parts["head"]}
    turned = dataclasses.replace(start, params=start.params | head)
    one, other = (
        adapt(settings, state, episodes.support, episodes.query.x, 3, compile=False).predictions[3]
        for state, episodes in ((start, blobs), (turned, renamed))
    )
    np.testing.assert_allclose(other[..., names], one, atol=1e-5)


def test_transfer_is_one_softmax_over_all_training_classes_and_leaves_the_head_alone() -> None:
    settings = small_settings("glyphs", "transfer", image_size=8, ways=2, shots=1, queries=2)
    stage = settings.stages()[0]
    episodes, state = drawn(stage, 3), start_of(settings)
    result = settings.learner.fitted(settings.tasks).meta_gradient(state, tensors(episodes), context(settings))
    classes = np.concatenate([np.take_along_axis(episodes.classes, part.y, axis=1) for part in episodes.parts], axis=1)
    features = np.concatenate([features_of(settings, part.x) for part in episodes.parts], axis=1)
    assert state.params["softmax/w"].shape == (8, stage.tasks.num_classes)
    chances = softmax(features @ np.asarray(state.params["softmax/w"], np.float64))
    expected = -np.log(np.take_along_axis(chances, classes[..., None], axis=-1)).mean()
    assert float(result.objective) == pytest.approx(expected, rel=1e-4)
    for name in settings.network.parts["head"]:
        assert not np.any(state.params[name])
        assert not np.any(result.gradients[name])


@pytest.mark.parametrize("learner", ["protonet", "ridge", "nearest", "cnp"])
def test_the_order_of_the_support_set_says_nothing(learner: str, blobs: Episodes) -> None:
    settings, order = small_settings("blobs", learner), np.random.default_rng(0).permutation(15)
    turned = blobs._replace(support=PointSet(blobs.support.x[:, order], blobs.support.y[:, order]))
    np.testing.assert_allclose(predicted(settings, turned), predicted(settings, blobs), atol=1e-5)


def test_cnp_trains_on_support_sets_of_every_size_each_task_on_its_own() -> None:
    settings = small_settings("sinusoid", "cnp", shots_min=2, meta_batch=4)
    support, ctx = tensors(drawn(settings, 4)).support, context(settings)
    sizes = [
        np.asarray(settings.learner._some_of(support, ctx._replace(iteration=turn)).mask).sum(axis=1)
        for turn in range(4)
    ]
    assert all(sorted(of_one) == [2, 3, 4, 5] for of_one in sizes)
    assert all(sorted(of_task) == [2, 3, 4, 5] for of_task in zip(*sizes, strict=True))


def test_a_cnp_gives_each_class_the_mean_of_its_points_weights(blobs: Episodes) -> None:
    settings = small_settings("blobs", "cnp")
    params, seen = initial_state(settings).params, blobs.support
    hidden = seen.x.astype(np.float64)
    for layer in range(3):
        hidden = np.maximum(hidden, 0.0) if layer else hidden
        hidden = hidden @ params[f"encoder/w{layer}"] + params[f"encoder/b{layer}"]
    means = np.stack([hidden[:, seen.y[0] == label].mean(axis=1) for label in range(3)], axis=1)
    plain = dataclasses.replace(settings, learner=LEARNERS["protonet"]())
    body = {name.removeprefix("decoder/"): values for name, values in params.items() if name.startswith("decoder/")}
    features = np.asarray(
        settings.network.features(body, {}, tf.constant(blobs.query.x), None, context(plain))[0], np.float64
    )
    logits = np.einsum("tnf,tkf->tnk", features, means[..., :-1]) + means[:, None, :, -1]
    np.testing.assert_allclose(predicted(settings, blobs), softmax(logits), atol=1e-5)


def test_a_cnp_of_classes_from_before_they_had_weights_is_told_as_another_versions(blobs: Episodes) -> None:
    settings = small_settings("blobs", "cnp")
    state = initial_state(settings)
    older = state.params | {"encoder/w0": np.zeros((5, 128), np.float32)}
    with pytest.raises(SettingError, match=r"w0 5x128 where its settings have encoder/w0 2x128: another version"):
        adapt(settings, dataclasses.replace(state, params=older), blobs.support, blobs.query.x, 1, compile=False)


def test_a_cnp_trained_on_some_ways_answers_for_others() -> None:
    settings = small_settings("blobs", "cnp", ways=3)
    wider = drawn(settings.replaced(ways=5), 2)
    path = adapt(settings.replaced(ways=5), initial_state(settings), wider.support, wider.query.x, 1, compile=False)
    assert path.predictions.shape[-1] == 5
    np.testing.assert_allclose(path.predictions[1].sum(axis=-1), 1.0, rtol=1e-5)


def test_cnp_says_how_sure_it_is() -> None:
    settings = small_settings("sinusoid", "cnp")
    episodes = drawn(settings, 2)
    path = adapt(settings, initial_state(settings), episodes.support, episodes.query.x, 1, compile=False)
    assert path.deviation is not None
    assert path.deviation.shape == path.predictions.shape
    assert (path.deviation >= 0.1).all()
    plain = small_settings("sinusoid", "maml")
    assert adapt(plain, initial_state(plain), episodes.support, episodes.query.x, 1, compile=False).deviation is None


@pytest.mark.parametrize("text", ["60", "60x0", "0x1x5", "axbxc", "60x1x5, 5", "1x2x3x4"])
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


def test_training_ways_stand_for_all_training_episodes_that_name_none() -> None:
    settings = small_settings("blobs", "protonet", ways=3, shots=2, queries=5, train_ways=6)
    (stage,) = settings.stages()
    assert (stage.tasks.ways, stage.episodes.shots, stage.episodes.queries) == (6, 2, 5)
    assert stage.stages() == (stage,)
    sized = settings.replaced(training_episodes="1x2, 4x3x2")
    assert [one.tasks.ways for one in sized.stages()] == [6, 4]
    with pytest.raises(SettingError, match=r"train_ways\) have 6 ways; MAML"):
        settings.replaced(learner="maml")


def test_a_learner_that_goes_on_with_its_tasks_trains_on_episodes_of_one_size_which_may_be_another() -> None:
    settings = small_settings("blobs", "learned_optimizer", training_episodes="2x4", num_iterations=2)
    *_, finished = meta_train(settings, options=Options(compile=False, baselines=False, evaluate=False))
    assert finished.state.learner.iteration == 2
    with pytest.raises(SettingError, match="goes on with a task over several meta-iterations: give one size"):
        settings.replaced(training_episodes="1x2, 3x4")
    settings.replaced(training_episodes="2x4, 2x4")


def test_another_learner_trains_on_as_many_ways_as_it_is_tried_on() -> None:
    settings = small_settings("blobs", "protonet", train_ways=6)
    assert switched(settings, learner="maml").value("train_ways") == 0
    assert set(baseline_settings(settings, {})) == set(baseline_settings(settings.replaced(train_ways=0), {}))


def test_support_sets_of_classes_have_whole_shots_at_the_least() -> None:
    settings = small_settings("blobs", "cnp", ways=3, shots=4, shots_min=2, meta_batch=8)
    support, ctx = tensors(drawn(settings, 8)).support, context(settings)
    sizes = np.asarray(settings.learner._some_of(support, ctx).mask).sum(axis=1)
    assert sizes.min() >= 6
    assert sizes.max() <= 12


def test_training_episodes_without_ways_have_those_of_unseen_ones_so_that_every_learner_takes_them() -> None:
    settings = small_settings("blobs", "maml", training_episodes="1x2, 3x4")
    for ways in (2, 4):
        stages = settings.replaced(ways=ways).stages()
        assert [(one.tasks.ways, one.episodes.shots, one.episodes.queries) for one in stages] == [
            (ways, 1, 2),
            (ways, 3, 4),
        ]


def test_other_ways_than_trained_leave_out_the_baselines_that_have_no_output_for_them() -> None:
    settings = small_settings("blobs", "protonet")
    state = TrainingState(*initial_states(settings))
    wider = settings.replaced(ways=5)
    found = evaluate(wider, state, 4, compile=False)
    assert found.learner.loss[0] == pytest.approx(np.log(5), rel=1e-3)
    assert set(found.baselines) == {"nearest", "logistic"}
    assert set(evaluate(settings, state, 4, compile=False).baselines) == {"transfer", "scratch", "nearest", "logistic"}


@pytest.mark.parametrize(
    "learner", [key for key, one in LEARNERS.items() if one.adapts_once and "classification" in one.kinds]
)
def test_a_learner_that_adapts_once_says_the_same_after_the_first_step_and_the_third(learner: str, blobs: Episodes):
    settings = small_settings("blobs", learner)
    state = initial_state(settings)
    path = adapt(settings, state, blobs.support, blobs.query.x, 3, compile=False).predictions
    np.testing.assert_array_equal(path[1], path[3])
    assert not np.array_equal(path[0], path[1])
    loss = score(settings, state, blobs, compile=False).loss  # takes one step, and says it again for the others
    chosen = np.take_along_axis(path, blobs.query.y[None, ..., None], axis=-1)
    np.testing.assert_allclose(loss, -np.log(chosen).mean(axis=(1, 2, 3)), rtol=1e-4)
