"""A row of what is foretold: rank, how it rose, the item, and its rating before and after adapting on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from metalearn_gui.ui.canvas.markers import faded
from metalearn_gui.ui.canvas.rows import dashed
from metalearn_gui.ui.canvas.shelf_layout import RANK, RISE, VALUE
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font

MIDDLE = Qt.AlignmentFlag.AlignVCenter
RIGHT = MIDDLE | Qt.AlignmentFlag.AlignRight
HEIGHT_WITH_KINDS = 36.0
CHEVRON = 12


class Foretold(NamedTuple):
    """What is foretold of an item. rank: from 1; risen: places since before adapting; beside: by others, coloured."""

    title: str
    kinds: str
    rank: int
    risen: int
    before: float
    now: float
    answer: float
    beside: Sequence[tuple[QColor, float]]


class Span(NamedTuple):
    """A scale of ratings from left to right."""

    left: float
    right: float
    lowest: float
    highest: float

    def x(self, value: float) -> float:
        """Where a rating lies, within the scale."""
        share = (value - self.lowest) / max(self.highest - self.lowest, 1e-12)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)


def draw_row(painter: QPainter, box: QRectF, one: Foretold, span: Span, is_chosen: bool) -> None:
    """All of a row; chosen: with a ground of its own."""
    palette = theme().palette
    if is_chosen:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(palette.text, 22))
        painter.drawRoundedRect(box.adjusted(0, 0.5, 0, -0.5), 4, 4)
    painter.setFont(ui_font(13, 600))
    painter.setPen(palette.text)
    painter.drawText(QRectF(box.left(), box.top(), scaled(RANK) - 6, box.height()), RIGHT, str(one.rank))
    _draw_rise(painter, QRectF(box.left() + scaled(RANK), box.top(), scaled(RISE), box.height()), one.risen)
    left = box.left() + scaled(RANK) + scaled(RISE)
    _draw_title(painter, QRectF(left, box.top(), span.left - left - 10, box.height()), one)
    draw_bars(painter, box, one, span)
    painter.setFont(ui_font(13, 600))
    painter.setPen(palette.text)
    value = QRectF(box.right() - scaled(VALUE), box.top(), scaled(VALUE) - 4, box.height())
    painter.drawText(value, RIGHT, f"{one.now:.1f}" if abs(one.now) < 100 else number_text(one.now))


def draw_bars(painter: QPainter, box: QRectF, one: Foretold, span: Span) -> None:
    """Before adapting dashed, after it full, what the user said dotted across both; others as ticks below."""
    palette, thick = theme().palette, min(max(0.26 * box.height(), 3.0), 9.0)
    upper, lower = box.center().y() - 0.16 * box.height(), box.center().y() + 0.17 * box.height()
    if math.isfinite(one.before):
        pen = dashed(palette.before)
        pen.setWidthF(1.8)
        painter.setPen(pen)
        end = QPointF(span.x(one.before), upper)
        painter.drawLine(QPointF(span.left, upper), end)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.before)
        painter.drawEllipse(end, 2.6, 2.6)
    if math.isfinite(one.now):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.learner)
        bar = QRectF(span.left, lower - thick / 2, max(span.x(one.now) - span.left, thick), thick)
        painter.drawRoundedRect(bar, thick / 2, thick / 2)
    for color, value in one.beside:
        if math.isfinite(value):
            x = span.x(value)
            painter.setPen(QPen(color, 2))
            painter.drawLine(QPointF(x, lower - thick / 2 - 1), QPointF(x, box.bottom() - 2))
    pen = QPen(palette.text, 1.8)
    pen.setDashPattern([1, 1.3])
    painter.setPen(pen)
    x = span.x(one.answer)
    painter.drawLine(QPointF(x, box.top() + 3), QPointF(x, box.bottom() - 3))


def _draw_rise(painter: QPainter, box: QRectF, risen: int) -> None:
    palette = theme().palette
    color = palette.text if risen > 0 else palette.muted
    if not risen:
        y = box.center().y()
        painter.setPen(QPen(palette.muted, 1.4))
        painter.drawLine(QPointF(box.left() + 3, y), QPointF(box.left() + 9, y))
        return
    mark = icon("chevron_up" if risen > 0 else "chevron_down", color)
    mark.paint(
        painter, int(box.left()), round(box.center().y() - scaled(CHEVRON) / 2), scaled(CHEVRON), scaled(CHEVRON)
    )
    painter.setFont(ui_font(12))
    painter.setPen(color)
    painter.drawText(box.adjusted(scaled(CHEVRON) + 2, 0, 0, 0), MIDDLE, str(abs(risen)))


def _draw_title(painter: QPainter, box: QRectF, one: Foretold) -> None:
    palette = theme().palette
    has_kinds = box.height() >= scaled(HEIGHT_WITH_KINDS) and bool(one.kinds)
    line = QRectF(box.left(), box.top() + 2, box.width(), box.height() / 2 - 1) if has_kinds else box
    painter.setFont(ui_font(13, 600 if has_kinds else 400))
    painter.setPen(palette.text)
    _draw_elided(painter, line, one.title)
    if has_kinds:
        painter.setFont(ui_font(12))
        painter.setPen(palette.muted)
        _draw_elided(painter, line.translated(0, line.height() - 2), one.kinds)


def _draw_elided(painter: QPainter, line: QRectF, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(line.width()))
    painter.drawText(line, MIDDLE, shown)
