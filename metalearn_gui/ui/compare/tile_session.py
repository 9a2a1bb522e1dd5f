"""The session as a canvas sees it that draws one contender: the same task, another learner."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.session import Adaptation, Session
from metalearn_gui.store.records import RunRecord


class TileSession(QObject):
    """What differs is here; all else is the session's own."""

    adaptedChanged = Signal()
    stepChanged = Signal()

    def __init__(self, session: Session, key: str, run: RunRecord, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._key, self._step = session, key, 0
        self.shown = run
        self.compared: set[str] = set()
        self.context = None
        session.beside.adapted.connect(self._take)

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

    def _take(self, key: str) -> None:
        if key == self._key:
            self.adaptedChanged.emit()
