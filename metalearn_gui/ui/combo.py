"""A combo box with the window's chevron; the wheel scrolls the card, not the choice."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox

from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.theme import theme

CHEVRON = 12


class Combo(QComboBox):
    """QComboBox, dressed."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        chevron = icon("chevron_down", theme().palette.muted).pixmap(QSize(CHEVRON, CHEVRON), self.devicePixelRatioF())
        painter.drawPixmap(self.width() - CHEVRON - 6, (self.height() - CHEVRON) // 2, chevron)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
