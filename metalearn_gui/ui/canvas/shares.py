"""Probabilities of classes: as a strip below a picture, and as lines with numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.markers import class_color
from metalearn_gui.ui.theme import scaled, theme, ui_font

LOWEST_LINE, HIGHEST_LINE = 14.0, 18.0  # pixels of the design
LEAST_SHARE = 0.05  # pixels; less of a strip is not seen
NUMBER_WIDTH, SHARE_WIDTH = 18.0, 40.0


def draw_strip(painter: QPainter, strip: QRectF, shares: Sequence[float], colors: Sequence[QColor]) -> None:
    """The classes' probabilities side by side, in their colours."""
    left = strip.left()
    for share, color in zip(shares, colors, strict=True):
        width = share * strip.width()
        if width > LEAST_SHARE:
            painter.fillRect(QRectF(left, strip.top(), width, strip.height()), color)
        left += width


def draw_lines(painter: QPainter, area: QRectF, probabilities: Array) -> None:
    """A line for each class, or for the most probable ones where there is no room for all."""
    for label, line in _lines(area, probabilities).items():
        _draw_line(painter, line, label, float(np.nan_to_num(probabilities[label])))


def line_at(area: QRectF, probabilities: Array, position: QPointF) -> int | None:
    """The class whose line is there."""
    lines = _lines(area, probabilities)
    return next((label for label, line in lines.items() if line.contains(position)), None)


def _lines(area: QRectF, probabilities: Array) -> dict[int, QRectF]:
    shown = most_probable(probabilities, max(int(area.height() / scaled(LOWEST_LINE)), 1))
    height = min(area.height() / len(shown), scaled(HIGHEST_LINE))
    return {
        label: QRectF(area.left(), area.top() + place * height, area.width(), height - 2)
        for place, label in enumerate(shown)
    }


def most_probable(probabilities: Array, room: int) -> list[int]:
    """All classes in their order; where there is room for some only, the most probable ones, best first."""
    if len(probabilities) <= room:
        return list(range(len(probabilities)))
    order: list[int] = np.argsort(-np.nan_to_num(probabilities), kind="stable")[:room].tolist()
    return order


def _draw_line(painter: QPainter, line: QRectF, label: int, share: float) -> None:
    bar = line.adjusted(scaled(NUMBER_WIDTH), 0, -scaled(SHARE_WIDTH), 0)
    bar.setWidth(max(bar.width() * share, 1.0))
    painter.fillRect(bar, class_color(label))
    painter.setPen(theme().palette.text)
    painter.setFont(ui_font(11))
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, str(label + 1))
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{share:.0%}")
