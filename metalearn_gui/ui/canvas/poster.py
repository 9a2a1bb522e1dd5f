"""A poster for an item that has none: a motif and a hue that follow from its features, so that like looks like."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.kept import without_tools

GOLDEN = 0.618034  # hues so far apart stay apart, however many there are
RADIUS = 5.0


def draw_poster(painter: QPainter, box: QRectF, item: int, features: Sequence[float] | Array) -> None:
    """The poster of an item; features: (number,), the first that it has gives motif and hue."""
    own = np.flatnonzero(features)
    kind = int(own[0]) if len(own) else item
    ratio = painter.device().devicePixelRatioF()
    size = round(box.width() * ratio), round(box.height() * ratio)
    painter.drawPixmap(box.toRect(), _poster(kind, item % 5, *size))


@functools.lru_cache(maxsize=96)  # up to 80 kB each; another size of the window has others
def _poster(kind: int, variant: int, width: int, height: int) -> QPixmap:
    result = QPixmap(max(width, 1), max(height, 1))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(0, 0, width, height), RADIUS, RADIUS)
    painter.setClipPath(outline)
    hue = (0.58 + kind * GOLDEN + 0.02 * variant) % 1.0
    ground = QLinearGradient(0, 0, 0, height)
    ground.setColorAt(0, QColor.fromHsvF(hue, 0.62, 0.42))
    ground.setColorAt(1, QColor.fromHsvF(hue, 0.55, 0.13))
    painter.fillRect(QRectF(0, 0, width, height), ground)
    side = min(width, 1.25 * height)
    painter.translate(width / 2, 0.38 * height)
    painter.scale(side / 100, side / 100)
    MOTIFS[kind % len(MOTIFS)](painter, QColor.fromHsvF((hue + 0.06) % 1.0, 0.5, 0.95), variant)
    painter.end()
    return without_tools(result)


def _planet(painter: QPainter, color: QColor, variant: int) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QPointF(0, 0), 19 - variant, 19 - variant)
    painter.rotate(-20 - 6 * variant)
    painter.setPen(QPen(QColor(255, 255, 255, 190), 2.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(0, 0), 33, 8)


def _sunset(painter: QPainter, color: QColor, variant: int) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QPointF(-8 + 4 * variant, 0), 22, 22)
    painter.setBrush(QColor(0, 0, 0, 120))
    for line in range(3):
        painter.drawRect(QRectF(-60, 4 + 7 * line, 120, 2 + line))


def _skyline(painter: QPainter, color: QColor, variant: int) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(255, 255, 220))
    painter.drawEllipse(QPointF(22 - 9 * variant, -16), 7, 7)
    painter.setBrush(color.darker(170))
    for place in range(7):
        height = 24 + 26 * ((place * 37 + variant * 23) % 11) / 11
        painter.drawRect(QRectF(-46 + 13.5 * place, 34 - height, 11, 60))


def _zigzag(painter: QPainter, color: QColor, variant: int) -> None:
    for line in range(4):
        points = [QPointF(-54 + 18 * place, -18 + 14 * line + 10 * ((place + variant) % 2)) for place in range(7)]
        painter.setPen(QPen(color.lighter(100 + 8 * line), 4))
        painter.drawPolyline(QPolygonF(points))


def _moon(painter: QPainter, color: QColor, variant: int) -> None:
    full, shade = QPainterPath(), QPainterPath()
    full.addEllipse(QPointF(0, 0), 24, 24)
    shade.addEllipse(QPointF(9 - variant, -7 + variant), 21, 21)
    painter.fillPath(full.subtracted(shade), color)


def _waves(painter: QPainter, color: QColor, variant: int) -> None:
    sail = QPolygonF([QPointF(-4 + 4 * variant, -26), QPointF(-4 + 4 * variant, 4), QPointF(14 + 4 * variant, 4)])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(255, 255, 255, 215))
    painter.drawPolygon(sail)
    for line in range(3):
        points = [
            QPointF(x, 12 + 11 * line + 4 * math.sin(x / 11 + line * 1.7 + variant)) for x in np.arange(-56.0, 57.0, 4)
        ]
        painter.setBrush(color.darker(110 + 30 * line))
        painter.drawPolygon(QPolygonF([*points, QPointF(60, 140), QPointF(-60, 140)]))


def _rings(painter: QPainter, color: QColor, variant: int) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ring in range(5):
        painter.setPen(QPen(QColor(color.red(), color.green(), color.blue(), 255 - 40 * ring), 2.6))
        painter.drawEllipse(QPointF(0, variant), 6 + 8 * ring, 6 + 8 * ring)


def _peaks(painter: QPainter, color: QColor, variant: int) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for middle, height, shade in ((-22 + 3 * variant, 40, 150), (20 - 4 * variant, 54, 110)):
        painter.setBrush(color.darker(shade))
        painter.drawPolygon(
            QPolygonF([QPointF(middle - 46, 40), QPointF(middle, 40 - height), QPointF(middle + 46, 40)])
        )


MOTIFS: tuple[Callable[[QPainter, QColor, int], None], ...] = (
    _planet, _sunset, _skyline, _zigzag, _moon, _waves, _rings, _peaks,
)  # fmt: skip
