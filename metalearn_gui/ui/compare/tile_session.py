"""The session as a canvas sees it that draws one contender: the same task, another learner."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from metalearn_gui.bridge.session import Adaptation, Session
from metalearn_gui.ui.compare.standing import Standing

LATE_MS = 250  # without an answer to the hand


class TileSession(QObject):
    """What differs is here; all else is the session's own."""

    readiness = ""  # the status bar says it once for all: a tile has room for a few letters

    def __init__(self, session: Session, standing: Standing, parent: QObject) -> None:
        super().__init__(parent)
        assert standing.run is not None
        self._session = session
        self.shown, self.mark = standing.run, standing.mark
        self.overlays: frozenset[str] = frozenset()  # a tile is one run's
        self.unseen = TileTasks(session, standing.key, self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


class TileTasks(QObject):
    """The session's unseen tasks, with the contender's adaptation to the touched one."""

    adaptedChanged = Signal()
    stepChanged = Signal()
    lateChanged = Signal()
    is_behind = False  # the tile itself says when an answer is late

    def __init__(self, session: Session, key: str, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._beside, self._key = session.unseen, session.beside, key
        self.step = 0
        self.compared: set[str] = set()
        self.context = None
        self.is_late = False  # its answer is one for the task as it was LATE_MS ago
        self._patience = QTimer(self, singleShot=True, interval=LATE_MS)
        self._patience.timeout.connect(self._tell_late)
        session.beside.adapted.connect(self._take)
        session.unseen.taskChanged.connect(self._await)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tasks, name)

    @property
    def adaptations(self) -> dict[str, Adaptation]:
        adaptation = self._beside.adaptation(self._key)
        return {} if adaptation is None else {"learner": adaptation}

    def set_step(self, step: int) -> None:
        """Show another step of the adaptation."""
        if step != self.step:
            self.step = step
            self.stepChanged.emit()

    def begin_touch(self) -> None:
        """The hand is on this contender: it answers before the others."""
        self._beside.put_first(self._key)
        self._tasks.begin_touch()

    def _await(self) -> None:
        if not self._patience.isActive():
            self._patience.start()

    def _take(self, key: str) -> None:
        if key == self._key:
            self._patience.start()
            self._set_late(False)
            self.adaptedChanged.emit()

    def _tell_late(self) -> None:
        self._set_late(self._beside.is_behind(self._key))

    def _set_late(self, is_late: bool) -> None:
        if is_late != self.is_late:
            self.is_late = is_late
            self.lateChanged.emit()
