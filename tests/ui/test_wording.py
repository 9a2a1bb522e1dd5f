"""Episodes and scores in words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel

from metalearn_gui.engine.events import StepScores
from metalearn_gui.engine.presets import preset
from metalearn_gui.ui.header import Header
from metalearn_gui.ui.runs_model import FIRST_STEP, LAST_STEP, RunsModel
from metalearn_gui.ui.status_bar import StatusBar
from metalearn_gui.ui.text import MINUS
from metalearn_gui.ui.wording import (
    episode_text,
    mean_text,
    protocol_text,
    score_text,
    sizes_text,
    unseen_text,
    without_keys,
)
from tests.ui.hand import session_for

SCORES = StepScores(
    loss=np.array([1.6, 0.25]), loss_median=np.array([1.6, 0.2]), loss_ci95=np.array([0.0, 0.013]),
    accuracy=np.array([0.2, 0.9061]), accuracy_ci95=np.array([0.0, 0.0052]),
)  # fmt: skip


@pytest.fixture
def session():
    """Five ways, one shot, and one evaluation."""
    session = session_for("glyphs", ways=5)
    session.change(shots=1, queries=2)
    session.score()
    scored = session.live.scores[-1]
    evaluation = dataclasses.replace(scored.evaluation, learner=SCORES)
    session.live.scores[-1] = dataclasses.replace(scored, evaluation=evaluation)
    return session


def test_unseen_tasks_beyond_the_trained_range_are_called_so():
    assert unseen_text(preset("first-steps")) == "unseen"
    assert unseen_text(preset("first-steps").replaced(beyond=1.5)) == "unseen ×1.5"


def test_an_accuracy_stands_with_its_interval_in_percent():
    assert score_text(SCORES, 1, in_percent=True) == "90.6 % ± 0.5"
    assert score_text(SCORES, 1, in_percent=False) == "0.25 ± 0.013"


def test_a_mean_below_a_thousandth_is_short_enough_for_a_column():
    assert mean_text(0.000991, 0.000163) == f"9.9e{MINUS}4 ± 1.6e{MINUS}4"
    assert mean_text(0.0329, 0.00413) == "0.0329 ± 0.0041"
    assert mean_text(0.0, 0.0) == "0 ± 0"
    assert mean_text(0.00123, 0.00099) == "0.00123 ± 0.00099"
    assert mean_text(0.00021, 0.0052) == "0.00021 ± 0.0052"
    assert mean_text(-1.1e7, 650_000.0) == f"{MINUS}1.1e7 ± 0.065e7"
    assert mean_text(0.0329, float("inf")) == "0.0329"  # one task has no interval


def test_transductive_normalisation_is_called_so_and_everything_else_inductive():
    settings = preset("protonet")
    assert protocol_text(settings) == "inductive"
    assert protocol_text(settings.replaced(norm="batch, transductive")) == "transductive"
    assert protocol_text(preset("first-steps")) == episode_text(preset("first-steps")) == ""


def test_header_status_and_runs_say_accuracy_ways_and_shots(qtbot, session):
    header, status, runs = Header(session), StatusBar(session), RunsModel(session)
    for widget in (header, status):
        qtbot.addWidget(widget)
    texts = {label.text() for label in header.findChildren(QLabel)}
    assert {"unseen, 5-way 1-shot", "90.6 %", "± 0.5"} <= texts
    assert "5-way 1-shot · inductive" in status._status.text()
    assert [runs.data(runs.index(0, column)) for column in (FIRST_STEP, LAST_STEP)] == ["90.6 %", "90.6 %"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Inner steps (inner_steps) is '0'; it must lie in [1, 20]", "Inner steps is '0'; it must lie in [1, 20]"),
        ("Training episodes (training_episodes, train_ways) have 3 ways", "Training episodes have 3 ways"),
        ("Ridge takes regression: try Sinusoid (sinusoid)", "Ridge takes regression: try Sinusoid"),
        ("Table (data) is 'my (seed).csv': gone", "Table is 'my (seed).csv': gone"),
        ('Table (data) is "Ann\'s (seed).csv": gone', 'Table is "Ann\'s (seed).csv": gone'),
        ("The settings' seed (seed) is 'x'; it must be a number", "The settings' seed is 'x'; it must be a number"),
        ("The report x.html cannot be written (no space left)", "The report x.html cannot be written (no space left)"),
    ],
)
def test_the_window_names_settings_by_their_labels_alone(line, said):
    assert without_keys(line) == said


@pytest.mark.parametrize(
    ("preset_key", "shots", "text"),
    [("first-steps", 10, "10 shots"), ("first-steps", 1, "1 shot"), ("glyphs", 1, "5-way 1-shot")],
)
def test_what_an_unseen_task_offers_is_told_of_every_kind(preset_key: str, shots: int, text: str) -> None:
    assert sizes_text(preset(preset_key).replaced(shots=shots)) == text
