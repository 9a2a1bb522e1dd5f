"""A card of the shelf: a poster with the item's name, and five stars to click."""

from __future__ import annotations

import functools
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPaintEngine, QPainter, QPainterPath, QPen, QPixmap

from metalearn_gui.ui.canvas.poster import RADIUS, draw_poster
from metalearn_gui.ui.canvas.stars import draw_stars
from metalearn_gui.ui.kept import without_tools
from metalearn_gui.ui.theme import scaled, theme, ui_font

HEIGHT_WITH_KINDS = 74.0
_Box = tuple[float, float, float, float]  # left, top, width, height


class Card(NamedTuple):
    """An item on the shelf. stars: 0 where it is not rated; hovered: the star under the pointer, else 0."""

    item: int
    title: str
    kinds: str
    features: tuple[float, ...]
    stars: float
    hovered: int
    is_chosen: bool


def draw_card(painter: QPainter, poster: QRectF, stars: QRectF, card: Card) -> None:
    """As a picture that is kept: of what the hand moves, rows walk and cards stay as they are."""
    if painter.paintEngine().type() != QPaintEngine.Type.Raster:
        _draw(painter, poster, stars, card)
        return
    around = poster.united(stars).adjusted(-2, -2, 2, 2).toAlignedRect()
    corner = QPointF(around.topLeft())
    boxes = [_numbers(box.translated(-corner)) for box in (poster, stars)]
    scale, look = painter.deviceTransform().m11(), (theme().is_dark, theme().zoom)
    painter.drawPixmap(corner, _picture(card, boxes[0], boxes[1], (around.width(), around.height()), scale, look))


def _numbers(box: QRectF) -> _Box:
    return box.x(), box.y(), box.width(), box.height()


@functools.lru_cache(maxsize=48)  # 150 kB each; three shelves' full
def _picture(
    card: Card, poster: _Box, stars: _Box, size: tuple[int, int], scale: float, look: tuple[bool, float]
) -> QPixmap:
    """look: of the theme, which the drawing asks for."""
    picture = QPixmap(*(round(side * scale) for side in size))
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _draw(painter, QRectF(*poster), QRectF(*stars), card)
    painter.end()
    return without_tools(picture)


def _draw(painter: QPainter, poster: QRectF, stars: QRectF, card: Card) -> None:
    """Rated: outlined in the learner's colour; to ask: dashed; chosen by the keyboard: in that of text."""
    palette = theme().palette
    draw_poster(painter, poster, card.item, card.features)
    _draw_name(painter, poster, card)
    pen = QPen(palette.learner if card.stars else palette.muted, 1.4)
    if not card.stars:
        pen.setDashPattern([3, 2.4])
    if card.is_chosen:
        pen = QPen(palette.text, 2.2)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(poster.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    draw_stars(painter, stars, card.stars, palette.learner, card.hovered)


def _draw_name(painter: QPainter, poster: QRectF, card: Card) -> None:
    """In white on a shade: a poster is dark in every theme."""
    shade = QLinearGradient(poster.topLeft(), poster.bottomLeft())
    shade.setColorAt(0.2, QColor(0, 0, 0, 0))
    shade.setColorAt(0.75, QColor(0, 0, 0, 190))
    outline = QPainterPath()
    outline.addRoundedRect(poster, RADIUS, RADIUS)
    painter.fillPath(outline, shade)
    text = poster.adjusted(6, 3, -5, -4)
    if poster.height() >= scaled(HEIGHT_WITH_KINDS) and card.kinds:
        painter.setFont(ui_font(11))
        painter.setPen(QColor(255, 255, 255, 205))
        kinds = painter.fontMetrics().elidedText(card.kinds, Qt.TextElideMode.ElideRight, int(text.width()))
        painter.drawText(text, Qt.AlignmentFlag.AlignBottom, kinds)
        text.setBottom(text.bottom() - 14)
    painter.setFont(ui_font(12, 600))
    painter.setPen(QColor(255, 255, 255))
    lines = _wrapped(painter, card.title, text.width(), 2 if text.height() >= 28 else 1)
    painter.drawText(text, Qt.AlignmentFlag.AlignBottom, "\n".join(lines))


def _wrapped(painter: QPainter, title: str, width: float, most: int) -> list[str]:
    """A title in so many lines at most, the last one cut where it does not fit."""
    lines: list[str] = []
    metrics, words = painter.fontMetrics(), title.split()
    while words:
        if len(lines) == most - 1:
            return [*lines, metrics.elidedText(" ".join(words), Qt.TextElideMode.ElideRight, int(width))]
        line = [words.pop(0)]
        while words and metrics.horizontalAdvance(" ".join([*line, words[0]])) <= width:
            line.append(words.pop(0))
        lines.append(metrics.elidedText(" ".join(line), Qt.TextElideMode.ElideRight, int(width)))
    return lines
