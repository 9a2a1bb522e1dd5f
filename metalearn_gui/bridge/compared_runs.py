"""The runs of one comparison, folded from its events as any run is."""

from __future__ import annotations

from metalearn_gui.engine.compare import Judged, Lane, Planned
from metalearn_gui.engine.events import Event
from metalearn_gui.store.records import RunRecord


class ComparedRuns:
    """lanes: all that were planned; records: their runs by run_id, in the same order."""

    def __init__(self) -> None:
        self.lanes: tuple[Lane, ...] = ()
        self.records: dict[str, RunRecord] = {}

    def plan(self, planned: Planned) -> None:
        """A record for every run there will be."""
        self.lanes = planned.lanes
        several = len({lane.seed for lane in self.lanes}) > 1
        for lane in self.lanes:
            name = f"{lane.label} · {lane.seed}" if several else lane.label
            self.records[lane.run_id] = RunRecord(lane.settings, lane.run_id, name)

    def fold(self, event: Event) -> RunRecord:
        """Take an event in; returns whose it was."""
        record = self.records[event.run_id]
        record.apply(event)
        return record

    def keep(self, judged: Judged) -> None:
        """A baseline's inner learning rate was chosen at its end."""
        self.records[judged.run.lane.run_id].settings = judged.run.lane.settings
