"""A card's button on the rail: its icon, its number and its name."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from metalearn_gui.ui.icons import svg
from metalearn_gui.ui.theme import scaled, theme, ui_font

SIZE = QSize(56, 66)


class RailButton(QPushButton):
    """Checked while its card is open."""

    def __init__(self, key: str, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"rail_{key}")
        self._icon_name, self._number, self._label = key, str(number), ""
        self.setCheckable(True)
        self.setProperty("kind", "rail")
        self.setFixedSize(SIZE)

    def set_text(self, text: str) -> None:
        """The card's name."""
        self._label = text
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colors = theme().palette
        painter = QPainter(self)
        side = scaled(20)
        svg(self._icon_name, colors.text).render(painter, QRectF((self.width() - side) / 2, scaled(8), side, side))
        painter.setFont(ui_font(11, 600))
        painter.setPen(colors.accent_text)
        painter.drawText(QRectF(0, scaled(29), self.width(), scaled(15)), Qt.AlignmentFlag.AlignCenter, self._number)
        font = ui_font(11)
        if QFontMetrics(font).horizontalAdvance(self._label) > self.width() - 4:
            font = ui_font(9)
        painter.setFont(font)
        painter.setPen(colors.muted)
        painter.drawText(QRectF(0, scaled(45), self.width(), scaled(16)), Qt.AlignmentFlag.AlignCenter, self._label)
