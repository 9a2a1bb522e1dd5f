"""What the marks and lines of slices mean, in one line above them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from metalearn_gui.ui.canvas.axes import Range
from metalearn_gui.ui.canvas.curve_drawing import curve_pen
from metalearn_gui.ui.canvas.markers import class_color, draw_marker
from metalearn_gui.ui.canvas.table.drawing import value_image
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font

SAMPLE, GAP, SCALE = 20.0, 12.0, 70.0


class LegendLine:
    """Writes entries from left to right as far as there is room; an entry is drawn whole or not at all."""

    def __init__(self, painter: QPainter, place: QRectF) -> None:
        self._painter, self._place, self._left = painter, place, place.left()
        painter.setFont(ui_font(11.5))

    def line(self, key: str, text: str) -> None:
        """A curve's style."""

        def draw(x: float, y: float) -> None:
            self._painter.setPen(curve_pen(key, 2.2))
            self._painter.drawLine(QPointF(x, y), QPointF(x + scaled(SAMPLE), y))

        self._entry(SAMPLE, text, draw)

    def level(self, text: str) -> None:
        """A line of one value, which others have in their colours."""

        def draw(x: float, y: float) -> None:
            self._painter.setPen(QPen(theme().palette.text, 1.6))
            self._painter.drawLine(QPointF(x, y), QPointF(x + scaled(SAMPLE), y))

        self._entry(SAMPLE, text, draw)

    def query(self, text: str) -> None:
        """A hollow mark."""
        self._entry(10, text, lambda x, y: draw_marker(
            self._painter, QPointF(x + scaled(5), y), 3.6, 0, None, theme().palette.unseen, 1.5
        ))  # fmt: skip

    def label(self, index: int, text: str) -> None:
        """A class."""
        self._entry(12, text, lambda x, y: draw_marker(
            self._painter, QPointF(x + scaled(6), y), 5.5, index, class_color(index), theme().palette.text, 1.2
        ))  # fmt: skip

    def scale(self, span: Range, text: str) -> None:
        """Colours of values between two numbers."""
        low, high = map(number_text, span)

        def draw(x: float, y: float) -> None:
            self._painter.setPen(QPen(theme().palette.line, 1))
            box = QRectF(x, y - scaled(5), scaled(SCALE), scaled(10))
            self._painter.drawImage(box, value_image(np.linspace(*span, 33)[None], span))

        self._entry(SCALE, f"{text}: {low} – {high}", draw)

    def _entry(self, width: float, text: str, draw: Callable[[float, float], None]) -> None:
        left = scaled(width) + scaled(6)
        needed = left + self._painter.fontMetrics().horizontalAdvance(text)
        if self._left + needed > self._place.right():
            self._left = self._place.right()
            return
        middle = self._place.center().y()
        draw(self._left, middle)
        self._painter.setPen(theme().palette.muted)
        self._painter.drawText(
            QRectF(self._left + left, self._place.top(), needed, self._place.height()),
            Qt.AlignmentFlag.AlignVCenter, text,
        )  # fmt: skip
        self._left += needed + scaled(GAP)
