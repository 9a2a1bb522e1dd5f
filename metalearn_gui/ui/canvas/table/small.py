"""The gallery's small drawing of a table's task."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from metalearn_gui.bridge.session import TouchedTask
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tables.fields import Fields
from metalearn_gui.ui.canvas.axes import Axes, widened
from metalearn_gui.ui.canvas.curve_drawing import draw_curve
from metalearn_gui.ui.canvas.markers import draw_classes, stamp_markers
from metalearn_gui.ui.theme import theme, ui_font

MARGIN = 0.07
PADDING = 6.0


def draw_small(painter: QPainter, frame: QRectF, fields: Fields, touched: TouchedTask, values: Array | None) -> None:
    """One input: the curve through the rows. More: what is predicted against what is true, or rows of classes.

    values: what is predicted on the grid; None while there is nothing.
    """
    if fields.are_classes:
        _draw_classes(painter, frame, fields, touched, values)
    elif len(fields.inputs) == 1 and not fields.inputs[0].is_category:
        _draw_curve(painter, frame, fields, touched, values)
    else:
        _draw_against_truth(painter, frame, fields, touched, values)
    if len(fields.targets) > 1 and not fields.are_classes:
        _name_target(painter, frame, fields.targets[0].name)


def _name_target(painter: QPainter, frame: QRectF, name: str) -> None:
    """Which of several targets this is."""
    painter.setFont(ui_font(11))
    painter.setPen(theme().palette.muted)
    short = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(frame.width() - 2 * PADDING))
    painter.drawText(frame.adjusted(PADDING, 2, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, short)


def _draw_curve(painter: QPainter, frame: QRectF, fields: Fields, touched: TouchedTask, values: Array | None) -> None:
    axes = Axes(frame, fields.inputs[0].span, widened(fields.targets[0].span, MARGIN))
    palette, support, query = theme().palette, touched.support, touched.query
    if values is not None:
        order = np.argsort(touched.grid[:, 0], kind="stable")
        draw_curve(painter, axes, touched.grid[order], values[order, 0], "learner", 2.0)
    stamp_markers(painter, axes.pixels(query.x[:, 0], query.y[:, 0]), 2.4, 0, None, palette.unseen, 1.2)
    stamp_markers(painter, axes.pixels(support.x[:, 0], support.y[:, 0]), 3.2, 0, palette.text, palette.learner, 1.0)


def _draw_against_truth(
    painter: QPainter, frame: QRectF, fields: Fields, touched: TouchedTask, values: Array | None
) -> None:
    """True targets to the right, predicted ones upward; on the dotted line nothing is missed."""
    span, palette = widened(fields.targets[0].span, MARGIN), theme().palette
    axes = Axes(frame, span, span)
    painter.setPen(QPen(palette.truth, 1.4, Qt.PenStyle.DotLine))
    painter.drawLine(frame.bottomLeft(), frame.topRight())
    if values is None:
        return
    num_support, num_query = len(touched.support.x), len(touched.query.x)
    pixels = axes.pixels(touched.support.y[:, 0], values[:num_support, 0])
    stamp_markers(painter, pixels, 3.0, 0, palette.text, palette.learner, 1.0)
    pixels = axes.pixels(touched.query.y[:, 0], values[num_support : num_support + num_query, 0])
    stamp_markers(painter, pixels, 2.8, 0, None, palette.unseen, 1.4)


def _draw_classes(painter: QPainter, frame: QRectF, fields: Fields, touched: TouchedTask, values: Array | None) -> None:
    """The first two inputs; of a single one the rows lie in two lines."""
    across, palette = fields.inputs[0], theme().palette
    up = fields.inputs[1] if len(fields.inputs) > 1 else None
    axes = Axes(frame, widened(across.span, MARGIN), widened(up.span, MARGIN) if up else (0.0, 1.0))
    places = []
    for points, line in ((touched.support, 0.66), (touched.query, 0.33)):
        upward = up.values(points.x) if up else np.full(len(points.x), line)
        places.append(axes.pixels(across.values(points.x), upward))
    draw_classes(painter, places[0], touched.support.y, 4.0, palette.text, 1.0)
    draw_classes(painter, places[1], touched.query.y, 3.6, None, 1.3)
    if values is not None:
        num_support = len(touched.support.x)
        wrong = values[num_support : num_support + len(touched.query.x)].argmax(axis=1) != touched.query.y
        stamp_markers(painter, places[1][wrong], 7.0, 0, None, palette.error, 1.4)
