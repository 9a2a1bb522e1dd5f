"""Whether the answers that a canvas shows are of what the hand has changed meanwhile."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

OLD_MS = 500  # an answer that comes sooner needs no word on the one before it
FAINT = 0.4  # of what is painted of an old answer


class HasAnswers(Protocol):
    """What is read of the unseen tasks here."""

    @property
    def taskChanged(self) -> SignalInstance: ...
    @property
    def adaptedChanged(self) -> SignalInstance: ...
    @property
    def is_behind(self) -> bool: ...


class Ageing(QObject):
    """Answers grow old while the next ones keep a hand waiting: while a program compiles, say."""

    changed = Signal()  # is_old

    def __init__(self, unseen: HasAnswers, parent: QObject) -> None:
        super().__init__(parent)
        self.is_old = False
        self._unseen = unseen
        self._soon = QTimer(self, singleShot=True, interval=OLD_MS)
        self._soon.timeout.connect(self._look)
        unseen.taskChanged.connect(self._wait)
        unseen.adaptedChanged.connect(self._look)

    @property
    def opacity(self) -> float:
        """Of answers, as they are to be painted."""
        return FAINT if self.is_old else 1.0

    def _wait(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _look(self) -> None:
        is_old = self._unseen.is_behind and (self.is_old or not self._soon.isActive())
        if not self._unseen.is_behind:
            self._soon.stop()
        if is_old != self.is_old:
            self.is_old = is_old
            self.changed.emit()
