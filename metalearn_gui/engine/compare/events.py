"""What a comparison says beside the events of its runs (engine/events.py), which come as they are."""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.compare.contenders import Lane
from metalearn_gui.engine.compare.result import Comparison, TrainedRun


@dataclasses.dataclass(frozen=True)
class ComparisonEvent:
    """Something about all runs together."""


@dataclasses.dataclass(frozen=True)
class Planned(ComparisonEvent):
    """The first event: every run there will be. Its events carry the lane's run_id.

    known: those that were trained before, and are not again.
    """

    lanes: tuple[Lane, ...]
    known: tuple[TrainedRun, ...] = ()


@dataclasses.dataclass(frozen=True)
class Progressed(ComparisonEvent):
    """How far all of it is.

    run_id: what has just trained, or is compiled until the next event. share: 0..1. eta_seconds: None while no run
    has shown its speed.
    """

    run_id: str
    share: float
    num_done: int
    num_runs: int
    eta_seconds: float | None
    is_compiling: bool = False


@dataclasses.dataclass(frozen=True)
class Judged(ComparisonEvent):
    """A run is over and was tried on the unseen tasks; the comparison has all that are."""

    run: TrainedRun
    comparison: Comparison


@dataclasses.dataclass(frozen=True)
class Compared(ComparisonEvent):
    """The last event. is_cancelled: some runs did not get their whole budget."""

    comparison: Comparison
    is_cancelled: bool
