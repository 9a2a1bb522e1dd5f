"""Coordinates, ticks and grid lines shared by the canvases: numbers to pixels and back."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable, Iterator

import numpy as np
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.theme import scaled, theme, ui_font

Range = tuple[float, float]
FRAME_RADIUS = 6.0
WORDS_MARGIN = 16.0
FIGURE_WIDTH, LABEL_GAP = 7.6, 10.0  # of the numbers at an axis
_FAR = 20.0  # frames: beyond this a curve is cut, so that the rasteriser never sees 1e30 pixels


@dataclasses.dataclass(frozen=True)
class Axes:
    """A rectangle of pixels that shows a rectangle of numbers; y grows upward."""

    frame: QRectF
    x_range: Range
    y_range: Range

    def pixels(self, x: Array, y: Array) -> Array:
        """Pixel positions (n, 2); what is not finite stays so."""
        (left, right), (low, high) = self.x_range, self.y_range
        across = (np.asarray(x, np.float64) - left) / (right - left)
        up = np.clip((np.asarray(y, np.float64) - low) / (high - low), -_FAR, _FAR)
        pixels = np.empty((*up.shape, 2))
        pixels[..., 0] = self.frame.left() + across * self.frame.width()
        pixels[..., 1] = self.frame.bottom() - up * self.frame.height()
        return pixels

    def point(self, x: float, y: float) -> QPointF:
        """One pixel position."""
        return QPointF(*self.pixels(np.array(x), np.array(y)).tolist())

    def numbers(self, position: QPointF) -> tuple[float, float]:
        """The inverse of `point`."""
        (left, right), (low, high) = self.x_range, self.y_range
        across = (position.x() - self.frame.left()) / self.frame.width()
        up = (self.frame.bottom() - position.y()) / self.frame.height()
        return left + across * (right - left), low + up * (high - low)

    def polylines(self, x: Array, y: Array) -> list[QPolygonF]:
        """The curve through these points, interrupted where it is not finite."""
        pixels = self.pixels(x, y)
        finite = np.asarray(np.isfinite(pixels).all(axis=1))
        if finite.all():
            return [_polygon(pixels)]
        runs = np.split(np.arange(len(pixels)), np.flatnonzero(np.diff(finite)) + 1)
        return [_polygon(pixels[run]) for run in runs if finite[run[0]]]


def _polygon(pixels: Array) -> QPolygonF:
    polygon: QPolygonF = arrayToQPolygonF(pixels[:, 0], pixels[:, 1])
    return polygon


def ticks(low: float, high: float, count: int) -> list[float]:
    """About `count` round numbers in [low, high]: multiples of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * 0.75)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def tick_text(value: float) -> str:
    """A tick's number with a real minus sign."""
    return f"{value:.6g}".replace("-", "\N{MINUS SIGN}")


def label_room(values: Range) -> float:
    """Pixels beside an axis over these values, so that the longest of its numbers is whole."""
    return LABEL_GAP + FIGURE_WIDTH * theme().zoom * _longest_label(values)


@functools.lru_cache(maxsize=64)
def _longest_label(values: Range) -> int:
    """In characters; every picture asks several times where its frame is."""
    return max((len(tick_text(value)) for value in ticks(*values, 5)), default=0)


def grown(current: Range, needed: Range) -> Range:
    """`current`, extended to round numbers where it does not hold `needed`: an axis that grows in few steps."""
    step = (current[1] - current[0]) / 5.0
    slack = step * 1e-5  # float32 targets on the edge are not beyond it
    low, high = current
    if needed[0] < low - slack:
        low = math.floor(needed[0] / step) * step
    if needed[1] > high + slack:
        high = math.ceil(needed[1] / step) * step
    return low, high


def settled(current: Range, wanted: Range, base: Range) -> Range:
    """`wanted` where it needs more room than `current`, or far less (half of `base`): an axis that seldom moves."""
    grows = wanted[0] < current[0] or wanted[1] > current[1]
    saved = (current[1] - current[0]) - (wanted[1] - wanted[0])
    return wanted if grows or saved > (base[1] - base[0]) / 2 else current


def widened(values: Range, share: float) -> Range:
    """The interval with a margin of `share` of its length on both sides."""
    margin = (values[1] - values[0]) * share
    return values[0] - margin, values[1] + margin


def draw_frame(painter: QPainter, frame: QRectF) -> None:
    """The recessed ground that numbers are drawn on."""
    palette = theme().palette
    painter.setPen(QPen(palette.line, 1))
    painter.setBrush(palette.background)
    painter.drawRoundedRect(frame, FRAME_RADIUS, FRAME_RADIUS)


def draw_words(painter: QPainter, area: QRectF, words: str) -> None:
    """What stands in the middle of a picture while there is nothing to draw, clear of its sides."""
    painter.setFont(ui_font(12))
    painter.setPen(theme().palette.muted)
    clear = area.adjusted(WORDS_MARGIN, 0, -WORDS_MARGIN, 0)
    painter.drawText(clear, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)


def apart(texts: Iterable[tuple[str, float, float]], low: float, high: float) -> Iterator[tuple[str, float, float]]:
    """Texts along a line, each with its left and its width: kept within it, and of two that would meet the first stays.

    Args:
        texts: each with its middle and its width.
    """
    free = -math.inf
    for text, middle, width in texts:
        left = min(max(middle - width / 2, low), high - width)
        if left >= free:
            yield text, left, width
            free = left + width + 4


def draw_columns(painter: QPainter, axes: Axes) -> None:
    """Vertical grid lines, their numbers below the frame and not beyond its right end, where the picture may end."""
    palette, frame = theme().palette, axes.frame
    painter.setFont(ui_font(12))
    texts = []
    for value in ticks(*axes.x_range, max(2, int(frame.width() / scaled(110)))):
        x = round(axes.point(value, axes.y_range[0]).x()) + 0.5
        if frame.left() + 8 < x < frame.right() - 8:
            painter.setPen(QPen(palette.line, 1))
            painter.drawLine(QPointF(x, frame.top() + 1), QPointF(x, frame.bottom() - 1))
            text = tick_text(value)
            texts.append((text, x, float(painter.fontMetrics().horizontalAdvance(text))))
    painter.setPen(palette.muted)
    for text, left, width in apart(texts, 0.0, frame.right()):
        painter.drawText(
            QRectF(left - 4, frame.bottom() + 5, width + 8, scaled(18)), Qt.AlignmentFlag.AlignHCenter, text
        )


def draw_rows(painter: QPainter, axes: Axes) -> None:
    """Horizontal grid lines, their numbers at the left of the frame."""
    palette, frame = theme().palette, axes.frame
    painter.setFont(ui_font(12))
    side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for value in ticks(*axes.y_range, max(2, int(frame.height() / scaled(55)))):
        y = round(axes.point(axes.x_range[0], value).y()) + 0.5
        if frame.top() + 4 < y < frame.bottom() - 4:
            painter.setPen(QPen(palette.line, 1))
            painter.drawLine(QPointF(frame.left() + 1, y), QPointF(frame.right() - 1, y))
            painter.setPen(palette.muted)
            painter.drawText(QRectF(frame.left() - 107, y - 20, 100, 40), side, tick_text(value))
