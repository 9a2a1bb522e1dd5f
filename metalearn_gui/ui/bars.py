"""Named numbers as bars on either side of 0, a row each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font

ROW, WIDEST_NAME, VALUE, MOST_ROWS = 16, 72, 64, 8


class Bar(NamedTuple):
    """A row: its name and its number."""

    name: str
    value: float


class Bars(QWidget):
    """The longest bar fills its side; below-zero ones reach to the left and are hollow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self._color = QColor()
        self.setFont(ui_font(12))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def bars(self) -> tuple[Bar, ...]:
        return self._bars

    def set_bars(self, bars: Sequence[Bar], color: QColor) -> None:
        """Show the first rows of these; the tooltip has them all."""
        if len(bars) != len(self._bars):
            self.updateGeometry()
        self._bars, self._color = tuple(bars), color
        text = [f"{bar.name} {number_text(bar.value)}" for bar in bars]
        self.setToolTip("\n".join(text))
        self.setAccessibleDescription(", ".join(text))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, scaled(ROW) * max(1, min(len(self._bars), MOST_ROWS)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        finite = [bar.value for bar in self._bars if math.isfinite(bar.value)]
        largest = max((abs(value) for value in finite), default=0.0) or 1.0
        has_negative = min(finite, default=0.0) < 0
        for row, bar in enumerate(self._bars[:MOST_ROWS]):
            self._paint_row(painter, scaled(ROW) * row, bar, largest, has_negative)

    @property
    def _name_width(self) -> int:
        """Room for the longest name, within reason."""
        longest = max((self.fontMetrics().horizontalAdvance(bar.name) for bar in self._bars), default=0)
        return min(longest + 12, scaled(WIDEST_NAME))

    def _paint_row(self, painter: QPainter, top: int, bar: Bar, largest: float, has_negative: bool) -> None:
        palette = theme().palette
        names, values, height = self._name_width, scaled(VALUE), scaled(ROW)
        width = max(1.0, self.width() - names - values)
        zero, reach = (names + width / 2, width / 2) if has_negative else (float(names), width)
        painter.setPen(palette.muted)
        name = painter.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideMiddle, names - 8)
        painter.drawText(QRectF(0, top, names - 8, height), Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(palette.text)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(self.width() - values, top, values, height), right, number_text(bar.value))
        length = reach * bar.value / largest if math.isfinite(bar.value) else reach
        painter.setPen(self._color)
        painter.setBrush(self._color if length >= 0 else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(zero, top + height / 4, length, height / 2).normalized(), 2, 2)
