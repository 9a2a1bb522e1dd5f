"""What the keys of a canvas mean."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeySequence

NUDGES = (6.0, 12.0, 24.0, 48.0, 96.0, 192.0)  # pixels that Shift + an arrow moves it; more where it goes by steps
ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
CHANGING = (Qt.Key.Key_Insert, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
UNDO, REDO = QKeySequence("Ctrl+Z"), QKeySequence("Ctrl+Shift+Z")
