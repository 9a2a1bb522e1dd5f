"""What is computed about the shown run only while somebody looks, on a worker that all of it shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from PySide6.QtCore import QObject, QTimer, Signal

from metalearn_gui.bridge.compiling import Compiling
from metalearn_gui.bridge.latest import Latest, Request
from metalearn_gui.bridge.unseen import UnseenTasks

FOLLOW_MS = 500  # how often an answer follows the training


class Watched(QObject):
    """A result that is asked for again when what is shown changes; None until it is there.

    Subclasses override `ask`, and call `request` in it.
    """

    purpose: ClassVar[str]  # how long its first answer took is remembered under this

    changed = Signal()  # result
    waited = Signal()  # so_far
    failed = Signal(str)

    def __init__(self, unseen: UnseenTasks, latest: Latest, parent: QObject) -> None:
        super().__init__(parent)
        self.unseen = unseen
        self.result: Any = None
        self._latest = latest
        self._watchers = 0
        self._clock = Compiling(self, self.purpose)
        self._clock.ticked.connect(self.waited)
        self._structure: tuple[object, ...] = ()
        self._series = 0  # answers of an earlier series are stale
        self._follow_soon = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._follow_soon.timeout.connect(self.ask_if_watched)
        unseen.followed.connect(self._follow)

    @property
    def is_watched(self) -> bool:
        return self._watchers > 0

    @property
    def so_far(self) -> str:
        """For how long a first answer has been waited for, in words; "" while none is."""
        return self._clock.so_far

    @property
    def has_answer(self) -> bool:
        """Whether all that was asked for is there, of this moment or an earlier one."""
        return self.result is not None

    @property
    def lack(self) -> str:
        """Why there is nothing to be asked for, in words; "" where there is."""
        return ""

    def watch(self, on: bool) -> None:
        """One more who looks, or one less."""
        self._watchers += 1 if on else -1
        if on and self._watchers == 1:
            self.ask_if_watched()
        elif not self._watchers:
            self.stop()

    def ask_if_watched(self) -> None:
        """Ask now, if TensorFlow is there."""
        if self.is_watched and self.unseen.answers.is_ready:
            self.ask()

    def ask(self) -> None:
        """Ask for the result of what is shown now."""
        raise NotImplementedError

    def request(self, key: str, compute: Callable[[], Any], rank: int = 0) -> None:
        """compute runs on the worker, and is the result unless something else is shown by then; None: it gave up."""
        series = self._series
        if not self.has_answer:
            self._clock.follow(self.unseen.shown.settings)

        def deliver(result: Any) -> None:
            if series == self._series and result is not None:
                self.take(result)

        self._latest.request((type(self), key), Request(compute, deliver, self._fail, rank))

    def take(self, result: Any) -> None:
        self.result = result
        if self.has_answer:
            self._clock.follow(None)
        self.changed.emit()

    def forget(self) -> None:
        """What is there or under way is of something else."""
        self._series += 1
        self._clock.follow(None, is_cut_short=True)
        if self.result is not None:
            self.take(None)

    def stop(self) -> None:
        """Ask for nothing more."""
        self._follow_soon.stop()
        self._clock.follow(None, is_cut_short=True)

    def _fail(self, line: str) -> None:
        self._clock.follow(None, is_cut_short=True)
        self.failed.emit(line)

    def _follow(self) -> None:
        structure = self.unseen.shown.structure
        if structure != self._structure:
            self._structure = structure
            self.forget()
            self.ask_if_watched()
        elif self.is_watched and not self._follow_soon.isActive():
            self._follow_soon.start()
