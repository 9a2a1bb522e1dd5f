"""Markers of points: a shape and a colour per class, stamped from a small cache of images.

Radii and widths are in pixels of the design: markers grow with the type beside them.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.colors import for_words, mixed
from metalearn_gui.ui.kept import without_tools
from metalearn_gui.ui.theme import theme, ui_font

MARGIN = 3.0  # pixels around a stamp, for its outline


def _turned(corners: int, first: float, inner: float = 0.0) -> QPainterPath:
    """A regular polygon in the unit circle, or a star with a second radius; first: degrees of its first corner."""
    radii = [1.0, inner] if inner else [1.0]
    count = corners * len(radii)
    angles = [math.radians(first) + 2 * math.pi * index / count for index in range(count)]
    points = [QPointF(math.cos(a), math.sin(a)) * radii[i % len(radii)] for i, a in enumerate(angles)]
    path = QPainterPath()
    path.addPolygon(QPolygonF([*points, points[0]]))
    path.closeSubpath()
    return path


def _circle() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(0, 0), 0.92, 0.92)
    return path


# One shape for each of ten classes, so that a class is told without its colour.
SHAPES = (
    _circle(),
    _turned(4, 45.0),
    _turned(3, -90.0),
    _turned(4, 0.0),
    _turned(5, -90.0),
    _turned(3, 90.0),
    _turned(5, -90.0, 0.45),
    _turned(4, -90.0, 0.4),
    _turned(6, 0.0),
    _turned(4, 45.0, 0.4),
)


def class_color(index: int) -> QColor:
    """The colour of a class; the second five are the first five, mixed half with the text's colour."""
    palette = theme().palette
    base = palette.series[index % len(palette.series)]
    return QColor(base) if index < len(palette.series) else mixed(base, palette.text, 0.5)


def faded(color: QColor, alpha: int) -> QColor:
    """The colour, partly transparent: 0 to 255."""
    return QColor(color.red(), color.green(), color.blue(), alpha)


def class_letter(index: int) -> str:
    """A, B, ..., J."""
    return chr(ord("A") + index)


def draw_marker(
    painter: QPainter, center: QPointF, radius: float, shape: int, fill: QColor | None, outline: QColor, width: float
) -> None:
    """One marker as vectors; fill None leaves it hollow."""
    zoom = theme().zoom
    draw_shape(painter, center, zoom * radius, shape, fill, outline, zoom * width)


def draw_shape(
    painter: QPainter, center: QPointF, radius: float, shape: int, fill: QColor | None, outline: QColor, width: float
) -> None:
    """The same in pixels of the painter."""
    painter.save()
    painter.translate(center)
    painter.scale(radius, radius)
    pen = QPen(outline, width)
    pen.setCosmetic(False)
    pen.setWidthF(width / radius)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush if fill is None else fill)
    painter.drawPath(SHAPES[shape % len(SHAPES)])
    painter.restore()


@functools.lru_cache(maxsize=512)
def _stamp(shape: int, fill: int | None, outline: int, radius: float, width: float, ratio: float) -> QImage:
    side = math.ceil(2 * (radius + max(MARGIN, width)) * ratio)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    center = QPointF(side / ratio / 2, side / ratio / 2)
    color = None if fill is None else QColor.fromRgba(fill)
    draw_shape(painter, center, radius, shape, color, QColor.fromRgba(outline), width)
    painter.end()
    return without_tools(image)


def stamp_markers(
    painter: QPainter, pixels: Array, radius: float, shape: int, fill: QColor | None, outline: QColor, width: float
) -> None:
    """The same marker at many positions (n, 2): one image is drawn again and again."""
    ratio, zoom = painter.device().devicePixelRatioF(), theme().zoom
    image = _stamp(shape, None if fill is None else fill.rgba(), outline.rgba(), zoom * radius, zoom * width, ratio)
    half = image.width() / ratio / 2
    for x, y in (pixels - half).tolist():
        painter.drawImage(QPointF(x, y), image)


def draw_halo(painter: QPainter, center: QPointF, color: QColor, radius: float) -> None:
    """The glow of the point under the hand."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faded(color, 70))
    painter.drawEllipse(center, theme().zoom * radius, theme().zoom * radius)


def draw_ring(painter: QPainter, center: QPointF, color: QColor, radius: float) -> None:
    """A ring around a point: chosen by the keyboard, or wrong."""
    zoom = theme().zoom
    painter.setPen(QPen(color, 2 * zoom))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(center, zoom * radius, zoom * radius)


def draw_ghost(painter: QPainter, center: QPointF, label: int) -> None:
    """What a click here would add: a faint point of this class, between four lines."""
    painter.setPen(QPen(faded(theme().palette.text, 170), 1.4))
    for way in (QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)):
        painter.drawLine(center + way * 10, center + way * 16)
    color = class_color(label)
    draw_marker(painter, center, 6.5, label, faded(color, 110), faded(color, 200), 1.4)


def draw_class_number(painter: QPainter, box: QRectF, label: int) -> None:
    """What a class of pictures is called, in its colour."""
    painter.setFont(ui_font(12, 600))
    painter.setPen(for_words(class_color(label)))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(label + 1))


def draw_cross(painter: QPainter, box: QRectF) -> None:
    """In a picture's upper right corner: wrong, by shape as well as by colour."""
    size = min(8.0, box.width() / 3)
    corner = QRectF(box.right() - size - 2, box.top() + 2, size, size)
    painter.setPen(QPen(theme().palette.error, 2))
    painter.drawLine(corner.topLeft(), corner.bottomRight())
    painter.drawLine(corner.topRight(), corner.bottomLeft())


def draw_classes(
    painter: QPainter, pixels: Array, labels: Array, radius: float, outline: QColor | None, width: float
) -> None:
    """Points in their class' shape and colour: filled with an outline, or hollow where there is none."""
    for label in np.unique(labels).tolist():
        color = class_color(label)
        fill = None if outline is None else color
        stamp_markers(painter, pixels[labels == label], radius, label, fill, outline or color, width)
