"""Rows of numbers as square pictures: in grey, placed side by side, and the cells that a brush passes."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import Range
from metalearn_gui.ui.text import MINUS
from metalearn_gui.ui.theme import rgb

DARKEST, SPREAD = 2, 98  # percentiles that are drawn black and white
SMALLEST_SHARE = 0.75  # of its box, that a picture of whole pixels may shrink to
PEAK = 2.0  # from the lowest to the highest number of a clean picture, for its PSNR
STROKE_STEPS = 4  # in one cell's width, so that a fast hand leaves no gap


def grey_span(values: Array) -> Range:
    """What to draw black and white so that a few extreme numbers take nothing from the others."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return -1.0, 1.0
    low, high = np.percentile(finite, (DARKEST, SPREAD)).tolist()
    return low, max(high, low + 1e-6)


def grey_image(values: Array, span: Range) -> QImage:
    """One pixel for each number of a row whose length is a square; what is not finite is black."""
    side = math.isqrt(len(values))
    shares = np.clip((np.nan_to_num(values, nan=span[0]) - span[0]) / (span[1] - span[0]), 0.0, 1.0)
    grey = np.ascontiguousarray((255 * shares).astype(np.uint8).reshape(side, side))
    return QImage(grey.tobytes(), side, side, side, QImage.Format.Format_Grayscale8).copy()


def draw_picture(painter: QPainter, box: QRectF, values: Array, span: Range, outline: QPen) -> None:
    """A row as a picture of sharp squares, with a line around it."""
    _draw_framed(painter, box, grey_image(values, span), outline, is_smooth=False)


def side_of(count: int) -> int:
    """Pixels of the side of a picture of so many numbers: one for each pixel, or three where it is coloured."""
    side = math.isqrt(count)
    return side if side**2 == count else math.isqrt(count // 3)


def crisp(box: QRectF, side: int, ratio: float) -> QRectF:
    """The largest square inside where each of `side` pixels takes as many whole device pixels as the others.

    The box itself where that would be far smaller.
    """
    scale = math.floor(box.width() * ratio / side + 1e-6)
    if scale * side < SMALLEST_SHARE * box.width() * ratio:
        return box
    size = scale * side / ratio
    left, top = (math.floor((start + (box.width() - size) / 2) * ratio + 0.5) / ratio for start in (box.x(), box.y()))
    return QRectF(left, top, size, size)


def ink_image(values: Array, paper: QColor, ink: QColor) -> QImage:
    """Numbers from 0 to 1 from paper to ink; three for each pixel are its own colour."""
    side = side_of(len(values))
    levels = np.clip(np.nan_to_num(values), 0.0, 1.0).astype(np.float64)
    if len(values) == side**2:
        ends = np.array([rgb(paper), rgb(ink)], float)
        levels = ends[0] + levels[:, None] * (ends[1] - ends[0])
    else:
        levels = 255.0 * levels
    colors = np.ascontiguousarray(np.rint(levels).astype(np.uint8))
    return QImage(colors.tobytes(), side, side, 3 * side, QImage.Format.Format_RGB888).copy()


def draw_ink(painter: QPainter, box: QRectF, values: Array, paper: QColor, ink: QColor, outline: QPen) -> None:
    """A picture in ink on paper."""
    draw_crisp(painter, box, ink_image(values, paper, ink), outline)


def draw_crisp(painter: QPainter, box: QRectF, image: QImage, outline: QPen) -> None:
    """A picture with a line around it; smooth only where its pixels are no whole device pixels."""
    scale = box.width() * painter.device().devicePixelRatioF() / image.width()
    _draw_framed(painter, box, image, outline, is_smooth=abs(scale - round(scale)) > 1e-3)


def stroke_width(pictures: Array) -> float:
    """How wide the strokes of these pictures (n, numbers) are, in pixels: their ink over half their outline."""
    side = side_of(pictures.shape[1])
    ink = np.nan_to_num(pictures).reshape(len(pictures), side, side, -1).mean(axis=-1).astype(np.float64)
    across, down = np.diff(ink, axis=2, append=0.0), np.diff(ink, axis=1, append=0.0)
    outline = np.hypot(across, down).sum()
    return float(np.clip(2.0 * ink.sum() / max(outline, 1e-6), 1.0, side / 6))


def with_stroke(values: Array, places: list[QPointF], width: float, erases: bool) -> Array:
    """A picture with a stroke of the pen through these places (in its pixels), or with one wiped out."""
    side = side_of(len(values))
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(
        QPen(QColor("white"), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.drawPolyline(places if len(places) > 1 else [*places, places[0] + QPointF(0.01, 0.0)])
    painter.end()
    covered = np.frombuffer(image.constBits(), np.uint8).reshape(side * side, 4)[:, 0] / 255.0
    covered = np.repeat(covered, len(values) // side**2)
    drawn = np.minimum(values, 1.0 - covered) if erases else np.maximum(values, covered)
    return drawn.astype(np.float32)


def _draw_framed(painter: QPainter, box: QRectF, image: QImage, outline: QPen, is_smooth: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
    painter.drawImage(box, image)
    painter.setPen(outline)
    painter.setBrush(QColor(0, 0, 0, 0))
    painter.drawRect(box)


def tiled(area: QRectF, count: int, gap: float, caption: float) -> list[QRectF]:
    """The largest `count` squares that fit, in lines from left to right, with room for a caption above each."""

    def side_in(columns: int) -> float:
        lines = -(-count // columns)
        return min((area.width() - gap * (columns - 1)) / columns, area.height() / lines - caption)

    columns = max(range(1, count + 1), key=side_in)
    side = max(side_in(columns), 1.0)
    across = (area.width() - side) / max(columns - 1, 1)
    return [
        QRectF(area.left() + place % columns * across, area.top() + place // columns * (side + caption) + caption,
               side, side)
        for place in range(count)
    ]  # fmt: skip


def cells_between(box: QRectF, start: QPointF, end: QPointF, side: int) -> list[int]:
    """The cells of a picture that a stroke passes, as places in its row; outside the picture there are none."""
    length = math.hypot(end.x() - start.x(), end.y() - start.y())
    count = 1 + math.ceil(STROKE_STEPS * length * side / box.width())
    places = np.linspace((start.x(), start.y()), (end.x(), end.y()), count)
    cells = np.floor((places - (box.left(), box.top())) * side / box.width()).astype(int)
    inside = cells[((cells >= 0) & (cells < side)).all(axis=1)]
    return list(dict.fromkeys((inside[:, 1] * side + inside[:, 0]).tolist()))


def psnr_text(values: Array, target: Array) -> str:
    """Peak signal-to-noise ratio of a picture against its target, in decibels; more is nearer."""
    error = float(np.mean((values - target) ** 2))
    if not math.isfinite(error):
        return "–"
    return "∞ dB" if error == 0 else f"{10 * math.log10(PEAK**2 / error):.1f} dB".replace("-", MINUS)
