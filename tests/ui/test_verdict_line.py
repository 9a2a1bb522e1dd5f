"""Does it pay? The card's sentence."""

from __future__ import annotations

import dataclasses
import math

import pytest
from PySide6.QtWidgets import QApplication

from metalearn_gui.engine.events import Evaluation, StepScores, Verdict
from metalearn_gui.ui.panels.adaptation import AdaptationPanel


@pytest.fixture
def panel(session, qtbot):
    panel = AdaptationPanel(session)
    qtbot.addWidget(panel)
    panel.resize(416, 300)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def judged(session, verdict: Verdict | None, **more: object) -> None:
    """An evaluation that comes to this verdict."""
    session.score()
    scored = session.live.scores[-1]
    evaluation: Evaluation = dataclasses.replace(scored.evaluation, verdict=verdict, **more)
    session.live.scores[-1] = dataclasses.replace(scored, evaluation=evaluation)
    session.scored.emit()


@pytest.mark.parametrize(
    ("difference", "half", "relative", "text"),
    [
        (-0.149, 0.031, -0.149, "It pays: 14.9 ± 3.1 % less loss than transfer"),
        (0.2, 0.1, 0.4, "It does not pay: 40 ± 20 % more loss than transfer"),
        (-0.02, 0.05, -0.02, "No clear difference: 2 ± 5 % less loss than transfer, the interval spans zero"),
        (0.5, 0.1, 0.0, "It does not pay: 0.5 ± 0.1 more loss than transfer"),
        (390.0, 45.0, 390.5, "It does not pay: 392 times the loss of transfer"),
        (math.inf, math.nan, math.inf, "It does not pay: the loss diverges, unlike that of transfer"),
    ],
)
def test_the_card_says_in_a_sentence_whether_it_pays(panel, session, difference, half, relative, text):
    session.live.reason = "done"
    judged(session, Verdict("transfer", 10, 1, difference, half, relative))
    assert panel.verdict.isVisible()
    assert panel.verdict.text() == f"{text}, step 1"


def test_while_a_run_goes_on_it_is_said_not_to_pay_yet(panel, session):
    session.train(1)
    judged(session, Verdict("transfer", 10, 1, 20.0, 4.0, 20.0))
    assert panel.verdict.text() == "Not yet: 21 times the loss of transfer, step 1"
    session.live.reason = "done"
    session.scored.emit()
    assert panel.verdict.text() == "It does not pay: 21 times the loss of transfer, step 1"


def test_a_verdict_on_old_scores_says_of_when_they_are_and_a_fresh_one_does_not(panel, session):
    session.train(1)
    judged(session, Verdict("transfer", 10, 1, -0.149, 0.031, -0.149))
    said = panel.verdict.text()
    assert "iteration" not in said
    session.train(1000)
    assert panel.verdict.text() == f"{said}, at iteration 1"
    assert "at iteration 1" in panel.verdict.shown_text
    assert panel.verdict.toolTip().endswith(", at iteration 1")
    panel.resize(300, 300)
    QApplication.processEvents()
    assert panel.verdict.shown_text == "It pays, at iteration 1"
    panel.resize(416, 300)
    QApplication.processEvents()
    judged(session, Verdict("transfer", 10, 1, -0.149, 0.031, -0.149))
    assert panel.verdict.text() == said


def test_of_classes_the_card_counts_errors_as_its_plot_does(panel, session):
    judged(session, Verdict("transfer", 10, 1, -0.02, 0.004, -0.5, "errors"))
    assert panel.verdict.text() == "It pays: 50 ± 10 % fewer errors than transfer, step 1"
    assert "the share of wrong answers" in panel.verdict.toolTip()


def test_the_tooltip_says_what_was_compared_also_after_a_resize(panel, session):
    judged(session, Verdict("linear_ridge", 1, 5, -0.149, 0.031, -0.149))
    panel.resize(360, 300)
    assert "600 unseen tasks, after step 5, from ridge at its best step, 1" in panel.verdict.toolTip()
    assert panel.verdict.toolTip() in panel.verdict.accessibleName()


def test_a_task_that_was_drawn_again_counts_once(panel, session):
    judged(session, Verdict("linear_ridge", 1, 5, -0.149, 0.031, -0.149), num_distinct_tasks=9)
    assert "over 9 unseen tasks, after step 5" in panel.verdict.toolTip()


def test_nothing_is_said_where_there_is_nothing_to_compare_with(panel, session):
    judged(session, Verdict("transfer", 10, 1, -0.1, 0.01, -0.1))
    judged(session, None)
    assert not panel.verdict.isVisible()


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        ((-0.149, 0.031, -0.149), "It pays: 14.9 ± 3.1 % less loss than Adam"),
        ((0.402, 0.201, 0.402), "It does not pay: 40.2 % more loss than Adam"),
        ((-0.02, 0.05, -0.02), "No clear difference: 2 % less loss than Adam"),
        ((math.inf, math.nan, math.inf), "It does not pay: the loss diverges"),
    ],
)
def test_a_narrow_card_says_it_in_fewer_words_not_in_cut_ones(panel, session, verdict, text):
    session.live.reason = "done"
    judged(session, Verdict("scratch_adam", 10, 1, *verdict))
    panel.resize(310, 300)
    assert panel.verdict.shown_text == text
    assert panel.verdict.text() != text


def test_a_baseline_that_was_tried_for_one_step_alone_is_said_to_have_had_no_more(panel, session):
    session.score()
    scores = session.live.scores[-1].evaluation.learner
    once = StepScores(scores.loss[:2], scores.loss_median[:2], scores.loss_ci95[:2])
    judged(session, Verdict("transfer", 1, 1, -0.149, 0.031, -0.149), learner=once)
    assert panel.verdict.text() == "It pays: 14.9 ± 3.1 % less loss than transfer, each after one step"
    assert "at its best step, 1 of 1" in panel.verdict.toolTip()
