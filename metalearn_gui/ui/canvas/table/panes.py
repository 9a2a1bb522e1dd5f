"""Where slices lie on the canvas: one pane for each, as many side by side as there is room for."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.tables.fields import Field
from metalearn_gui.engine.tables.slices import Slice
from metalearn_gui.ui.canvas.axes import Axes, Range, apart, draw_frame, label_room, tick_text, ticks
from metalearn_gui.ui.theme import scaled, theme, ui_font

NARROWEST, LOWEST = 136.0, 118.0  # of a pane, with its texts; all in pixels of the design
TICKS, NAME, GAP = 17.0, 17.0, 12.0  # under a pane: numbers, the column's name; between panes
SIDE_NAME = 17.0  # of the column upward, above a plane
TICK_WIDTHS = {"number": 50, "date": 84, "category": 36}  # pixels that a text at an axis has
TICK_HEIGHT = 34
FEWEST = 2  # asked for at an axis: of one round number alone there may be none in the range
FINEST = 2000  # parts of a range: finer than a hand can place anything
MOST_ROWS = 5  # as many as `label_room` makes room for: finer ones have longer numbers


@dataclasses.dataclass(frozen=True)
class Pane:
    """A slice, and how its numbers lie on the widget."""

    cut: Slice
    axes: Axes
    has_rows: bool  # whether numbers stand at its left

    @property
    def frame(self) -> QRectF:
        return self.axes.frame


def panes_for(cuts: tuple[Slice, ...], room: QRectF, values: Range) -> list[Pane]:
    """Panes in equal columns and rows; the last slices go where there is no room.

    Args:
        values: of what a line shows upward.
    """
    least, lowest, gap, below = scaled(NARROWEST), scaled(LOWEST), scaled(GAP), scaled(TICKS) + scaled(NAME)
    left = label_room(cuts[0].up.span if cuts[0].up else values) + 4
    columns = max(1, min(len(cuts), int((room.width() - left + gap) / (least + gap))))
    rows = max(1, min(math.ceil(len(cuts) / columns), int((room.height() + gap) / (lowest + gap))))
    columns = math.ceil(min(len(cuts), rows * columns) / rows)
    width = (room.width() - left - gap * (columns - 1)) / columns
    height = (room.height() - gap * (rows - 1)) / rows
    panes = []
    for place, cut in enumerate(cuts[: rows * columns]):
        row, column = divmod(place, columns)
        above = scaled(SIDE_NAME) if cut.up else 0
        frame = QRectF(
            room.left() + left + column * (width + gap), room.top() + row * (height + gap) + above,
            max(width, 8.0), max(height - below - above, 8.0),
        )  # fmt: skip
        panes.append(Pane(cut, Axes(frame, cut.across.span, cut.up.span if cut.up else values), column == 0))
    return panes


def draw_ground(painter: QPainter, pane: Pane) -> None:
    """Frame, grid lines, numbers and the names of columns."""
    draw_frame(painter, pane.frame)
    _draw_columns(painter, pane)
    _draw_rows(painter, pane)
    painter.setPen(theme().palette.text)
    painter.setFont(ui_font(12, 600))
    frame = pane.frame
    below = QRectF(frame.left(), frame.bottom() + scaled(TICKS), frame.width(), scaled(NAME))
    _write(painter, below, pane.cut.across.name, Qt.AlignmentFlag.AlignHCenter)
    if pane.cut.up is not None:
        above = QRectF(frame.left(), frame.top() - scaled(SIDE_NAME), frame.width(), scaled(SIDE_NAME))
        _write(painter, above, pane.cut.up.name, Qt.AlignmentFlag.AlignLeft)


def marks_of(field: Field, count: int) -> list[tuple[float, str]]:
    """About so many values of a column with their texts, for an axis."""
    if field.is_category:
        every = max(1, math.ceil(len(field.labels) / max(count, 1)))
        return [(float(place), field.labels[place]) for place in range(0, len(field.labels), every)]
    text = field.text if field.kind == "date" else tick_text
    return [(value, text(value)[:10]) for value in ticks(*field.span, count)]


def beginnings(labels: Sequence[str], fits: Callable[[str], bool]) -> list[str]:
    """The labels, or few letters of each that tell them apart, three if they can be; none where those do not fit."""
    if all(map(fits, labels)):
        return list(labels)
    for length in (*range(3, max(map(len, labels), default=0)), 2):
        short = [label[:length] for label in labels]
        if len(set(short)) == len(labels) and all(map(fits, short)):
            return short
    return []


def points_in(pane: Pane, x: Array, y: Array) -> Array:
    """Pixels (n, 2) of rows x (n, dim) in a pane, whose other number is y (n,) where it is a line."""
    up = y if pane.cut.up is None else pane.cut.up.values(x)
    return pane.axes.pixels(pane.cut.across.values(x), np.asarray(up, np.float64))


def put_at(pane: Pane, position: QPointF, row: PointSet, target: int | None) -> tuple[Array, Array]:
    """x (dim,) and y of a row that is taken there. target: which number of its y is upward; None: it has a class."""
    across, up = pane.axes.numbers(position)
    x, y = pane.cut.across.put(row.x, within(pane.cut.across, across)), np.array(row.y)
    if pane.cut.up is not None:
        x = pane.cut.up.put(x, within(pane.cut.up, up))
    elif target is not None:
        y[0, target] = np.clip(rounded(up, pane.axes.y_range), *pane.axes.y_range)
    return x[0], y[0]


def within(field: Field, value: float) -> float:
    """A value of a column that a hand may give: within its range, and a number with no more digits than that takes."""
    is_number = field.kind == "number" and not field.is_category
    return field.nearest(float(np.clip(rounded(value, field.span) if is_number else value, *field.span)))


def rounded(value: float, span: Range) -> float:
    """A number as a hand places it in a range: what follows its last digit nobody could see."""
    return round(value, -math.floor(math.log10((span[1] - span[0]) / FINEST)))


def texts_at(pane: Pane, position: QPointF) -> list[str]:
    """The inputs that vary, under a position."""
    pairs = zip((pane.cut.across, pane.cut.up), pane.axes.numbers(position), strict=True)
    return [f"{field.name} {field.text(within(field, value))}" for field, value in pairs if field]


def _draw_columns(painter: QPainter, pane: Pane) -> None:
    frame, palette = pane.frame, theme().palette
    painter.setFont(ui_font(11))
    wide = scaled(TICK_WIDTHS[pane.cut.across.kind])
    marks = marks_of(pane.cut.across, max(FEWEST, int(frame.width() / wide)))
    if pane.cut.across.is_category:
        each = frame.width() / len(pane.cut.across.labels) - 3
        short = beginnings(pane.cut.across.labels, lambda text: painter.fontMetrics().horizontalAdvance(text) <= each)
        marks = [(float(place), text) for place, text in enumerate(short)] or marks
        wide = int(frame.width() / len(marks))
    painter.setPen(QPen(palette.line, 1))
    texts = []
    for value, text in marks:
        x = round(pane.axes.point(value, pane.axes.y_range[0]).x()) + 0.5
        if frame.left() + 8 < x < frame.right() - 8:
            painter.drawLine(QPointF(x, frame.top() + 1), QPointF(x, frame.bottom() - 1))
            texts.append((text, x, min(painter.fontMetrics().horizontalAdvance(text) + 2, wide)))
    painter.setPen(palette.muted)
    for text, left, width in apart(texts, frame.left() - scaled(GAP) / 2, frame.right() + scaled(GAP) / 2):
        _write(painter, QRectF(left, frame.bottom() + 2, width, scaled(TICKS) - 2), text, Qt.AlignmentFlag.AlignHCenter)


def _draw_rows(painter: QPainter, pane: Pane) -> None:
    frame, palette, up = pane.frame, theme().palette, pane.cut.up
    count = min(MOST_ROWS, max(FEWEST, int(frame.height() / scaled(TICK_HEIGHT))))
    marks = marks_of(up, count) if up else [(value, tick_text(value)) for value in ticks(*pane.axes.y_range, count)]
    painter.setFont(ui_font(11))
    for value, text in marks:
        y = round(pane.axes.point(pane.axes.x_range[0], value).y()) + 0.5
        if not frame.top() + 4 < y < frame.bottom() - 4:
            continue
        painter.setPen(QPen(palette.line, 1))
        painter.drawLine(QPointF(frame.left() + 1, y), QPointF(frame.right() - 1, y))
        if pane.has_rows:
            painter.setPen(palette.muted)
            _write(painter, QRectF(0, y - scaled(9), frame.left() - 6, scaled(18)), text, Qt.AlignmentFlag.AlignRight)


def _write(painter: QPainter, place: QRectF, text: str, align: Qt.AlignmentFlag) -> None:
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
    painter.drawText(place, align | Qt.AlignmentFlag.AlignVCenter, elided)
