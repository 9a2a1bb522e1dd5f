"""Support and query rows side by side: where their predictions are, what each of them loses."""

from __future__ import annotations

import fractions
import functools

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from metalearn_gui.bridge.session import TouchedTask
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.ui.canvas.axes import Axes, Range
from metalearn_gui.ui.canvas.markers import faded
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font


class Rows:
    """Rows of a task: the support rows, then the query rows.

    x, y: (count, dim). places: where each row lies in the task's grid, -1 where it does not.
    """

    def __init__(self, touched: TouchedTask) -> None:
        self.x = np.concatenate([touched.support.x, touched.query.x])
        self.y = np.concatenate([touched.support.y, touched.query.y])
        found = {row.tobytes(): place for place, row in enumerate(touched.grid.astype(np.float32))}
        self.places = np.array([found.get(row.tobytes(), -1) for row in self.x.astype(np.float32)], int)

    @property
    def count(self) -> int:
        return len(self.x)

    def losses(self, predictions: Array) -> Array:
        """Mean squared error of each row (count,), NaN where there is no prediction.

        Args:
            predictions: of one adaptation step, on the task's grid.
        """
        result = np.full(self.count, np.nan)
        known = self.places >= 0
        result[known] = np.mean((predictions[self.places[known]] - self.y[known]) ** 2, axis=1)
        return result


def draw_losses(painter: QPainter, axes: Axes, losses: Array, num_support: int, chosen: int | None) -> None:
    """One bar per row: support rows in the learner's colour, query rows in that of unseen tasks; one marked."""
    palette, slot = theme().palette, axes.frame.width() / (axes.x_range[1] - axes.x_range[0])
    width = max(slot * 0.7, 1.0)
    pixels = axes.pixels(np.arange(len(losses)), losses)
    painter.save()
    painter.setClipRect(axes.frame)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, slot > 6)
    painter.setPen(Qt.PenStyle.NoPen)
    bottom = axes.frame.bottom() - 1
    for color, part in ((palette.learner, pixels[:num_support]), (palette.unseen, pixels[num_support:])):
        painter.setBrush(color)
        bars = [QRectF(x - width / 2, y, width, bottom - y) for x, y in part.tolist() if np.isfinite(y)]
        if bars:
            painter.drawRects(bars)
    if chosen is not None:
        x = float(axes.pixels(np.array([chosen]), np.zeros(1))[0, 0])
        painter.setBrush(faded(palette.text, 30))
        painter.setPen(QPen(palette.text, 1))
        across = max(slot, 4.0)
        painter.drawRect(QRectF(x - across / 2, axes.frame.top() + 1, across, axes.frame.height() - 2))
    painter.restore()


def draw_constant(painter: QPainter, axes: Axes, loss: float) -> None:
    """The loss of the best constant prediction, dotted across the rows."""
    pen = QPen(theme().palette.text, 1.4)
    pen.setDashPattern([1, 2.4])
    painter.setPen(pen)
    painter.drawLine(axes.point(axes.x_range[0], loss), axes.point(axes.x_range[1], loss))


def draw_label(painter: QPainter, frame: QRectF, text: str) -> None:
    """A line of text in the frame's upper right corner, readable over what is drawn there."""
    palette = theme().palette
    painter.setFont(ui_font(12))
    width = painter.fontMetrics().horizontalAdvance(text) + 12
    box = QRectF(frame.right() - width - 4, frame.top() + 4, width, scaled(18))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faded(palette.background, 215))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(palette.text)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def draw_targets(painter: QPainter, axes: Axes, values: Array) -> None:
    """The numbers of a row as bars from 0, or from the edge where 0 is out of sight."""
    width = min(0.62 * axes.frame.width() / len(values), 46.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faded(theme().palette.truth, 110))
    zero = axes.pixels(np.zeros(1), np.zeros(1))[0, 1]
    base = float(np.clip(zero, axes.frame.top() + 1, axes.frame.bottom() - 1))
    tops = axes.pixels(np.arange(len(values)), values).tolist()
    painter.drawRects([QRectF(x - width / 2, min(y, base), width, abs(base - y)) for x, y in tops])


def draw_levels(painter: QPainter, axes: Axes, values: Array, pen: QPen) -> None:
    """Predicted numbers of a row as short lines across its bars."""
    half = min(0.42 * axes.frame.width() / len(values), 32.0)
    painter.save()
    painter.setClipRect(axes.frame)
    painter.setPen(pen)
    for x, y in axes.pixels(np.arange(len(values)), values).tolist():
        if np.isfinite(y):
            painter.drawLine(QPointF(x - half, y), QPointF(x + half, y))
    painter.restore()


def draw_cells(painter: QPainter, box: QRectF, values: Array, span: Range) -> None:
    """Numbers as cells in a line: the fuller, the larger."""
    palette, width = theme().palette, box.width() / len(values)
    painter.setPen(QPen(palette.line, 1))
    shares = np.clip((values - span[0]) / (span[1] - span[0]), 0, 1)
    for place, share in enumerate(shares.tolist()):
        painter.setBrush(faded(palette.text, int(20 + 190 * share)))
        painter.drawRect(QRectF(box.left() + place * width + 1, box.top(), width - 2, box.height()))


def dashed(color: QColor) -> QPen:
    """The pen of what is not the adapted learner."""
    pen = QPen(color, 2.6)
    pen.setDashPattern([2.2, 1.2])
    return pen


@functools.lru_cache(maxsize=16)
def constant_loss(family: TaskFamily) -> float:
    """The loss of the best constant prediction; kept, since a family may have to measure it."""
    return family.constant_loss()


def constant_text(loss: float) -> str:
    """A loss, with the small fraction that it is where it is one: "1/12 = 0.0833"."""
    fraction = fractions.Fraction(loss).limit_denominator(100)
    exact = fraction.numerator and abs(float(fraction) - loss) < 1e-9
    return f"{fraction} = {number_text(loss)}" if exact else number_text(loss)
