"""The session as a canvas sees it that draws one contender: the same task, another learner."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from metalearn_gui.bridge.session import Adaptation, Session
from metalearn_gui.store.records import RunRecord

LATE_MS = 250  # without an answer to the hand


class TileSession(QObject):
    """What differs is here; all else is the session's own."""

    adaptedChanged = Signal()
    stepChanged = Signal()
    lateChanged = Signal()

    def __init__(self, session: Session, key: str, run: RunRecord, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._key, self._step = session, key, 0
        self.shown = run
        self.compared: set[str] = set()
        self.context = None
        self.is_late = False  # its answer is one for the task as it was LATE_MS ago
        self._patience = QTimer(self, singleShot=True, interval=LATE_MS)
        self._patience.timeout.connect(self._tell_late)
        session.beside.adapted.connect(self._take)
        session.taskChanged.connect(self._await)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    @property
    def adaptations(self) -> dict[str, Adaptation]:
        adaptation = self._session.beside.adaptation(self._key)
        return {} if adaptation is None else {"learner": adaptation}

    @property
    def adaptation_step(self) -> int:
        return self._step

    def set_step(self, step: int) -> None:
        """Show another step of the adaptation."""
        if step != self._step:
            self._step = step
            self.stepChanged.emit()

    def begin_touch(self) -> None:
        """The hand is on this contender: it answers before the others."""
        self._session.beside.put_first(self._key)
        self._session.begin_touch()

    def _await(self) -> None:
        if not self._patience.isActive():
            self._patience.start()

    def _take(self, key: str) -> None:
        if key == self._key:
            self._patience.start()
            self._set_late(False)
            self.adaptedChanged.emit()

    def _tell_late(self) -> None:
        self._set_late(self._session.beside.is_behind(self._key))

    def _set_late(self, is_late: bool) -> None:
        if is_late != self.is_late:
            self.is_late = is_late
            self.lateChanged.emit()
