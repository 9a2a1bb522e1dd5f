"""Memory that nothing uses goes back to the system now and then, behind the window's back."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, QTimer

from metalearn_gui.engine.memory import return_pages

EVERY_MS = 20_000


class Tidying(QObject):
    """While a hand waits for its picture everything stays as it is: heaps are locked for some 20 ms."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._tidy)
        self._timer.start()

    def give_way(self, hand_moves: bool) -> None:
        """A hand begins to move, or has come to rest."""
        if hand_moves:
            self._timer.stop()
        else:
            self._timer.start()

    def close(self) -> None:
        """No more of it."""
        self._timer.stop()
        self._timer.timeout.disconnect(self._tidy)

    @staticmethod
    def _tidy() -> None:
        threading.Thread(target=return_pages, name="tidying", daemon=True).start()
