"""Runs of which only the place in training matters: events and states made by hand."""

from __future__ import annotations

from typing import Any

from metalearn_gui.engine.events import LearnerState, TrainingState
from metalearn_gui.store.records import RunRecord


def place(run: RunRecord, iteration: int) -> dict[str, Any]:
    """What every event of this run says at a meta-iteration."""
    return {
        "run_id": run.run_id,
        "iteration": iteration,
        "tasks_seen": 2 * iteration,
        "gradient_evaluations": 8.0 * iteration,
        "compute_seconds": 0.5 * iteration,
    }


def state_at(iteration: int) -> TrainingState:
    """A state without a parameter."""
    return TrainingState(LearnerState({}, {}, {}, iteration), {})
