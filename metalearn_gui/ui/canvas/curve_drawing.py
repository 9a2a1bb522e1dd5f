"""Curves in the style of their meaning, on every canvas that has some."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import Axes
from metalearn_gui.ui.theme import theme

DASHES = {
    "before": [5.0, 3.0],
    "truth": [0.1, 2.4],
    "transfer": [4.5, 2.2],
    "scratch": [1.6, 1.8],
    "best": [6.0, 2.0, 1.0, 2.0],
}


def curve_color(key: str) -> QColor:
    """The best possible curve is as grey as the truth, which it is where the points tell it."""
    return theme().color_of("truth" if key == "best" else key)


def curve_pen(key: str, width: float, color: QColor | None = None) -> QPen:
    """Colour and line style that mean the same everywhere. color: another one, where several stand side by side."""
    pen = QPen(color or curve_color(key), width * theme().zoom)
    dashes = DASHES.get(key)
    if dashes:
        pen.setDashPattern(dashes)
        round_ends = key == "truth"
        pen.setCapStyle(Qt.PenCapStyle.RoundCap if round_ends else Qt.PenCapStyle.FlatCap)
    return pen


def draw_curve(
    painter: QPainter, axes: Axes, grid: Array, values: Array, key: str, width: float, color: QColor | None = None
) -> None:
    """A curve over the grid's first coordinate in the style of its meaning."""
    painter.setPen(curve_pen(key, width, color))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in axes.polylines(grid[:, 0], values):
        painter.drawPolyline(line)
