"""Takes the chosen formats to files on a thread of its own, while training goes on; only pictures are drawn here."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.runner import Job, Runner
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.control import Gate
from metalearn_gui.store.subject import export_subject
from metalearn_gui.ui.export.pictures import PICTURES
from metalearn_gui.ui.export.writing import BUSY, Progress, Stage, write_all

CLOSE_SECONDS = 0.2


class Writer(QObject):
    """One writing at a time. `steps` holds the newest step of every file, in the order of writing."""

    changed = Signal()
    ended = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._runner: Runner | None = None
        self._job: Job | None = None
        self.steps: dict[str, Progress] = {}

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    def start(self, paths: dict[str, Path]) -> None:
        """Write what is shown now (key -> path); the run may go on meanwhile."""
        if self.is_busy:
            return
        self.steps = {key: Progress(key, Stage.WAITING) for key in paths}
        subject, gate = export_subject(self._session.shown), Gate()
        drawings = {key: PICTURES[key].draw(self._session) for key in paths if key in PICTURES}
        self._job = Job("export", lambda: write_all(subject, drawings, paths, gate), self._take, self._end, gate)
        self._runner = Runner("export", self, writes=True)
        self._runner.submit(self._job)
        self.changed.emit()

    def stop(self) -> None:
        """No further file; the one under way is still finished, so that none is left in halves."""
        if self._job is not None:
            self._job.gate.close()

    def close(self) -> None:
        """End the thread, soon."""
        self.stop()
        if self._runner is not None:
            self._runner.close(CLOSE_SECONDS)

    def _take(self, steps: Iterable[Progress]) -> None:
        self.steps |= {step.key: step for step in steps}
        self.changed.emit()

    def _end(self, error: str) -> None:
        self._take(_leftovers(list(self.steps.values()), error))
        runner, self._runner, self._job = self._runner, None, None
        if runner is not None:
            runner.close(CLOSE_SECONDS)
            runner.deleteLater()
        self.changed.emit()
        self.ended.emit()


def _leftovers(steps: Sequence[Progress], error: str) -> list[Progress]:
    """What never came to an end: the file that broke the writing, and those behind it."""
    failed = [dataclasses.replace(step, stage=Stage.FAILED, text=error) for step in steps if step.stage in BUSY]
    return failed + [dataclasses.replace(step, stage=Stage.STOPPED) for step in steps if step.stage is Stage.WAITING]
