"""One scale of colours for losses: bright where it is low, blue where it is high, in equal steps of the logarithm."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.loss_range import LossRange
from metalearn_gui.ui.canvas.axes import apart
from metalearn_gui.ui.colors import mixed
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font

PLACES = np.array([0.0, 0.22, 0.5, 0.62, 1.0])
NUM_COLORS = 256


class LossScale(LossRange):
    """A range with its colours."""

    def ticks(self, most: int = 4) -> list[float]:
        """Round losses along the scale: 1, 2 and 5 times powers of ten, or the first of these alone; else its ends."""
        powers = 10.0 ** np.arange(np.floor(np.log10(self.low)), np.ceil(np.log10(self.high)) + 1)
        for factors in ((1, 2, 5), (1, 3), (1,)):
            values = [float(factor * power) for power in powers for factor in factors]
            inside = [value for value in values if self.low <= value <= self.high]
            if len(inside) <= most:
                return inside if len(inside) > 1 else [self.low, self.high]
        return inside[:: -(-len(inside) // most)]

    def color(self, loss: float) -> QColor:
        """The colour of one loss; the error's where it is not finite."""
        return QColor(*self.pixels(np.array([loss]))[0].tolist())

    def image(self, losses: Array) -> QImage:
        """Losses (rows, columns) as a picture, a pixel each."""
        return _image(self.pixels(losses))

    def pixels(self, losses: Array) -> Array:
        """Losses of any shape as red, green and blue in 0..255, (..., 3)."""
        shares = self.shares(losses)
        pixels = _table(theme().is_dark)[_place(np.nan_to_num(shares))]
        error = theme().palette.error
        pixels[np.isnan(shares)] = (error.red(), error.green(), error.blue())
        return pixels

    def draw_bar(self, painter: QPainter, bar: QRectF) -> None:
        """The scale from low at the left to high at the right, its ticks below."""
        palette = theme().palette
        painter.drawImage(bar, _image(_table(theme().is_dark)[None]))
        painter.setPen(QPen(palette.line, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)
        painter.setFont(ui_font(11))
        painter.setPen(palette.text)
        for text, left, width in apart(self._labels(painter, bar), bar.left(), bar.right()):
            painter.drawText(
                QRectF(left - 2, bar.bottom() + 2, width + 4, scaled(14)), Qt.AlignmentFlag.AlignCenter, text
            )

    def _labels(self, painter: QPainter, bar: QRectF) -> Iterator[tuple[str, float, float]]:
        metrics = painter.fontMetrics()
        end = f"≥ {number_text(float(f'{self.high:.3g}'))}" if self.is_exceeded else ""
        room = bar.width() - (metrics.horizontalAdvance(end) + 8 if end else 0)
        for value in self.ticks():
            text, at = number_text(value), float(self.shares(np.array(value))) * bar.width()
            width = metrics.horizontalAdvance(text)
            if not end or max(at + width / 2, width) < room:
                yield text, bar.left() + at, width
        if end:
            yield end, bar.right(), metrics.horizontalAdvance(end)


def ink_on(color: QColor) -> QColor:
    """What can be read on a colour: the darker or the lighter of the theme's."""
    palette = theme().palette
    pair = sorted((palette.text, palette.background), key=lambda one: one.lightnessF())
    return pair[0] if color.lightnessF() > 0.5 or color.green() > 140 else pair[1]


@functools.cache
def _table(is_dark: bool) -> Array:
    """The theme's colours from the lowest loss to the highest, (NUM_COLORS, 3)."""
    palette = theme().palette
    ground = palette.background
    if is_dark:
        stops = [
            mixed(palette.learner, QColor("white"), 0.82),
            palette.learner,
            mixed(palette.learner, ground, 0.74),
            mixed(palette.before, ground, 0.72),
            mixed(palette.before, ground, 0.28),
        ]
    else:
        stops = [
            mixed(palette.learner, QColor("black"), 0.25),
            palette.learner,
            mixed(palette.learner, ground, 0.8),
            mixed(palette.before, ground, 0.8),
            mixed(palette.before, ground, 0.25),
        ]
    channels = np.array([[color.red(), color.green(), color.blue()] for color in stops], float)
    at = np.linspace(0.0, 1.0, NUM_COLORS)
    columns = [np.interp(at, PLACES, channels[:, channel]) for channel in range(3)]
    return np.round(np.stack(columns, axis=1)).astype(np.uint8)


def _place(shares: Array | float) -> Array:
    return np.round(np.asarray(shares) * (NUM_COLORS - 1)).astype(int)


def _image(pixels: Array) -> QImage:
    data = np.ascontiguousarray(pixels, dtype=np.uint8)
    rows, columns = data.shape[:2]
    return QImage(data.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()
