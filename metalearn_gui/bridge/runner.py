"""One runner for any generator: it runs on a thread of its own, and a budget says how far it may go.

The worker takes jobs from a queue, one after the other, and appends what a job yields to a mailbox; a
timer of the GUI thread empties it 30 times a second. The worker knows no widget and emits no signal per
step, so the load on the window does not depend on the speed of what runs.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import functools
import queue
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.threads import Thread, log_failure
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.params import SettingError

DRAIN_MS = 33
SELDOM_MS = 200  # while something else should be painted first: with its next picture, or
LATEST_MS = 300  # after so long where there is none
PAINT_MS = 8  # from the time that a picture is asked for to the time that it is painted, or begins to be
MOST_BEHIND = 2  # threads that end what nobody waits for any more: each takes a core from what is wanted


@dataclasses.dataclass(eq=False)
class Job:
    """Something to run. `begin` is called on the worker's thread, the other two on the GUI's.

    name: what it does, in words.
    begin: makes the generator; it looks at the job's gate for its budget.
    on_items: what it yielded since the last time, in order.
    on_end: the last word, after all items; the error in one line, or "" where there was none.
    """

    name: str
    begin: Callable[[], Iterator[Any]]
    on_items: Callable[[list[Any]], None] = lambda items: None
    on_end: Callable[[str], None] = lambda error: None
    gate: Gate = dataclasses.field(default_factory=Gate)
    is_abandoned: bool = False  # ends at its next item instead of at its next look at the gate
    has_items: bool = False
    compiles: bool = True  # nothing interrupts it now: until its first item, and whenever `on_items` says so


@dataclasses.dataclass(frozen=True)
class _End:
    error: str


class Runner(QObject):
    """A worker thread, its jobs, and the state of the one job that can be run, paused, stepped, stopped."""

    stateChanged = Signal()

    def __init__(self, name: str = "meta_train", parent: QObject | None = None, writes: bool = False) -> None:
        """writes: as a thread's."""
        super().__init__(parent)
        self._name, self._writes = name, writes
        self._mailbox: collections.deque[tuple[Job, Any]] = collections.deque()
        self._outstanding: list[Job] = []
        self._steered: Job | None = None
        self._held: Job | None = None  # steered, but not yet in the queue
        self._state = RunState.IDLE
        self._behind: list[Thread] = []
        self._take_thread()
        self._drain_timer = QTimer(self)
        self._drain_timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._drain_timer.setInterval(DRAIN_MS)
        self._drain_timer.timeout.connect(self.drain)
        self._hold_timer = QTimer(self)
        self._hold_timer.setSingleShot(True)
        self._hold_timer.timeout.connect(self._release)
        self._is_closed = False

    def _take_thread(self) -> None:
        """It does not keep the runner alive, and a runner that is dropped unclosed ends it."""
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = Thread(self._name, functools.partial(_work, self._jobs, self._mailbox), self._writes)
        weakref.finalize(self, _leave, self._jobs, self._outstanding)

    @property
    def state(self) -> RunState:
        """Of the steered job."""
        return self._state

    @property
    def is_steering(self) -> bool:
        """Whether there is a job that can be run, paused, stepped or stopped."""
        return self._steered is not None and not self._steered.gate.is_closed

    @property
    def is_running_on(self) -> bool:
        """Whether the steered job has no bound: it is not paused, and no step is under way."""
        return self._steered is not None and self._steered.gate.is_unlimited

    def submit(self, job: Job) -> None:
        """Queue a job that nobody steers."""
        if self._is_closed:
            return
        self._leave_behind()
        if not self._thread.isRunning():
            self._thread.begin()
        self._outstanding.append(job)
        self._jobs.put(job)
        self._drain_timer.start()

    def steer(self, job: Job, quiet_ms: int = 0) -> None:
        """Queue a job, after so long without another one, and steer it from now on; the last one is stopped."""
        self._end_steered()
        self._leave_behind()
        self._steered = self._held = job
        if quiet_ms:
            self._hold_timer.start(quiet_ms)
        else:
            self._release()
        self._derive_state()

    def run(self) -> None:
        """Let the steered job go on without a bound."""
        if self._steered is not None:
            self._steered.gate.run()
            self._derive_state()

    def pause(self) -> None:
        """Take the steered job's budget back."""
        if self._steered is not None:
            self._steered.gate.pause()
            self._derive_state()

    def step(self) -> None:
        """One more unit of work for the steered job, and no more."""
        if self._steered is not None:
            self._steered.gate.pause()
            self._steered.gate.step()
            self._derive_state()

    def stop(self) -> None:
        """End the steered job; what it still says arrives. One that has said nothing yet is over at once."""
        self._end_steered()
        self._leave_behind()
        self._derive_state()

    def end(self, job: Job) -> None:
        """End a job that is not steered; what it still says arrives. One that compiles is over at once."""
        job.gate.close()
        self._leave_behind()

    def drain(self) -> None:
        """Hand over all that has arrived."""
        arrived: dict[Job, list[Any]] = {}
        for _ in range(len(self._mailbox)):
            job, item = self._mailbox.popleft()
            arrived.setdefault(job, []).append(item)
        for job, items in arrived.items():
            self._hand_over(job, items)
        if not self._outstanding:
            self._drain_timer.stop()

    def give_way(self, gives_way: bool) -> None:
        """Hand over seldom: what shows it has a share of the GUI's thread."""
        self._drain_timer.setInterval(LATEST_MS if gives_way else DRAIN_MS)

    def use_pause(self) -> None:
        """What this gives way to is about to be painted: after that is the best time for what is due."""
        timer = self._drain_timer
        gives_way = timer.isActive() and timer.interval() == LATEST_MS
        if gives_way and timer.remainingTime() <= LATEST_MS - SELDOM_MS:
            timer.start()
            QTimer.singleShot(PAINT_MS, self, self.drain)

    def close(self, seconds: float) -> bool:
        """End every job and the thread; wait so long at most. Whether the thread has ended."""
        self._is_closed = True
        self._end_steered()
        self._derive_state()
        for job in self._outstanding:
            job.gate.close()
        self._jobs.put(None)
        ended = not self._thread.isRunning() or self._thread.leave(seconds)
        self.drain()
        for job in self._outstanding:
            job.is_abandoned = True
        self._drain_timer.stop()
        return ended

    def _end_steered(self) -> None:
        job = self._steered
        if job is None:
            return
        job.gate.close()
        if self._held is job:  # it never began
            self._hold_timer.stop()
            self._held = self._steered = None
            job.on_end("")

    def _leave_behind(self) -> None:
        """A closed job that compiles is left alone with it: another thread takes the rest."""
        self._behind = [thread for thread in self._behind if thread.isRunning()]
        job = self._outstanding[0] if self._outstanding else None
        if job is None or not job.gate.is_closed or not self._compiles(job) or len(self._behind) >= MOST_BEHIND:
            return
        job.is_abandoned = True
        old = self._jobs
        self._behind.append(self._thread)
        self._take_thread()
        self._outstanding.remove(job)
        for waiting in _rest_of(old):
            self._jobs.put(waiting)
        old.put(None)
        if self._outstanding:
            self._thread.begin()
        self._steered = None if self._steered is job else self._steered
        job.on_end("")

    def _compiles(self, job: Job) -> bool:
        return job.compiles and not any(said is job for said, _ in self._mailbox)

    def _release(self) -> None:
        job, self._held = self._held, None
        if job is not None:
            self.submit(job)

    def _hand_over(self, job: Job, items: list[Any]) -> None:
        if job not in self._outstanding:  # left behind
            return
        end = items.pop() if isinstance(items[-1], _End) else None
        if items:
            job.has_items, job.compiles = True, False
        try:
            if items:
                job.on_items(items)
        finally:  # a mistake in what shows the items must not keep the job alive
            if end is not None:
                self._outstanding.remove(job)
                self._steered = None if self._steered is job else self._steered
            self._derive_state()
        if end is not None:
            job.on_end(end.error)
        else:
            self._leave_behind()  # it was ended while this was under way

    def _derive_state(self) -> None:
        state = state_of(self._steered)
        if state is not self._state:
            self._state = state
            self.stateChanged.emit()


def state_of(job: Job | None) -> RunState:
    """What the worker does with a job; None: with none."""
    if job is None:
        return RunState.IDLE
    if job.gate.is_closed:
        return RunState.STOPPING
    if job.gate.is_paused:
        return RunState.PAUSED
    if not job.has_items:
        return RunState.PREPARING
    return RunState.RUNNING if job.gate.is_unlimited else RunState.PAUSED


def _rest_of(jobs: queue.SimpleQueue[Job | None]) -> Iterator[Job | None]:
    """What no worker has taken yet."""
    with contextlib.suppress(queue.Empty):
        while True:
            yield jobs.get_nowait()


def _leave(jobs: queue.SimpleQueue[Job | None], outstanding: list[Job]) -> None:
    """Let the worker end as soon as it can."""
    for job in outstanding:
        job.gate.close()
        job.is_abandoned = True
    jobs.put(None)


def _work(jobs: queue.SimpleQueue[Job | None], mailbox: collections.deque[tuple[Job, Any]]) -> None:
    """The worker's life: job after job, until there is None."""
    while (job := jobs.get()) is not None:
        mailbox.append((job, _End(_run(job, mailbox))))
        del job  # or all that it trained would be kept until the next one comes


def _run(job: Job, mailbox: collections.deque[tuple[Job, Any]]) -> str:
    """Run a job to its end; returns what went wrong."""
    if job.gate.is_closed:  # stopped while it waited
        return ""
    try:
        for item in job.begin():
            mailbox.append((job, item))
            if job.is_abandoned:
                break
    except SettingError as error:  # no fault: a line for a person already
        return str(error)
    except Exception:
        return log_failure(job.name)
    return ""
