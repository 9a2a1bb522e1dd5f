"""How many comparisons a session keeps."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.bridge import kept_outcomes
from metalearn_gui.bridge.kept_outcomes import bounded
from metalearn_gui.engine.compare import Comparison, LearnersPlan, Outcome, TrainedRun
from metalearn_gui.engine.compare.contenders import Lane
from metalearn_gui.engine.events import StepScores
from tests.bridge.conftest import small_settings

SETTINGS = small_settings()


def outcome(num_tasks: int) -> Outcome:
    row = np.zeros(2)
    scores = StepScores(row, row, row, losses=np.zeros((2, num_tasks), np.float32))
    run = TrainedRun(Lane("maml", "MAML", 7, SETTINGS), "done", "", None, scores, (), 1.0, None, 1.0)
    return Outcome(LearnersPlan(SETTINGS), Comparison((run.lane,), (run,)))


def test_the_oldest_give_way_where_there_are_too_many(monkeypatch) -> None:
    monkeypatch.setattr(kept_outcomes, "MOST_KEPT", 3)
    outcomes = [outcome(1) for _ in range(5)]
    assert bounded(outcomes) == tuple(outcomes[:3])


def test_the_oldest_give_way_where_they_are_too_large_but_never_the_newest(monkeypatch) -> None:
    monkeypatch.setattr(kept_outcomes, "MOST_LOSSES", 100)
    outcomes = [outcome(20), outcome(30), outcome(1)]
    assert bounded(outcomes) == tuple(outcomes[:2])
    large = [outcome(1_000), dataclasses.replace(outcomes[0])]
    assert bounded(large) == tuple(large[:1])
