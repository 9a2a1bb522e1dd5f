"""Rows on the slices: support rows to drag, query rows with what they miss."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.ui.canvas.axes import Range
from metalearn_gui.ui.canvas.markers import draw_classes, draw_ring, faded, stamp_markers
from metalearn_gui.ui.canvas.table.drawing import value_colors
from metalearn_gui.ui.canvas.table.panes import Pane, points_in
from metalearn_gui.ui.theme import theme

SUPPORT_RAIL, QUERY_RAIL = 1.08, -0.08  # of probability: where rows lie on a line of classes


def target_numbers(points: PointSet, target: int, rail: float) -> Array:
    """What rows (n,) have upward on a line: their target, or a rail where it is a class."""
    return np.full(len(points.y), rail) if points.y.ndim == 1 else points.y[:, target]


def draw_query(painter: QPainter, pane: Pane, query: PointSet, target: int, predicted: Array | None) -> None:
    """Hollow, with a line to what is predicted for that row (n,), or a ring where the class (n,) is wrong."""
    pixels = points_in(pane, query.x, target_numbers(query, target, QUERY_RAIL))
    palette = theme().palette
    if query.y.ndim == 1:
        draw_classes(painter, pixels, query.y, 4.0, None, 1.5)
        if predicted is not None:
            stamp_markers(painter, pixels[predicted != query.y], 8.0, 0, None, palette.error, 1.6)
        return
    if pane.cut.up is None and predicted is not None:
        painter.setPen(QPen(faded(palette.unseen, 130), 1.2))
        ends = points_in(pane, query.x, predicted)
        for start, end in zip(pixels.tolist(), ends.tolist(), strict=True):
            if np.isfinite(end).all():
                painter.drawLine(QPointF(*start), QPointF(*end))
    stamp_markers(painter, pixels, 3.6, 0, None, palette.unseen, 1.5)


def draw_support(painter: QPainter, pane: Pane, support: PointSet, target: int, span: Range) -> None:
    """Filled: with the class, or in a plane of numbers with the target's own colour (span: of the scale)."""
    pixels = points_in(pane, support.x, target_numbers(support, target, SUPPORT_RAIL))
    palette = theme().palette
    if support.y.ndim == 1:
        draw_classes(painter, pixels, support.y, 6.0, palette.text, 1.4)
    elif pane.cut.up is None:
        stamp_markers(painter, pixels, 5.2, 0, palette.text, palette.learner, 2.0)
    else:
        for color, pixel in zip(value_colors(support.y[:, target], span), pixels, strict=True):
            stamp_markers(painter, pixel[None], 6.0, 0, color, palette.text, 1.6)


def draw_held(painter: QPainter, pane: Pane, point: Array, number: Array) -> None:
    """Where the slice passes through the chosen row x (1, dim), and the row itself."""
    pixels = points_in(pane, point, number)[0]
    if not np.isfinite(pixels).all():
        return
    painter.setPen(QPen(theme().palette.muted, 1, Qt.PenStyle.DotLine))
    frame: QRectF = pane.frame
    x, y = pixels.tolist()
    painter.drawLine(QPointF(x, frame.top() + 1), QPointF(x, frame.bottom() - 1))
    if pane.cut.up is not None:
        painter.drawLine(QPointF(frame.left() + 1, y), QPointF(frame.right() - 1, y))
    draw_ring(painter, QPointF(x, y), theme().palette.text, 9)
