"""How a run on ratings does in the four quadrants of cold start: tried when asked for, on a thread of its own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.newest_work import NewestWork
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.ratings.protocol import Quadrant, judged
from metalearn_gui.engine.unseen import NUM_TASKS, TASKS_SEED
from metalearn_gui.store.records import RunRecord


class Tried(NamedTuple):
    """What was tried: a run, after so many meta-iterations."""

    run_id: str
    iteration: int


class ColdStart(QObject):
    """Quadrants come one by one; they stay until another run is tried, or this one again."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, shown: Callable[[], RunRecord], parent: QObject) -> None:
        super().__init__(parent)
        self._shown = shown
        self._work = NewestWork("cold_start", {Quadrant: self._take, SettingError: self._refuse}, self)
        self.tried: Tried | None = None
        self.found: list[Quadrant] = []
        self.is_busy = False

    def ask(self) -> None:
        """Try the shown run as it is now on the episodes of `evaluate`, uncompiled: there is no hand that waits."""
        run = self._shown()
        if run.latest is None:
            return
        self.tried, self.found, self.is_busy = Tried(run.run_id, run.latest.iteration), [], True
        work = functools.partial(judged, run.settings, run.latest.learner, NUM_TASKS, TASKS_SEED, False)
        self._work.ask(self.tr("Trying the cold start"), work, self._end)
        self.changed.emit()

    def cancel(self) -> None:
        """Try no more; what has come stays."""
        self._work.forget()
        self._end("")

    def close(self, seconds: float) -> bool:
        """End the worker; wait so long at most. Whether it has ended."""
        return self._work.close(seconds)

    def _take(self, quadrant: Quadrant) -> None:
        self.found.append(quadrant)
        self.changed.emit()

    def _refuse(self, error: SettingError) -> None:
        self._end(str(error))

    def _end(self, error: str) -> None:
        self.is_busy = False
        if error:
            self.failed.emit(error)
        self.changed.emit()
