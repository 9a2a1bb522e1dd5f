"""What a plan has come to: all that its table, its pictures and its report need."""

from __future__ import annotations

import dataclasses
import time
import uuid

from metalearn_gui.engine.compare.data_curves import LittleData
from metalearn_gui.engine.compare.events import Compared, Judged, Planned
from metalearn_gui.engine.compare.halving import Bracket, rounds
from metalearn_gui.engine.compare.plans import Plan, SearchPlan
from metalearn_gui.engine.compare.result import Comparison


@dataclasses.dataclass(frozen=True, eq=False)
class Outcome:
    """bracket and little_data: of plans of that kind, once there is anything. created: seconds since 1970."""

    plan: Plan
    comparison: Comparison = dataclasses.field(default_factory=lambda: Comparison((), ()))
    bracket: Bracket | None = None
    little_data: LittleData | None = None
    is_cancelled: bool = False
    key: str = dataclasses.field(default_factory=lambda: uuid.uuid4().hex[:12])
    created: float = dataclasses.field(default_factory=time.time)

    def after(self, event: object) -> Outcome:
        """What it is with an event of the plan more; those of single runs change nothing."""
        if isinstance(event, Planned):
            return dataclasses.replace(self, comparison=Comparison(event.lanes, event.known))
        if isinstance(event, Bracket):
            return dataclasses.replace(self, bracket=event)
        if isinstance(event, LittleData):
            return dataclasses.replace(self, little_data=event)
        if isinstance(event, Judged):
            return dataclasses.replace(self, comparison=event.comparison)
        if isinstance(event, Compared):
            return dataclasses.replace(self, comparison=event.comparison, is_cancelled=event.is_cancelled)
        return self

    @property
    def is_something(self) -> bool:
        """Whether there is anything to keep."""
        return bool(self.comparison.runs) or (self.bracket is not None and bool(self.bracket.rungs[0].losses))

    @property
    def num_done(self) -> int:
        """Runs that came to their end; of a search those of every round, most of which go on later."""
        rungs = () if self.bracket is None else self.bracket.rungs
        if self._is_search:
            return sum(len(rung.losses) for rung in rungs)
        return len(self.comparison.runs) - self.num_cut_short

    @property
    def num_cut_short(self) -> int:
        """Runs that were stopped on their way, and stay as far as they came; none of a search."""
        return 0 if self._is_search else sum(run.is_cut_short for run in self.comparison.runs)

    @property
    def num_runs(self) -> int:
        """All that there will be, counted likewise; 0 before they are planned."""
        num_lanes = len(self.comparison.lanes)
        return sum(number for _, number in rounds(num_lanes)) if self._is_search and num_lanes else num_lanes

    @property
    def _is_search(self) -> bool:
        return isinstance(self.plan, SearchPlan)

    def without_states(self) -> Outcome:
        """Its figures without what the learners learned: that is their runs'."""
        runs = tuple(dataclasses.replace(run, state=None) for run in self.comparison.runs)
        return dataclasses.replace(self, comparison=Comparison(self.comparison.lanes, runs))
