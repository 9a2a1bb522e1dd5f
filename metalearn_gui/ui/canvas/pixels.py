"""Rows of numbers as square pictures: in grey, placed side by side, and the cells that a brush passes."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import Range

DARKEST, SPREAD = 2, 98  # percentiles that are drawn black and white
STROKE_STEPS = 4  # in one cell's width, so that a fast hand leaves no gap


def grey_span(values: Array) -> Range:
    """What to draw black and white so that a few extreme numbers take nothing from the others."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return -1.0, 1.0
    low, high = np.percentile(finite, (DARKEST, SPREAD)).tolist()
    return low, max(high, low + 1e-6)


def grey_image(values: Array, span: Range) -> QImage:
    """One pixel for each number of a row whose length is a square; what is not finite is black."""
    side = math.isqrt(len(values))
    shares = np.clip((np.nan_to_num(values, nan=span[0]) - span[0]) / (span[1] - span[0]), 0.0, 1.0)
    grey = np.ascontiguousarray((255 * shares).astype(np.uint8).reshape(side, side))
    return QImage(grey.tobytes(), side, side, side, QImage.Format.Format_Grayscale8).copy()


def draw_picture(painter: QPainter, box: QRectF, values: Array, span: Range, outline: QPen) -> None:
    """A row as a picture of sharp squares, with a line around it."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(box, grey_image(values, span))
    painter.setPen(outline)
    painter.setBrush(QColor(0, 0, 0, 0))
    painter.drawRect(box)


def tiled(area: QRectF, count: int, gap: float, caption: float) -> list[QRectF]:
    """The largest `count` squares that fit, in lines from left to right, with room for a caption above each."""

    def side_in(columns: int) -> float:
        lines = -(-count // columns)
        return min((area.width() - gap * (columns - 1)) / columns, area.height() / lines - caption)

    columns = max(range(1, count + 1), key=side_in)
    side = max(side_in(columns), 1.0)
    across = (area.width() - side) / max(columns - 1, 1)
    return [
        QRectF(area.left() + place % columns * across, area.top() + place // columns * (side + caption) + caption,
               side, side)
        for place in range(count)
    ]  # fmt: skip


def cells_between(box: QRectF, start: QPointF, end: QPointF, side: int) -> list[int]:
    """The cells of a picture that a stroke passes, as places in its row; outside the picture there are none."""
    length = math.hypot(end.x() - start.x(), end.y() - start.y())
    count = 1 + math.ceil(STROKE_STEPS * length * side / box.width())
    places = np.linspace((start.x(), start.y()), (end.x(), end.y()), count)
    cells = np.floor((places - (box.left(), box.top())) * side / box.width()).astype(int)
    inside = cells[((cells >= 0) & (cells < side)).all(axis=1)]
    return list(dict.fromkeys((inside[:, 1] * side + inside[:, 0]).tolist()))
