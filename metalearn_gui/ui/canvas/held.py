"""Points that lie beyond a plane: held at its edge, each with a small arrow on the side where it lies."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.theme import theme

ARROW = 5.0  # pixels of the design, tip to base


def are_beyond(pixels: Array, frame: QRectF) -> Array:
    """Which of these positions (n, 2) lie outside the frame."""
    low, high = _corners(frame)
    return np.asarray(((pixels < low - 1) | (pixels > high + 1)).any(axis=-1))


def held(pixels: Array, frame: QRectF, radius: float) -> Array:
    """The positions, those beyond the frame at its edge; radius: of their markers, in pixels of the design."""
    room = theme().zoom * (radius + ARROW + 2)
    low, high = _corners(frame)
    return np.where(are_beyond(pixels, frame)[:, None], np.clip(pixels, low + room, high - room), pixels)


def draw_ways_out(painter: QPainter, pixels: Array, frame: QRectF, radius: float, color: QColor) -> None:
    """An arrow beside each position that is held, towards where its point lies."""
    beyond = pixels[are_beyond(pixels, frame)]
    places, size, (low, high) = held(beyond, frame, radius), theme().zoom * ARROW, _corners(frame)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    ways = (beyond > high).astype(float) - (beyond < low)
    for place, way in zip(places, ways / np.linalg.norm(ways, axis=1, keepdims=True), strict=True):
        base, side = place + way * theme().zoom * (radius + 1), np.array([-way[1], way[0]])
        corners = base + way * size, base + side * size * 0.7, base - side * size * 0.7
        painter.drawPolygon(QPolygonF([QPointF(*corner.tolist()) for corner in corners]))


def _corners(frame: QRectF) -> tuple[Array, Array]:
    return np.array([frame.left(), frame.top()]), np.array([frame.right(), frame.bottom()])
