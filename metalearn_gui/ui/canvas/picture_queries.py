"""The queries of a task of pictures, each with what it is taken for, on a layer that is kept.

A stroke of the pen changes one of them; to paint all 75 of a 5-way task again takes longer than to adapt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPaintEngine, QPainter, QPen, QPixmap

from metalearn_gui.ui.canvas.markers import draw_cross
from metalearn_gui.ui.canvas.picture_layout import BAR
from metalearn_gui.ui.canvas.pixels import draw_crisp
from metalearn_gui.ui.canvas.shares import draw_strip
from metalearn_gui.ui.theme import scaled, theme

USUAL, CHOSEN = 1.5, 3.0  # pixels of the line around a picture
ABOVE_BAR = 2.0  # pixels


class Query(NamedTuple):
    """A query picture. color: of what it is taken for; shares: probabilities, none where nothing has answered."""

    box: QRectF
    ink: QImage
    color: QColor
    is_chosen: bool
    shares: Sequence[float] = ()
    is_wrong: bool = False


class Queries:
    """The layer, and what is painted on it."""

    def __init__(self) -> None:
        self._layer = QPixmap()
        self._painted: Sequence[Query] = ()
        self._look: object = None

    def draw(self, painter: QPainter, size: QSize, queries: Sequence[Query], colors: Sequence[QColor]) -> None:
        """All of them, in a drawing of this size. colors: of the classes."""
        if painter.paintEngine().type() != QPaintEngine.Type.Raster:
            for query in queries:
                draw_query(painter, query, colors)
            return
        scale = painter.deviceTransform().m11()
        look = (size, scale, [query.box for query in queries], list(colors), theme().is_dark, theme().zoom)
        if look != self._look:
            self._look, self._painted = look, ()
            self._layer = QPixmap(size * scale)
            self._layer.setDevicePixelRatio(scale)
            self._layer.fill(Qt.GlobalColor.transparent)
        before: Sequence[Query | None] = self._painted or [None] * len(queries)
        self._paint([query for query, old in zip(queries, before, strict=True) if query != old], colors)
        self._painted = queries
        painter.drawPixmap(0, 0, self._layer)

    def _paint(self, changed: Sequence[Query], colors: Sequence[QColor]) -> None:
        if not changed:
            return
        painter = QPainter(self._layer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for query in changed:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.fillRect(_reach(query.box), Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            draw_query(painter, query, colors)
        painter.end()


def draw_query(painter: QPainter, query: Query, colors: Sequence[QColor]) -> None:
    """A picture in the colour of what it is taken for, all probabilities below it, crossed where it is wrong."""
    box = query.box
    draw_crisp(painter, box, query.ink, QPen(query.color, CHOSEN if query.is_chosen else USUAL))
    if query.shares:
        draw_strip(
            painter, QRectF(box.left(), box.bottom() + ABOVE_BAR, box.width(), scaled(BAR)), query.shares, colors
        )
    if query.is_wrong:
        draw_cross(painter, box)


def _reach(box: QRectF) -> QRect:
    """All that is painted of a picture, and nothing of its neighbours; in whole pixels, of which nothing is left."""
    return box.adjusted(-2.5, -2.5, 2.5, ABOVE_BAR + scaled(BAR) + 1).toAlignedRect()
