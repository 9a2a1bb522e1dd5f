"""Memory that nothing uses goes back to the system now and then, behind the window's back.

Python looks for cycles of objects in whatever thread makes one more, and takes them away there. What belongs to Qt may
be among them, and to delete a widget beside the thread that paints it ends the process. So before workers work, the
window's own thread takes that over, alone.
"""

from __future__ import annotations

import gc
import threading

from PySide6.QtCore import QObject, QTimer

from metalearn_gui.engine import backend
from metalearn_gui.engine.memory import return_pages

EVERY_MS, YOUNG_MS = 20_000, 200


class Tidying(QObject):
    """While a hand waits for its picture everything stays as it is: heaps are locked for some 20 ms.

    What was due meanwhile is done as soon as the hand rests, or one that rests for moments only would never let it be.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._hand_moves = self._is_due = False
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._tidy)
        self._timer.start()
        self._young = QTimer(self, interval=YOUNG_MS)
        self._young.timeout.connect(collect_young)

    def take_collecting_over(self) -> None:
        """From the threads that happen to make objects, until `close`."""
        gc.disable()
        self.destroyed.connect(gc.enable)
        self._young.start()

    def settle(self) -> None:
        """TensorFlow is loaded: what it left is looked through this once."""
        if not gc.isenabled():
            backend.settle_collecting()

    def give_way(self, hand_moves: bool) -> None:
        """A hand begins to move, or has come to rest."""
        self._hand_moves = hand_moves
        if self._is_due and not hand_moves:
            self._tidy()

    def close(self) -> None:
        """No more of it."""
        self._young.stop()
        gc.enable()
        self._timer.stop()
        self._is_due = False

    def _tidy(self) -> None:
        self._is_due = self._hand_moves
        if self._hand_moves:
            return
        if not gc.isenabled():
            gc.collect()
        threading.Thread(target=return_pages, name="tidying", daemon=True).start()


def collect_young() -> None:
    """Cycles among what is new, as often as Python itself would look for them."""
    (youngest, younger, _), (most, most_looks, _) = gc.get_count(), gc.get_threshold()
    if younger > most_looks:
        gc.collect(1)
    elif youngest > most:
        gc.collect(0)
