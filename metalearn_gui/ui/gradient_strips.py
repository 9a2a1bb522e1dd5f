"""Rows of signed numbers as strips of colour, a small curve of cosines, and how tasks agree with each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import draw_frame
from metalearn_gui.ui.colors import for_words
from metalearn_gui.ui.heat_map import signed_image
from metalearn_gui.ui.text import MINUS, count_text
from metalearn_gui.ui.theme import scaled, theme, ui_font

MOST_CELLS = 240  # numbers beyond are grouped: the largest of each group stands for it
TYPICAL = 99.0
CAPTION = 18


class Strips(QWidget):
    """A caption over each strip; all strips have one scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[str, str, Array], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[tuple[str, str, Array]]) -> None:
        """(caption, name of its colour in the palette, numbers) of each."""
        self._rows = tuple(rows)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, max(len(self._rows), 1) * scaled(CAPTION + 20))

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._rows:
            return
        painter, height = QPainter(self), self.height() / len(self._rows)
        sizes = np.concatenate([np.abs(np.nan_to_num(values)) for _, _, values in self._rows])
        reach = float(np.percentile(sizes, TYPICAL)) or float(sizes.max()) or 1.0
        for place, (caption, color, values) in enumerate(self._rows):
            top = place * height
            painter.setFont(ui_font(12))
            painter.setPen(for_words(theme().color_of(color)))
            painter.drawText(QRectF(0, top, self.width(), scaled(CAPTION)), Qt.AlignmentFlag.AlignVCenter, caption)
            box = QRectF(0.5, top + scaled(CAPTION), self.width() - 1, height - scaled(CAPTION) - 4)
            painter.drawImage(box, signed_image(thinned(values)[None] / reach))
            painter.setPen(QPen(theme().palette.line, 1))
            painter.drawRect(box)


class CosineCurve(QWidget):
    """Cosines by meta-iteration, the axis logarithmic."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[tuple[int, float], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_points(self, points: Sequence[tuple[int, float]]) -> None:
        """(meta-iteration, cosine), in order."""
        self._points = tuple(point for point in points if math.isfinite(point[1]))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, 74)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), theme().palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(11))
        frame = QRectF(scaled(24), 2, self.width() - scaled(24) - 2, self.height() - scaled(16) - 2)
        draw_frame(painter, frame)
        painter.setPen(QPen(palette.line, 1))
        painter.drawLine(QPointF(frame.left(), frame.center().y()), QPointF(frame.right(), frame.center().y()))
        painter.setPen(palette.muted)
        for value, text in ((1.0, "+1"), (0.0, "0"), (-1.0, f"{MINUS}1")):
            y = frame.center().y() - 0.5 * value * (frame.height() - 14)
            label = QRectF(0, y - scaled(8), scaled(20), scaled(16))
            painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        if len(self._points) < 2:
            return
        places = QPolygonF([self._place(frame, *point) for point in self._points])
        painter.setPen(QPen(palette.text, 1.5))
        painter.drawPolyline(places)
        painter.setBrush(palette.text)
        for place in places.toList():
            painter.drawEllipse(place, 1.8, 1.8)
        painter.setPen(palette.muted)
        below = QRectF(frame.left(), frame.bottom() + 1, frame.width(), scaled(15))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, count_text(self._points[0][0]))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, count_text(self._points[-1][0]))

    def _place(self, frame: QRectF, iteration: int, cosine: float) -> QPointF:
        first, last = math.log1p(self._points[0][0]), math.log1p(self._points[-1][0])
        share = (math.log1p(iteration) - first) / max(last - first, 1e-9)
        return QPointF(
            frame.left() + 6 + share * (frame.width() - 12), frame.center().y() - 0.47 * cosine * frame.height()
        )


class AgreementMap(QWidget):
    """A square of cosines between tasks; amber where they agree, blue where they pull apart."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cosines = np.empty((0, 0))
        self.setFixedSize(74, 74)

    def show_cosines(self, cosines: Array) -> None:
        """(tasks, tasks)."""
        self._cosines = cosines
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(0.5, 0.5, self.width() - 1, self.height() - 1)
        if len(self._cosines) > 1:
            painter.drawImage(box, signed_image(np.nan_to_num(self._cosines)))
        painter.setPen(QPen(theme().palette.line, 1))
        painter.drawRect(box)


def thinned(values: Array) -> Array:
    """At most MOST_CELLS numbers: the largest of each group, with its sign."""
    size = -(-len(values) // MOST_CELLS)
    if size <= 1:
        return np.asarray(values)
    groups = np.pad(values, (0, -len(values) % size)).reshape(-1, size)
    largest = np.abs(np.nan_to_num(groups)).argmax(axis=1)
    return np.asarray(groups[np.arange(len(groups)), largest])
