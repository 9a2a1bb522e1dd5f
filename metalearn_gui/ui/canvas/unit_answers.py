"""What a unit of the network answers, over the canvas: a curve in a scale of its own, or colours over what it sees."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import Axes
from metalearn_gui.ui.heat_map import signed_image
from metalearn_gui.ui.theme import theme

LOWEST, HIGHEST = 0.12, 0.88  # of the frame's height: where the smallest and the largest answer lie
OPACITY = 0.72  # of colours over the regions of a plane


def draw_answers(painter: QPainter, axes: Axes, grid: Array, values: Array) -> None:
    """As a curve over the grid (m, 1): its shape counts, its size is the weights' affair."""
    low, high = axes.y_range
    span = float(np.ptp(values)) or 1.0
    shares = LOWEST + (HIGHEST - LOWEST) * (values - values.min()) / span
    painter.setPen(QPen(theme().palette.text, 2.2, Qt.PenStyle.DashDotLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in axes.polylines(grid[:, 0], low + shares * (high - low)):
        painter.drawPolyline(line)


def draw_answers_on_plane(painter: QPainter, frame: QRectF, values: Array) -> None:
    """As colours over a square grid, its first row below: amber above 0, blue below."""
    side = round(len(values) ** 0.5)
    reach = float(np.abs(values).max()) or 1.0
    draw_map(painter, frame, values.reshape(side, side)[::-1] / reach, is_smooth=True)


def draw_map(painter: QPainter, box: QRectF, values: Array, is_smooth: bool = False) -> None:
    """As colours over what lies there. values: (height, width) from -1 to 1, such as a channel makes of a picture."""
    painter.save()
    painter.setOpacity(OPACITY)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
    painter.drawImage(box, signed_image(values))
    painter.restore()
