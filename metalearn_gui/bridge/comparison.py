"""A comparison under way: on the worker that trains the live run, so that the two never train at once.

Whatever trains here becomes a run of the session's list: to be shown, restored, saved, deleted like any other.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.compared_runs import ComparedRuns
from metalearn_gui.bridge.course import Course
from metalearn_gui.bridge.latest import Latest, Request
from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.runner import Job, state_of
from metalearn_gui.engine.compare import (
    BY_SETTINGS,
    NUM_TASKS,
    SHOTS,
    Bracket,
    Budget,
    Compared,
    Comparison,
    Contender,
    Grid,
    Judged,
    Lane,
    LittleData,
    Planned,
    Progressed,
    compare,
    little_data,
    search,
)
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.events import Event
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.report import Page, comparison_page, little_data_page, search_page, sweep_page, write_page
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import Options
from metalearn_gui.store.records import RunRecord

Work = Callable[[Gate, Options], Iterator[Any]]  # something that says the events of a comparison


def _refusable(begin: Work, gate: Gate, options: Options) -> Iterator[Any]:
    """The same events; where the settings cannot be compared, the line that says why."""
    try:
        yield from begin(gate, options)
    except SettingError as error:
        yield str(error)


def _written(path: str, make: Callable[[], Page]) -> str:
    """Write a page; why that was refused, or ""."""
    try:
        write_page(path, make())
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

    def __init__(self, course: Course, options: Options, parent: QObject) -> None:
        super().__init__(parent)
        self._course, self._options = course, options
        self._job: Job | None = None
        self._state = RunState.IDLE
        self._writer = Latest("report", self)
        self._forget()

    def _forget(self) -> None:
        self._runs = ComparedRuns()
        self.comparison = Comparison((), ())
        self.is_cancelled = False
        self.grid: Grid | None = None  # of a sweep
        self.bracket: Bracket | None = None  # of a search for a structure
        self.little_data: LittleData | None = None
        self._progress: Progressed | None = None

    # --- what the view asks for -------------------------------------------------------------------

    def start(self, contenders: Sequence[Contender], budget: Budget = BY_SETTINGS, order: str = "in turn") -> None:
        """Compare these instead of what is compared now; the live run is stopped where it stands."""
        self._work(lambda gate, options: compare(contenders, budget, order=order, gate=gate, options=options))

    def sweep(
        self, settings: ExperimentSettings, grid: Grid, budget: Budget = BY_SETTINGS, seeds: Sequence[int] = ()
    ) -> None:
        """Compare every cell of a grid; `grid.losses(comparison)` is its heat map.

        Raises:
            SettingError: a cell whose settings cannot be.
        """
        self.start(grid.contenders(settings, seeds), budget)
        self.grid = grid

    def search(self, contenders: Sequence[Contender], budget: Budget = BY_SETTINGS) -> None:
        """Successive halving among candidates; `bracket` is how it stands."""
        self._work(lambda gate, options: search(contenders, budget, gate=gate, options=options))

    def try_little_data(
        self,
        settings: ExperimentSettings,
        budget: Budget = BY_SETTINGS,
        num_tasks: Sequence[int] = NUM_TASKS,
        shots: Sequence[int] = SHOTS,
    ) -> None:
        """Train with few tasks and with many, and try fewer shots and more; `little_data` is what is known of it."""
        begin = functools.partial(little_data, settings, budget, num_tasks=num_tasks, shots=shots)
        self._work(lambda gate, options: begin(gate=gate, options=options))

    def _work(self, begin: Work) -> None:
        self.cancel()
        gate = Gate()
        job = Job("compare", functools.partial(_refusable, begin, gate, self._options), gate=gate)
        self._forget()
        job.on_items = functools.partial(self._take, job, self._runs)
        job.on_end = functools.partial(self._take_end, job, self._runs)
        self._job = job
        self._course.training.lend(job)
        self._derive_state()

    def pause(self) -> None:
        """Hold all runs at their next chunk."""
        self._steer(Gate.pause)

    def resume(self) -> None:
        """Go on after a pause."""
        self._steer(Gate.run)

    def cancel(self) -> None:
        """End it: runs under way are judged as they are and kept, no other begins."""
        self._steer(Gate.close)

    def leave(self) -> None:
        """Cancel it and forget it: the session's runs are replaced by others."""
        self.cancel()
        self._job = None
        self._forget()
        self._derive_state()
        self.finished.emit()

    def write_report(self, path: str) -> None:
        """A page of what has come out so far, .html or .md; `reported` or `failed` says how that went."""
        if not self.comparison.runs:
            self.failed.emit(self.tr("There is nothing to report yet: no run of a comparison is over."))
            return
        write = functools.partial(_written, path, self._page())
        self._writer.request("report", Request(write, functools.partial(self._take_report, path), self.failed.emit))

    def close(self, seconds: float) -> None:
        """Leave; a page under way is waited for so long at most."""
        self._writer.close(seconds)

    # --- how it stands ----------------------------------------------------------------------------

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """Every run there will be."""
        return self._runs.lanes

    @property
    def records(self) -> dict[str, RunRecord]:
        """The runs by run_id, in the order of the lanes."""
        return self._runs.records

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
        return self._progress.eta_seconds if self._progress and self.is_active else None

    @property
    def training_id(self) -> str:
        """The run_id of what trains now; "" for nothing."""
        return self._progress.run_id if self._progress and self.is_active else ""

    # --- what the worker says ---------------------------------------------------------------------

    def _take(self, job: Job, runs: ComparedRuns, arrived: list[Any]) -> None:
        if self._job is not job:  # what was compared before: its runs still come to their end
            for item in arrived:
                if isinstance(item, Event):
                    runs.fold(item)
            return
        signals: list[Callable[[], None]] = []
        for item in arrived:
            if isinstance(item, Event):
                record = runs.fold(item)
                if record.iteration:
                    self._course.take_run(record)
            elif isinstance(item, Planned):
                runs.plan(item)
                signals.append(self.planned.emit)
            elif isinstance(item, Progressed):
                self._progress = item
            elif isinstance(item, Bracket):
                self.bracket = item
            elif isinstance(item, LittleData):
                self.little_data = item
            elif isinstance(item, Judged):
                self.comparison = item.comparison
                runs.keep(item)
                signals.append(functools.partial(self.contenderFinished.emit, item.run.lane.run_id))
            elif isinstance(item, Compared):
                self.comparison, self.is_cancelled = item.comparison, item.is_cancelled
            elif isinstance(item, str):
                signals.append(functools.partial(self.failed.emit, item))
        self._derive_state()
        for emit in [*signals, self.progressed.emit]:
            emit()

    def _page(self) -> Callable[[], Page]:
        """The page of what was compared; it adapts learners, so it is made where nobody waits."""
        if self.grid is not None:
            return functools.partial(sweep_page, self.comparison, self.grid)
        if self.bracket is not None:
            return functools.partial(search_page, self.comparison, self.bracket)
        if self.little_data is not None:
            return functools.partial(little_data_page, self.comparison, self.little_data)
        compile, cancelled = self._options.compile, self.is_cancelled
        return functools.partial(comparison_page, self.comparison, compile=compile, cancelled=cancelled)

    def _take_report(self, path: str, refusal: str) -> None:
        if refusal:
            self.failed.emit(refusal)
        else:
            self.reported.emit(path)

    def _take_end(self, job: Job, runs: ComparedRuns, error: str) -> None:
        for run_id in runs.records:
            self._course.runs.has_ended(run_id)
        if self._job is not job:
            return
        self._job = None
        self._derive_state()
        if error:
            self.failed.emit(error)
        self.finished.emit()

    def _steer(self, how: Callable[[Gate], None]) -> None:
        if self._job is not None:
            how(self._job.gate)
            self._derive_state()

    def _derive_state(self) -> None:
        state = state_of(self._job)
        if state is not self._state:
            self._state = state
            self.stateChanged.emit()
