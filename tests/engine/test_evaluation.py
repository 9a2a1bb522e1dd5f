"""Unseen tasks: intervals, medians, baselines, and numbers that JSON can hold."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest

from metalearn_gui.engine import evaluation, scoring, unseen
from metalearn_gui.engine.adaptation import adapt
from metalearn_gui.engine.baselines import BASELINES, baseline_settings, initial_states
from metalearn_gui.engine.evaluation import (
    ADAM_GRID,
    RATE_GRID,
    SCRATCH_WITH_ADAM,
    Evaluator,
    best_inner_rate,
    evaluate,
)
from metalearn_gui.engine.events import LearnerState, StepScores, TrainingState
from metalearn_gui.engine.intervals import interval, tasks_interval
from metalearn_gui.engine.scoring import score, slice_size, to_json, watched_tasks
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.unseen import unseen_episodes
from tests.engine.small import FAMILIES, small_settings


def start(settings: ExperimentSettings) -> TrainingState:
    return TrainingState(*initial_states(settings))


def losses_by_hand(settings: ExperimentSettings, num_tasks: int) -> np.ndarray:
    """Query losses (steps + 1, tasks) from predictions and targets alone."""
    _, episodes = unseen_episodes(settings, num_tasks, 0)
    path = adapt(settings, start(settings).learner, episodes.support, episodes.query.x, compile=False)
    if settings.tasks.kind == "classification":
        chosen = np.take_along_axis(path.predictions, episodes.query.y[None, ..., None].astype(np.int64), axis=-1)
        return -np.log(chosen[..., 0]).mean(axis=-1)
    return np.square(path.predictions - episodes.query.y).mean(axis=(2, 3))


@pytest.mark.parametrize("identity", [None, np.zeros(1, int), np.zeros(600, int)])
def test_one_task_has_no_interval_however_often_it_is_drawn(identity) -> None:
    """Such is a table of three patients of whom one is held out: 600 episodes of one task once were "± 0"."""
    losses = np.random.default_rng(0).normal(size=(2, 1 if identity is None else len(identity)))
    assert tasks_interval(losses, identity).tolist() == [math.inf, math.inf]
    rows = to_json(StepScores(losses.mean(1), np.median(losses, 1), tasks_interval(losses, identity)))
    assert rows[0]["loss_ci95"] is None


@pytest.mark.parametrize("family", FAMILIES)
def test_scores_are_the_mean_median_and_interval_of_the_tasks_losses(family: str) -> None:
    settings = small_settings(family)
    losses = losses_by_hand(settings, 30)
    scores = evaluate(settings, start(settings), num_tasks=30, compile=False).learner
    assert scores.loss.shape == (4,)
    np.testing.assert_allclose(scores.loss, losses.mean(axis=1), rtol=1e-4)
    np.testing.assert_allclose(scores.loss_median, np.median(losses, axis=1), rtol=1e-4)
    by_formula = 2.045 * losses.std(axis=1, ddof=1) / math.sqrt(30)  # Student's t of 29 degrees
    np.testing.assert_allclose(scores.loss_ci95, by_formula, rtol=1e-3)


def test_accuracy_is_the_share_of_query_points_of_the_right_class() -> None:
    settings = small_settings("blobs", inner_learning_rate=0.5)
    _, episodes = unseen_episodes(settings, 20, 0)
    state = start(settings)
    path = adapt(settings, state.learner, episodes.support, episodes.query.x, compile=False)
    hits = (path.predictions.argmax(axis=-1) == episodes.query.y).mean(axis=-1)
    scores = evaluate(settings, state, num_tasks=20, compile=False).learner
    assert scores.accuracy is not None
    np.testing.assert_allclose(scores.accuracy, hits.mean(axis=1), atol=1e-6)
    np.testing.assert_allclose(scores.accuracy_ci95, 2.093 * hits.std(axis=1, ddof=1) / math.sqrt(20), rtol=1e-3)
    assert scores.accuracy[-1] > scores.accuracy[0]


def test_regression_has_no_accuracy() -> None:
    settings = small_settings()
    scores = evaluate(settings, start(settings), num_tasks=3, compile=False).learner
    assert scores.accuracy is None
    assert "accuracy" not in to_json(scores)[0]


@pytest.mark.parametrize("num_tasks", [2, 6, 20, 60, 400])
def test_an_interval_holds_the_true_mean_19_times_in_20(num_tasks: int) -> None:
    """However few tasks: with 1.96 standard errors of two it was 7 times in 10, of six 9 in 10."""
    draws = np.random.default_rng(0).normal(3.0, 2.0, (4000, num_tasks))
    held = np.abs(draws.mean(axis=1) - 3.0) <= interval(draws)
    assert 0.94 < held.mean() < 0.96
    assert interval(np.ones((3, 1))).tolist() == [0.0, 0.0, 0.0]


def test_fewer_tasks_are_watched_where_a_graph_takes_them_one_by_one_however_small_they_are() -> None:
    dense, graph = (small_settings().replaced(network=key) for key in ("mlp", "conv4"))
    assert watched_tasks(dense, 600) == 600
    assert watched_tasks(graph.replaced(test_steps=10), 600) == 93  # a millisecond for each of them and of 11 steps
    _, episodes = unseen_episodes(graph, 93, 0)
    assert slice_size(graph, episodes) < 93  # none of 200 places is filled up
    assert slice_size(dense, episodes) == scoring.SLICE


@pytest.mark.parametrize("size", [4, 7, 100])
def test_how_tasks_are_sliced_does_not_matter(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    settings = small_settings()
    state = start(settings).learner
    _, episodes = unseen_episodes(settings, 10, 0)
    whole = score(settings, state, episodes, compile=False)
    monkeypatch.setattr(scoring, "SLICE", size)
    sliced = score(settings, state, episodes, compile=False)
    np.testing.assert_allclose(sliced.loss, whole.loss, rtol=1e-5)
    np.testing.assert_allclose(sliced.loss_ci95, whole.loss_ci95, rtol=1e-4)


def test_unseen_tasks_are_a_function_of_their_seed_and_split() -> None:
    settings = small_settings()
    rows = [
        unseen_episodes(settings, 5, seed, split)[1].support.x for seed in (0, 1) for split in ("test", "validation")
    ]
    assert len({row.tobytes() for row in rows}) == 4
    np.testing.assert_array_equal(unseen_episodes(settings, 5, 1, "test")[1].support.x, rows[2])


def test_baselines_are_tried_on_the_same_tasks_with_the_same_network() -> None:
    settings = small_settings(gradient_clip=0.5, meta_optimizer="sgd")
    others = baseline_settings(settings, {})
    assert tuple(others) == BASELINES
    for other in others.values():
        assert (other.tasks, other.episodes, other.network) == (settings.tasks, settings.episodes, settings.network)
        assert other.outer.meta_optimizer == "adam"
        assert other.outer.gradient_clip == 0.0
    state = start(settings)
    result = evaluate(settings, state, num_tasks=6, compile=False)
    # All three start from the same seed and adapt alike, so at the start of a run they are equal.
    for scores in result.baselines.values():
        np.testing.assert_allclose(scores.loss, result.learner.loss, rtol=1e-5)


def test_a_baseline_gets_the_inner_rate_that_serves_it_best() -> None:
    settings = baseline_settings(small_settings(), {})["scratch"]
    state = start(small_settings()).baselines["scratch"]
    _, episodes = unseen_episodes(settings, 12, 0, "validation")
    best = best_inner_rate(settings, state, episodes, compile=False)
    assert best in RATE_GRID
    means = {
        rate: score(settings.replaced(inner_learning_rate=rate), state, episodes, False).loss[1:].mean()
        for rate in RATE_GRID
    }
    assert means[best] == min(means.values())


def test_a_start_from_scratch_on_classes_in_the_plane_may_take_steps_as_large_as_they_bear() -> None:
    settings = small_settings("xor", hidden_dim=40, num_hidden_layers=2, initialization="glorot", test_steps=5)
    state, other = start(settings).baselines["scratch"], baseline_settings(settings, {})["scratch"]
    _, episodes = unseen_episodes(settings, 40, 0, "validation")
    assert best_inner_rate(other, state, episodes, compile=False) > 0.1


def test_tuned_rates_reach_the_baselines_alone() -> None:
    settings = small_settings(inner_learning_rate=0.02)
    tuned = Evaluator(settings, 8, 0, "validation", False).tuned(start(settings))
    assert set(tuned) == {*BASELINES, SCRATCH_WITH_ADAM}
    others = baseline_settings(settings, {"scratch": 0.1})
    assert others["scratch"].value("inner_learning_rate") == 0.1
    assert others["transfer"].value("inner_learning_rate") == 0.02


def test_scratch_is_fine_tuned_with_adam_at_a_rate_chosen_once() -> None:
    settings = small_settings()
    validation, test = (Evaluator(settings, 8, 0, split, False) for split in ("validation", "test"))
    state = start(settings)
    assert SCRATCH_WITH_ADAM not in test.evaluation(state).baselines
    tuned = validation.tuned(state)
    assert tuned[SCRATCH_WITH_ADAM] in ADAM_GRID
    found = test.evaluation(dataclasses.replace(state, tuned=tuned)).baselines
    adam = baseline_settings(settings, {})["scratch"].replaced(
        inner_optimizer="adam", inner_learning_rate=tuned[SCRATCH_WITH_ADAM]
    )
    expected = score(adam, state.baselines["scratch"], unseen_episodes(settings, 8, 0)[1], False)
    np.testing.assert_array_equal(found[SCRATCH_WITH_ADAM].loss, expected.loss)
    assert not np.array_equal(found[SCRATCH_WITH_ADAM].loss, found["scratch"].loss)
    kept = validation.tuned(dataclasses.replace(state, tuned={SCRATCH_WITH_ADAM: 0.5}))
    assert kept[SCRATCH_WITH_ADAM] == 0.5


def test_what_has_not_changed_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = small_settings()
    evaluator = Evaluator(settings, 3, 0, "test", False)
    tried = []
    monkeypatch.setattr(evaluation, "score", lambda *args: tried.append(args[0].learner.key) or score(*args))
    state = start(settings)
    first = evaluator.evaluation(state)
    assert tried == ["maml", "transfer", "scratch"]
    again = evaluator.evaluation(dataclasses.replace(state, learner=dataclasses.replace(state.learner, iteration=1)))
    assert tried == ["maml", "transfer", "scratch", "maml"]
    np.testing.assert_array_equal(first.learner.loss, again.learner.loss)


def test_the_constant_prediction_is_the_mean_target_or_chance() -> None:
    sines = small_settings()
    _, episodes = unseen_episodes(sines, 400, 0)
    assert constant_loss(sines, 400) == pytest.approx(float(np.var(episodes.query.y)), rel=1e-6)
    assert constant_loss(small_settings("blobs", ways=4), 2) == math.log(4)
    assert constant_loss(small_settings("vectors", "article"), 400) == pytest.approx(1 / 12, abs=0.002)


def constant_loss(settings: ExperimentSettings, num_tasks: int) -> float:
    return Evaluator(settings, num_tasks, 0, "test", compile=False).constant_loss


def test_chance_needs_no_unseen_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "unseen_parts", lambda *args: pytest.fail("drawn"))
    assert Evaluator(small_settings("blobs", ways=4), 100, 0, "validation", False).constant_loss == math.log(4)


def test_the_oracle_is_the_families() -> None:
    results = {
        family: evaluate(small_settings(family), start(small_settings(family)), num_tasks=2, compile=False).oracle
        for family in ("sinusoid", "vectors", "blobs")
    }
    assert results == {"sinusoid": 0.0, "vectors": pytest.approx(1 / 12), "blobs": None}


def test_rows_for_json_hold_no_nan() -> None:
    scores = StepScores(*(np.array([1.0, np.nan, np.inf]) for _ in range(3)))
    text = json.dumps(to_json(scores), allow_nan=False)
    assert json.loads(text)[1:] == [
        {"step": 1, "loss": None, "loss_median": None, "loss_ci95": None},
        {"step": 2, "loss": None, "loss_median": None, "loss_ci95": None},
    ]


def test_a_learner_that_blows_up_beyond_its_steps_is_scored_without_a_warning() -> None:
    settings = small_settings(inner_learning_rate=10.0, test_steps=20, hidden_dim=64)
    scores = evaluate(settings, start(settings), num_tasks=2, compile=False).learner
    assert math.isfinite(scores.loss[0])
    assert not math.isfinite(scores.loss[-1])
    json.dumps(to_json(scores), allow_nan=False)


def test_unseen_tasks_drawn_a_few_at_a_time_are_the_same_tasks(monkeypatch):
    settings = small_settings("sinusoid")
    tasks, whole = unseen.unseen_episodes(settings, 20, 3)
    monkeypatch.setattr(unseen, "DRAWN_NUMBERS", 3 * settings.points_per_task)
    again, parts = unseen.unseen_episodes(settings, 20, 3)
    for name, values in tasks.parameters.items():
        np.testing.assert_array_equal(again.parameters[name], values)
    assert parts.query.y.shape == whole.query.y.shape
    np.testing.assert_allclose(settings.tasks.truth(again, parts.query.x), parts.query.y, atol=1e-5)


def test_pictures_kept_in_bytes_are_judged_as_pictures(monkeypatch):
    settings = small_settings("glyphs", "nearest", image_size=8, ways=3, shots=2, queries=2)
    episodes = unseen.unseen_episodes(settings, 12, 0)[1]
    expected = scoring.score(settings, LearnerState({}, {}, {}, 0), episodes, compile=False)
    evaluator = evaluation.Evaluator(settings, 12, 0, "test", compile=False)
    assert evaluator._episodes.query.x.dtype == np.uint8
    found = evaluator.learner_scores(LearnerState({}, {}, {}, 0))
    np.testing.assert_allclose(found.loss, expected.loss, rtol=0.02, atol=0.02)


def test_a_learner_that_beats_its_baselines_and_no_constant_does_not_pay():
    settings = small_settings("vectors", map="none")  # nothing can be learned there
    found = evaluate(settings, TrainingState(*initial_states(settings)), 20, compile=False)
    assert found.verdict is not None
    assert found.verdict.baseline == "constant"
    assert found.verdict.pays is False
    step, constant = found.verdict.step, found.mean
    assert found.verdict.difference == pytest.approx(float(found.learner.loss[step]) - constant, rel=1e-4)


def test_a_learner_that_is_a_baseline_is_not_judged_by_itself():
    settings = small_settings("sinusoid", "transfer")
    found = evaluate(settings, start(settings), 20, compile=False)
    assert "transfer" in found.baselines
    assert found.verdict is not None
    assert found.verdict.baseline != "transfer"


def test_what_learns_nothing_does_not_pay():
    settings = small_settings("moons", "nearest", ways=2, shots=3, noise=0.01)
    found = evaluate(settings, start(settings), 20, compile=False)
    assert found.verdict is not None
    assert found.verdict.pays is not True
