"""What earlier comparisons came to, within bounds, and their learners where the session has them still."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from metalearn_gui.engine.compare import Comparison, Outcome, TrainedRun
from metalearn_gui.store.records import RunRecord

MOST_KEPT = 20
MOST_LOSSES = 6_000_000  # single losses in all of them, of four bytes each: the oldest give way

Find = Callable[[str], RunRecord | None]


def bounded(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The newest ones; the first of them is kept whatever its size."""
    kept: list[Outcome] = []
    left = MOST_LOSSES
    for outcome in outcomes[:MOST_KEPT]:
        left -= sum(run.losses.size for run in outcome.comparison.runs)
        if kept and left < 0:
            break
        kept.append(outcome)
    return tuple(kept)


def with_states(outcome: Outcome, find: Find) -> Outcome:
    """With what its learners learned, where their runs are there and have not gone on."""
    runs = tuple(_with_state(run, find(run.lane.run_id)) for run in outcome.comparison.runs)
    return dataclasses.replace(outcome, comparison=Comparison(outcome.comparison.lanes, runs))


def _with_state(run: TrainedRun, record: RunRecord | None) -> TrainedRun:
    is_same = record is not None and record.iteration == run.moments[-1].iteration
    return dataclasses.replace(run, state=record.latest) if record is not None and is_same else run
