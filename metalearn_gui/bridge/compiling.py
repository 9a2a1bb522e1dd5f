"""For how long something has been compiled, beside how long its kind took the last time on this machine."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store.compile_times import remember_seconds, seconds_of

LEAST_SECONDS = 0.5  # what takes less was compiled before


class Compiling(QObject):
    """Counts while there is something to wait for.

    purpose: what it is compiled for, where that is less than a run with its baselines.
    """

    ticked = Signal()  # text

    def __init__(self, parent: QObject, purpose: str = "") -> None:
        super().__init__(parent)
        self._purpose = purpose
        self._settings: ExperimentSettings | None = None
        self._began = 0.0
        self._expected: float | None = None
        # Precise: a tick that comes early tells a second less.
        self._timer = QTimer(self, interval=1000, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.ticked)

    def follow(self, settings: ExperimentSettings | None, is_cut_short: bool = False) -> None:
        """What is compiled now; None: nothing. is_cut_short: what was compiled before is not waited for any more."""
        if settings == self._settings:  # a run that goes on has settings of its own at every look
            return
        before, has_ended = self._settings, settings is None and not is_cut_short
        if before is not None and has_ended and self.elapsed >= LEAST_SECONDS:
            remember_seconds(before, self.elapsed, self._purpose)
        self._settings, self._began = settings, time.monotonic()
        if settings is None:
            self._timer.stop()
        else:
            self._expected = seconds_of(settings, self._purpose)
            self._timer.start()

    @property
    def elapsed(self) -> float:
        """Seconds since this began."""
        return time.monotonic() - self._began

    @property
    def text(self) -> str:
        """In words, the seconds so far and those of the last time; "" while nothing is compiled."""
        return "" if self._settings is None else self.tr("compiling, {so_far}").format(so_far=self.so_far)

    @property
    def so_far(self) -> str:
        """The same without the word."""
        if self._settings is None:
            return ""
        elapsed = int(self.elapsed)
        if self._expected is None:
            return self.tr("{elapsed} s").format(elapsed=elapsed)
        text = self.tr("{elapsed} s; the last time it took {expected} s")
        return text.format(elapsed=elapsed, expected=max(1, round(self._expected)))
