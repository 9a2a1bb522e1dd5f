"""Before a talk: what a list of presets needs is compiled in advance, so that none of them is waited for."""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Iterator, Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from metalearn_gui.bridge.adapter import Adapter
from metalearn_gui.bridge.messages import Message
from metalearn_gui.bridge.runner import Job
from metalearn_gui.bridge.runs import state_of
from metalearn_gui.bridge.touches import draw_task
from metalearn_gui.bridge.training import Training
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.presets import PRESETS
from metalearn_gui.engine.programs import PROGRAMS
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import Options, prepare
from metalearn_gui.store.records import fresh_run

SAY_MS = 1000
FIRST_GUESS = 15.0  # seconds for a structure, before one has been timed


@dataclasses.dataclass(frozen=True)
class _Begun:
    """A preset's turn has come."""

    place: int  # -1: none has begun yet
    name: str


class Warming(QObject):
    """Takes the worker for as long as it lasts; the run under way stops where it stands."""

    said = Signal(object)  # Message

    def __init__(self, training: Training, options: Options, parent: QObject) -> None:
        super().__init__(parent)
        self._training, self._options = training, options
        self._job: Job | None = None
        self._count, self._now = 0, _Begun(-1, "")
        self._begun_at = 0.0
        self._clock = QTimer(self, interval=SAY_MS)
        self._clock.timeout.connect(self._say)

    @property
    def is_active(self) -> bool:
        """Whether the worker is taken."""
        return self._job is not None

    def start(self, presets: Mapping[str, ExperimentSettings] | None = None) -> None:
        """Compile these, by what they are called; nothing where it is under way. None: all presets without a file."""
        if self._job is not None or not self._training.is_loaded:
            return
        if presets is None:
            presets = {one.label: one.settings for one in PRESETS.values() if not one.settings.tasks.needs_data}
        gate = Gate()
        self._count, self._now, self._begun_at = len(presets), _Begun(-1, ""), time.monotonic()
        begin = functools.partial(_warm_up, presets, self._options, gate)
        self._job = job = Job(self.tr("Warming up"), begin, gate=gate)
        job.on_items, job.on_end = self._take, self._end
        self._training.lend(job)
        self._clock.start()

    def cancel(self) -> None:
        """No further one begins; the compilation under way goes on where nobody waits for it."""
        if self._job is not None:
            self._training.end(self._job)

    def close(self) -> None:
        """The window goes."""
        self._clock.stop()
        self.cancel()

    def _take(self, items: list[_Begun]) -> None:
        self._now = items[-1]
        if self._job is not None:
            self._job.compiles = True  # it does nothing else
        self._say()

    def _say(self) -> None:
        done = self._now.place
        if done < 0:
            self.said.emit(Message(self.tr("Compiling begins once the run has stopped"), "info", *self._way_out()))
            return
        seconds = time.monotonic() - self._begun_at
        each = seconds / done if done else max(seconds, FIRST_GUESS)
        left = max(0, round(each * self._count - seconds))
        text = self.tr("Compiling {name}, {place} of {count}: about {minutes}:{seconds:02} left").format(
            name=self._now.name, place=done + 1, count=self._count, minutes=left // 60, seconds=left % 60
        )
        self.said.emit(Message(text, "info", *self._way_out()))

    def _way_out(self) -> tuple[str, str]:
        return self.tr("Cancel"), "warming.cancel"

    def _end(self, error: str) -> None:
        assert self._job is not None
        job, self._job = self._job, None
        self._clock.stop()
        if error:
            text = error
        elif job.gate.is_closed:
            count = self._now.place + (not job.is_abandoned)
            text = self.tr("Presets warmed up: {count}.").format(count=max(count, 0))
        else:
            text = self.tr("Warmed up: all {count} presets start at once now.").format(count=self._count)
        self.said.emit(Message(text, "warning" if error else "info"))


def _warm_up(presets: Mapping[str, ExperimentSettings], options: Options, gate: Gate) -> Iterator[_Begun]:
    """Training, evaluation and touches, one preset after the other; their programs are not dropped any more."""
    for place, (name, settings) in enumerate(presets.items()):
        if gate.is_closed:
            return
        yield _Begun(place, name)
        with PROGRAMS.holding():
            prepare(settings, options)
            Adapter(options.compile).warm_up(settings, state_of(fresh_run(settings)).learner, draw_task(settings, 1))
