"""A comparison under way: on the worker that trains the live run, so that the two never train at once.

Whatever trains here becomes a run of the session's list: to be shown, restored, saved, deleted like any other.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.compared_runs import ComparedRuns
from metalearn_gui.bridge.compiling import Compiling
from metalearn_gui.bridge.course import Course
from metalearn_gui.bridge.kept_outcomes import bounded, with_states
from metalearn_gui.bridge.latest import Latest, Request
from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.runner import Job, state_of
from metalearn_gui.engine.compare import (
    Comparison,
    Judged,
    Lane,
    Outcome,
    Plan,
    Planned,
    Progressed,
)
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.events import Event, Finished
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.report import page_of, write_page
from metalearn_gui.engine.training import Options
from metalearn_gui.store.records import RunRecord

Work = Callable[[Gate, Options], Iterator[Any]]  # something that says the events of a comparison


def _refusable(begin: Work, gate: Gate, options: Options) -> Iterator[Any]:
    """The same events; where the settings cannot be compared, the line that says why."""
    try:
        yield from begin(gate, options)
    except SettingError as error:
        yield str(error)


def _written(path: str, outcome: Outcome, compile: bool) -> str:
    """Write the page of it; why that was refused, or ""."""
    try:
        write_page(path, page_of(outcome, compile=compile))
    except SettingError as error:
        return str(error)
    return ""


class Comparing(QObject):
    """What is compared, how far it is, and what has come out so far; it stays after the end, until the next one."""

    planned = Signal()  # lanes, records
    progressed = Signal()  # share, eta_seconds, the records' curves and scores; at most 30 times a second
    contenderFinished = Signal(str)  # comparison has one run more: its run_id
    finished = Signal()  # comparison; the last word, be it cancelled
    failed = Signal(str)  # why, in one line; what was finished before is kept
    stateChanged = Signal()  # state
    reported = Signal(str)  # the page that `write_report` has written
    keptChanged = Signal()  # kept
    reopened = Signal()  # outcome: one that was kept is shown again

    def __init__(self, course: Course, options: Options, parent: QObject) -> None:
        super().__init__(parent)
        self._course, self._options = course, options
        self._job: Job | None = None
        self._state = RunState.IDLE
        self._writer = Latest("report", self, writes=True)
        self._compiling = Compiling(self, "compared")
        self._compiling.ticked.connect(self.progressed)
        self.kept: tuple[Outcome, ...] = ()  # what other plans came to, and this one, newest first
        self._forget()

    def _forget(self) -> None:
        self._runs = ComparedRuns()
        self._compiling.follow(None, is_cut_short=True)
        self.outcome: Outcome | None = None  # so far; None before the first plan
        self._before: Outcome | None = None  # what goes on
        self._progress: Progressed | None = None

    # --- what the view asks for -------------------------------------------------------------------

    def start(self, plan: Plan) -> None:
        """Train what is planned instead of what trains now; the live run is stopped where it stands.

        A plan that was cancelled goes on: what was over then is not trained again, what was under way goes on.

        Raises:
            SettingError: a cell of a sweep whose settings cannot be.
        """
        before = self.outcome if self._goes_on(plan) else None
        known = () if before is None else tuple(run for run in before.comparison.runs if run.state is not None)
        records, turns = self._runs.records if known else {}, self._runs.turns
        begin = functools.partial(plan.begin, known=known)
        self.cancel()
        if self.is_active:  # it ends while this one waits for its turn
            self._keep_cut_short()
        gate = Gate()
        job = Job(self.tr("Comparing"), functools.partial(_refusable, begin, gate, self._options), gate=gate)
        self._forget()
        self._runs = ComparedRuns(records, turns)
        self.outcome = Outcome(plan) if before is None else Outcome(plan, key=before.key, created=before.created)
        self._before = before
        job.on_items = functools.partial(self._take, job, self._runs)
        job.on_end = functools.partial(self._take_end, job, self._runs)
        self._job = job
        self._course.training.lend(job)
        self._derive_state()

    def _goes_on(self, plan: Plan) -> bool:
        return self.outcome is not None and self.outcome.is_cancelled and self.outcome.plan == plan

    def pause(self) -> None:
        """Hold all runs at their next chunk."""
        self._steer(Gate.pause)

    def resume(self) -> None:
        """Go on after a pause."""
        self._steer(Gate.run)

    def cancel(self) -> None:
        """End it: runs under way are judged as they are and kept, no other begins. What compiles is left alone."""
        if self._job is not None:
            self._course.training.end(self._job)
            self._derive_state()

    def leave(self) -> None:
        """Cancel it and forget all: the session's runs are replaced by others."""
        self.cancel()
        self._job = None
        self._forget()
        self.kept = ()
        self.keptChanged.emit()
        self._derive_state()
        self.finished.emit()

    def write_report(self, path: str) -> None:
        """A page of what has come out so far, .html or .md; `reported` or `failed` says how that went."""
        outcome = self.outcome
        if outcome is None or not outcome.is_something:
            self.failed.emit(self.tr("There is nothing to report yet: no run of a comparison is over."))
            return
        write = functools.partial(_written, path, outcome, self._options.compile)  # it adapts learners: nobody waits
        self._writer.request("report", Request(write, functools.partial(self._take_report, path), self.failed.emit))

    def close(self, seconds: float) -> None:
        """Leave; a page under way is waited for so long at most."""
        self._writer.close(seconds)

    # --- how it stands ----------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        """Of the plan, as engine.compare.PLANS has it; "" before the first."""
        return self.outcome.plan.kind if self.outcome else ""

    @property
    def comparison(self) -> Comparison:
        """The runs that are over."""
        return self.outcome.comparison if self.outcome else Comparison((), ())

    @property
    def has_been_cancelled(self) -> bool:
        """Whether it ended before all had trained, now that it has."""
        return self.outcome is not None and self.outcome.is_cancelled and not self.is_active

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """Every run there will be."""
        return self._runs.lanes

    @property
    def records(self) -> dict[str, RunRecord]:
        """The runs by run_id, in the order of the lanes."""
        return self._runs.records

    def turns_of(self, contenders: Sequence[str]) -> dict[str, int]:
        """What their colours and shapes go by, by contender, be they compared already or not."""
        return self._runs.turns_of(contenders, self._course.runs.next_turn)

    @property
    def state(self) -> RunState:
        return self._state

    @property
    def is_active(self) -> bool:
        """Whether the worker is taken, be it paused."""
        return self._job is not None

    @property
    def share(self) -> float:
        """Of all training, 0..1."""
        return self._progress.share if self._progress else 0.0

    @property
    def eta_seconds(self) -> float | None:
        """Until the end; None before a run has shown its speed."""
        if self._progress is None or self._progress.eta_seconds is None or not self.is_active:
            return None
        waited = self._compiling.elapsed if self.is_compiling else 0.0  # nothing else tells the time meanwhile
        return max(self._progress.eta_seconds - waited, 0.0)

    @property
    def training_id(self) -> str:
        """The run_id of what trains or is compiled now; "" for nothing."""
        return self._progress.run_id if self._progress and self.is_active else ""

    @property
    def is_compiling(self) -> bool:
        """Whether that is being compiled."""
        return self.is_active and self._progress is not None and self._progress.is_compiling

    @property
    def compiling_text(self) -> str:
        """For how long, and how long it took the last time; "" while nothing is compiled."""
        return self._compiling.text if self.is_compiling else ""

    # --- what the worker says ---------------------------------------------------------------------

    def _take(self, job: Job, runs: ComparedRuns, arrived: list[Any]) -> None:
        job.compiles = isinstance(arrived[-1], Progressed) and arrived[-1].is_compiling
        if self._job is not job:  # what was compared before: its runs still come to their end
            for item in arrived:
                if isinstance(item, Event) and item.run_id not in self.records:  # one that goes on has newer events
                    runs.fold(item)
            return
        signals: list[Callable[[], None]] = []
        for item in arrived:
            self.outcome = self.outcome.after(item) if self.outcome else None
            if isinstance(item, Event):
                record = runs.fold(item)
                if record.iteration:
                    self._course.take_run(record)
            elif isinstance(item, Planned):
                runs.plan(item, self._course.runs.next_turn)
                signals.append(self.planned.emit)
            elif isinstance(item, Progressed):
                self._progress = item
                self._follow_compiling()
            elif isinstance(item, Judged):
                runs.keep(item)
                signals.append(functools.partial(self.contenderFinished.emit, item.run.lane.run_id))
            elif isinstance(item, str):
                signals.append(functools.partial(self.failed.emit, item))
        if any(isinstance(item, Finished) for item in arrived):
            signals.append(self._course.runsChanged.emit)  # its row has its last figures
        self._derive_state()
        for emit in [*signals, self.progressed.emit]:
            emit()

    def _follow_compiling(self) -> None:
        run = self.records.get(self.training_id)
        self._compiling.follow(run.settings if run is not None and self.is_compiling else None)

    def _take_report(self, path: str, refusal: str) -> None:
        if refusal:
            self.failed.emit(refusal)
        else:
            self.reported.emit(path)

    def _take_end(self, job: Job, runs: ComparedRuns, error: str) -> None:
        for run_id in runs.records:
            self._course.runs.has_ended(run_id)
        self._course.runsChanged.emit()
        if self._job is not job:
            return
        self._job = None
        self._compiling.follow(None, is_cut_short=True)
        if job.is_abandoned:  # it does not come to its last word
            self._keep_cut_short()
        else:
            self._keep()
        self._derive_state()
        if error:
            self.failed.emit(error)
        self.finished.emit()

    # --- what is kept -----------------------------------------------------------------------------

    def reopen(self, key: str) -> None:
        """Show one of those that were kept; its learners answer the hand where their runs are in the list still."""
        outcome = next((one for one in self.kept if one.key == key), None)
        if outcome is None or self.is_active:
            return
        self._forget()
        self._runs = ComparedRuns()
        self.outcome = with_states(outcome, self._course.runs.find)
        self._runs.restore(self.outcome, self._course.runs.find, self._course.runs.next_turn)
        self.reopened.emit()
        self.finished.emit()

    def take_kept(self, kept: Sequence[Outcome]) -> None:
        """Those of a file, the newest of them shown; call when its runs are the session's."""
        self.kept = bounded(kept)
        self.keptChanged.emit()
        if self.kept:
            self.reopen(self.kept[0].key)

    @property
    def kept_so_far(self) -> tuple[Outcome, ...]:
        """What is kept, and what is under way as if it ended here: a file may be all that is left of it."""
        outcome = self._cut_short() if self.is_active else None
        return self._kept_with(outcome) if outcome is not None and outcome.is_something else self.kept

    def _keep_cut_short(self) -> None:
        """It does not come to its last word: what was to go on, and has not yet, stays as it was."""
        self.outcome = self._cut_short()
        if self.outcome is not None and not self.lanes:
            self._runs.plan(Planned(self.outcome.comparison.lanes), self._course.runs.next_turn)
        self._keep()

    def _cut_short(self) -> Outcome | None:
        if self.outcome is None:
            return None
        comparison = self.outcome.comparison
        if self._before is not None:
            comparison = comparison if comparison.lanes else Comparison(self._before.comparison.lanes, ())
            comparison = comparison.completed(self._before.comparison.runs)
        return dataclasses.replace(self.outcome, comparison=comparison, is_cancelled=True)

    def _keep(self) -> None:
        if self.outcome is not None and self.outcome.is_something:
            self.kept = self._kept_with(self.outcome)
            self.keptChanged.emit()

    def _kept_with(self, outcome: Outcome) -> tuple[Outcome, ...]:
        others = [one for one in self.kept if one.key != outcome.key]
        return bounded([outcome.without_states(), *others])

    def _steer(self, how: Callable[[Gate], None]) -> None:
        if self._job is not None:
            how(self._job.gate)
            self._derive_state()

    def _derive_state(self) -> None:
        state = state_of(self._job)
        if state is not self._state:
            self._state = state
            self.stateChanged.emit()
