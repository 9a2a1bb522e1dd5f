"""A picture of places under the keyboard: arrows walk from one to the next, Enter opens the one they are at."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.ui.lookout import claim_keys

MOVES = {Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1)}


class Walked(QWidget):
    """A subclass paints the places, with a ring around the one that is walked to, and says where a walk ends."""

    def __init__(self, parent: QWidget | None = None, name: str = "") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        claim_keys(self, lambda event: event.key() in MOVES)

    @property
    def has_places(self) -> bool:
        """Whether there is something to walk to."""
        raise NotImplementedError

    def walk(self, rows: int, columns: int) -> None:
        """So many places down and to the right, as far as there are any."""
        raise NotImplementedError

    def open_place(self) -> None:
        """As a click on the place that was walked to."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.has_places and key in MOVES:
            self.walk(*MOVES[key])
        elif self.has_places and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_place()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
