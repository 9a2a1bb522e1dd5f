"""Does it pay? Paired over tasks, against the best baseline at its best step."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from metalearn_gui.engine.events import StepScores, Verdict
from metalearn_gui.engine.learners.linear_ridge import PENALTY, LinearRidge
from metalearn_gui.engine.learners.task_mean import TaskMean
from metalearn_gui.engine.verdict import sentence, verdict
from tests.engine.small import adapted_predictions

NUM_TASKS = 400


def scores(*means: float, spread: float = 1.0, noise: float = 0.0) -> StepScores:
    """Losses that differ much from task to task, the same way for everybody but for some noise."""
    common = np.random.default_rng(0).normal(0, spread, NUM_TASKS)
    own = np.random.default_rng(int(100 * means[0])).normal(0, noise or 1e-9, NUM_TASKS)
    losses = np.array(means)[:, None] + common + own
    return StepScores(losses.mean(1), np.median(losses, 1), losses.mean(1), losses=losses)


@pytest.mark.parametrize(("learner", "pays"), [(1.9, True), (2.0, None), (2.1, False)])
def test_a_difference_far_below_the_spread_over_tasks_is_seen(learner, pays):
    found = verdict(1, scores(3.0, learner, noise=0.1), {"transfer": scores(2.5, 2.0), "scratch": scores(4.0, 3.0)})
    assert found is not None
    assert (found.baseline, found.baseline_step, found.step, found.pays) == ("transfer", 1, 1, pays)
    assert found.difference == pytest.approx(learner - 2.0, abs=0.03)
    assert found.ci95 == pytest.approx(1.96 * 0.1 / np.sqrt(NUM_TASKS), rel=0.2)


def test_a_baseline_that_gets_worse_is_taken_at_its_best_step():
    found = verdict(2, scores(9.0, 5.0, 1.0), {"transfer": scores(2.0, 3.0, 4.0)})
    assert found is not None
    assert (found.baseline_step, found.relative) == (0, pytest.approx(-0.5, abs=0.1))


@pytest.mark.parametrize("identity", [None, np.arange(NUM_TASKS) // 2], ids=["all distinct", "each twice"])
def test_a_learner_that_diverges_is_judged_without_a_warning(identity):
    learner, other = (dataclasses.replace(scores(3.0, 2.0), identity=identity) for _ in range(2))
    assert learner.losses is not None
    learner.losses[1, :3] = np.inf
    with np.errstate(all="raise"):
        found = verdict(1, learner, {"transfer": other})
    assert found is not None
    assert sentence(found, str)[0].startswith("It does not pay: the loss diverges")


def test_a_task_that_comes_again_makes_no_verdict_surer():
    tasks = np.repeat(np.arange(9), 67)
    losses = np.random.default_rng(0).normal(1.0, 0.3, 9)[tasks][None]
    learner, other = (
        StepScores(row[:, 0], row[:, 0], row[:, 0], losses=row, identity=tasks) for row in (losses, 1.1 + 0 * losses)
    )
    found = verdict(0, learner, {"transfer": other})
    assert found is not None
    means = losses[0, ::67] - 1.1
    assert found.ci95 == pytest.approx(2.306 * means.std(ddof=1) / 3)
    alone = verdict(0, dataclasses.replace(learner, identity=0 * tasks), {"transfer": other})
    assert alone is not None
    assert alone.pays is None  # one task says nothing of others
    text, words = sentence(alone, "{:.3g}".format)
    assert text.format(name="transfer", **words).endswith("less loss than transfer, on one unseen task")
    assert "±" not in words["share"]


def test_classes_are_judged_by_wrong_answers_whatever_the_losses_say():
    right = np.repeat([0.99, 0.98], [300, 100])
    learner, other = (
        StepScores(*3 * [np.ones(1)], losses=loss * np.ones((1, NUM_TASKS)), accuracies=accuracy[None])
        for loss, accuracy in ((2.0, right), (1.0, right - 0.03))
    )
    found = verdict(0, learner, {"transfer": other})
    assert found is not None
    assert (found.measure, found.pays) == ("errors", True)
    assert found.difference == pytest.approx(-0.03)
    text, words = sentence(found, "{:.3g}".format)
    assert text.format(name="transfer", **words).startswith("It pays: 70.6 ± ")
    assert text.endswith("fewer errors than {name}")


def test_a_baseline_without_an_error_is_told_apart_in_errors_of_a_hundred():
    words = sentence(Verdict("transfer", 1, 1, 0.02, 0.005, 0.0, "errors"), "{:.3g}".format)[1]
    assert words["share"] == "2 ± 0.5 in 100"


def test_there_is_no_verdict_without_losses_of_tasks():
    alone = StepScores(np.ones(2), np.ones(2), np.ones(2))
    assert verdict(1, alone, {"transfer": alone}) is None
    assert verdict(1, scores(1.0, 1.0), {}) is None


@pytest.mark.parametrize(("half", "shown"), [(4.2, "8.4 %"), (49.0, "98 %"), (70.0, "140 %")])
def test_a_margin_of_hundreds_of_per_cent_is_no_power_of_ten(half: float, shown: str):
    words = sentence(Verdict("transfer", 1, 1, 100.0, half, relative=2.0), "{:.4g}".format)[1]
    assert words["share"] == f"200 ± {shown}"


def test_the_plain_baselines_equal_numpy():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 8, 3)), rng.normal(size=(2, 8, 2))
    asked = rng.normal(size=(2, 5, 3))
    mask = np.ones((2, 8))
    mask[1, 5:] = 0
    for task in range(2):
        rows, targets = x[task][mask[task] > 0], y[task][mask[task] > 0]
        centred = rows - rows.mean(0)
        w = np.linalg.solve(centred.T @ centred + PENALTY * np.eye(3), centred.T @ (targets - targets.mean(0)))
        expected = (asked[task] - rows.mean(0)) @ w + targets.mean(0)
        found = adapted_predictions(LinearRidge(), x, y, mask, asked)[task]
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
        mean = adapted_predictions(TaskMean(), x, y, mask, asked)[task]
        np.testing.assert_allclose(mean, np.tile(targets.mean(0), (5, 1)), rtol=1e-5)
