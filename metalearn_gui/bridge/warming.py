"""Before a talk: what a list of presets needs is compiled in advance, so that none of them is waited for.

That is for each preset its training, the training of its baseline, how it and the baselines adapt to unseen tasks, and
how it adapts to the touched one: of 26 presets, which share some, 139 programs of some 16 MB and ten threads each.
They stay until they are let go.
"""

from __future__ import annotations

import dataclasses
import functools
import threading
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
from metalearn_gui.engine.memory import available_bytes, return_free_memory, taken_bytes
from metalearn_gui.engine.presets import PRESETS
from metalearn_gui.engine.programs import PROGRAMS
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import Options, prepare
from metalearn_gui.store.records import fresh_run

SAY_MS = 1000
FIRST_GUESS = 15.0  # seconds for a structure, before one has been timed
BYTES_EACH = 90e6  # that a preset keeps, as measured of all; the first takes more, and one like another takes none
LEAST_BYTES = 1e9  # what is left to others: the window goes on meanwhile


@dataclasses.dataclass(frozen=True)
class _Begun:
    """A preset's turn has come."""

    place: int  # -1: none has begun yet
    name: str
    is_refused: bool = False  # there is too little memory for it


class Warming(QObject):
    """Takes the worker for as long as it lasts; the run under way stops where it stands."""

    said = Signal(object)  # Message

    def __init__(self, training: Training, options: Options, parent: QObject) -> None:
        super().__init__(parent)
        self._training, self._options = training, options
        self._job: Job | None = None
        self._count, self._now = 0, _Begun(-1, "")
        self._begun_at = self._taken_before = 0.0
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
        self._taken_before = taken_bytes()
        begin = functools.partial(_warm_up, presets, self._options, gate)
        self._job = job = Job(self.tr("Warming up"), begin, gate=gate)
        job.on_items, job.on_end = self._take, self._end
        self._training.lend(job)
        self._clock.start()

    def cancel(self) -> None:
        """No further one begins; the compilation under way goes on where nobody waits for it."""
        if self._job is not None:
            self._training.end(self._job)

    def let_go(self) -> None:
        """Give back what the warmed-up presets keep; what was used last stays compiled."""
        if self._job is not None:
            self.cancel()
        threading.Thread(target=_let_go, name="tidying", daemon=True).start()
        self.said.emit(Message(self.tr("The warmed-up presets are let go; what was used last stays compiled.")))

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
        expected = self.tr("of about {gigabytes:.1f} GB").format(gigabytes=self._count * BYTES_EACH / 1e9)
        self.said.emit(Message(f"{text} · {self._taken} {expected}", "info", *self._way_out()))

    @property
    def _taken(self) -> str:
        """What is kept so far."""
        gigabytes = max(0.0, taken_bytes() - self._taken_before) / 1e9
        text = self.tr("{count} programs, {gigabytes:.1f} GB")
        return text.format(count=PROGRAMS.num_held, gigabytes=gigabytes)

    def _way_out(self) -> tuple[str, str]:
        return self.tr("Cancel"), "warming.cancel"

    def _end(self, error: str) -> None:
        assert self._job is not None
        job, self._job = self._job, None
        self._clock.stop()
        is_refused = self._now.is_refused
        if error:
            text = error
        elif job.gate.is_closed or is_refused:
            count = self._now.place + (not job.is_abandoned and not is_refused)
            text = self.tr("Presets warmed up: {count}.").format(count=max(count, 0))
        else:
            text = self.tr("Warmed up: all {count} presets start at once now.").format(count=self._count)
        if is_refused:
            text = f"{text} {self.tr('For more, too little memory is free.')}"
        offer = (self.tr("Let them go"), "warming.let_go") if PROGRAMS.num_held else ()
        kept = self.tr("They keep {taken}.").format(taken=self._taken) if offer else ""
        self.said.emit(Message(f"{text} {kept}".strip(), "warning" if error or is_refused else "info", *offer))


def _warm_up(presets: Mapping[str, ExperimentSettings], options: Options, gate: Gate) -> Iterator[_Begun]:
    """Training, evaluation and touches, one preset after the other; their programs are not dropped any more."""
    for place, (name, settings) in enumerate(presets.items()):
        if gate.is_closed:
            return
        is_refused = available_bytes() < LEAST_BYTES
        yield _Begun(place, name, is_refused)
        if is_refused:
            return
        with PROGRAMS.holding():
            prepare(settings, options)
            Adapter(options.compile).warm_up(settings, state_of(fresh_run(settings)).learner, draw_task(settings, 1))


def _let_go() -> None:
    PROGRAMS.release()
    return_free_memory()
