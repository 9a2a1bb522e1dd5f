"""Whether the live run tries unseen tasks, for so long that it is worth a word: the first time they are compiled."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from metalearn_gui.engine.events import Evaluating, Event

LONG_MS = 500


class Scoring(QObject):
    """Hears the live run's events; a short trial is never told of."""

    changed = Signal()  # is_long

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_long = False
        self._soon = QTimer(self, singleShot=True, interval=LONG_MS)
        self._soon.timeout.connect(lambda: self._set(True))

    def follow(self, newest: Event) -> None:
        """The newest event: a trial goes on until another one comes."""
        if isinstance(newest, Evaluating):
            self._soon.start()
        else:
            self.end()

    def end(self) -> None:
        """No event will come any more."""
        self._soon.stop()
        self._set(False)

    def _set(self, is_long: bool) -> None:
        if is_long != self.is_long:
            self.is_long = is_long
            self.changed.emit()
