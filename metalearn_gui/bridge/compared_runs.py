"""The runs of one comparison, folded from its events as any run is."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping

from metalearn_gui.engine.compare import LABEL_PARTS, Judged, Lane, Outcome, Planned, TrainedRun
from metalearn_gui.engine.events import Evaluation, Event
from metalearn_gui.store.records import RunRecord, Scored


class ComparedRuns:
    """lanes: all that were planned; records: their runs by run_id, in the same order.

    known: records of an earlier plan, which those that are planned again keep.
    turns: by contender, those of one that was compared before: whoever comes again looks the same.
    """

    def __init__(self, known: Mapping[str, RunRecord] | None = None, turns: Mapping[str, int] | None = None) -> None:
        self.lanes: tuple[Lane, ...] = ()
        self.records: dict[str, RunRecord] = {}
        self.turns = dict(turns or {})
        self._known = known or {}

    def plan(self, planned: Planned, next_turn: int) -> None:
        """A record for every run there will be; next_turn: of contenders that were not there before."""
        self.turns = self.turns_of([lane.contender for lane in planned.lanes], next_turn)
        self._lay_out(planned.lanes, self._known.get)

    def turns_of(self, contenders: Iterable[str], next_turn: int) -> dict[str, int]:
        """By contender: the one it has, else the next of all; every run of a contender has the same."""
        free = itertools.count(max([next_turn, *(turn + 1 for turn in self.turns.values())]))
        return {key: self.turns[key] if key in self.turns else next(free) for key in dict.fromkeys(contenders)}

    def restore(self, outcome: Outcome, find: Callable[[str], RunRecord | None], next_turn: int) -> None:
        """The runs of an earlier comparison; of those that are gone what its figures tell."""
        lanes = outcome.comparison.lanes
        found = ((lane.contender, find(lane.run_id)) for lane in lanes)
        self.turns = {key: record.turn for key, record in found if record is not None and record.turn is not None}
        self.turns = self.turns_of([lane.contender for lane in lanes], next_turn)
        self._lay_out(lanes, find)
        for run in outcome.comparison.runs:
            if find(run.lane.run_id) is None:
                _fill(self.records[run.lane.run_id], run)

    def _lay_out(self, lanes: tuple[Lane, ...], find: Callable[[str], RunRecord | None]) -> None:
        self.lanes = lanes
        several = len({lane.seed for lane in lanes}) > 1
        for lane in lanes:
            record = find(lane.run_id) or RunRecord(lane.settings, lane.run_id, _name(lane, several))
            record.turn = self.turns[lane.contender] if record.turn is None else record.turn
            self.records[lane.run_id] = record

    def fold(self, event: Event) -> RunRecord:
        """Take an event in; returns whose it was."""
        record = self.records[event.run_id]
        record.apply(event)
        return record

    def keep(self, judged: Judged) -> None:
        """A baseline's inner learning rate was chosen at its end; a search tries its winner only then."""
        record = self.records[judged.run.lane.run_id]
        record.settings = judged.run.lane.settings
        if not record.scores:
            _score(record, judged.run)


def _name(lane: Lane, several: bool) -> str:
    """ "" where the learner's name and settings say it all: the list tells such runs apart as it does any others."""
    if lane.label.partition(LABEL_PARTS)[0] == lane.settings.learner.label:
        return ""
    return f"{lane.label} · {lane.seed}" if several else lane.label


def _fill(record: RunRecord, run: TrainedRun) -> None:
    """How far it came, and its losses on the way."""
    last = run.moments[-1]
    record.iteration, record.tasks_seen = last.iteration, last.tasks_seen
    record.gradient_evaluations, record.compute_seconds = last.gradient_evaluations, last.compute_seconds
    record.reason = run.reason
    _score(record, run)


def _score(record: RunRecord, run: TrainedRun) -> None:
    num_tasks = run.losses.shape[1]
    for moment in run.moments:
        evaluation = Evaluation(num_tasks, moment.scores, {}, run.constant_loss, run.oracle, {})
        record.scores.append(Scored(moment.iteration, moment.compute_seconds, evaluation))
