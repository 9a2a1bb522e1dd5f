"""Ratings as five stars, whatever scale the data have: numbers to stars and back, and how stars are drawn."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from metalearn_gui.ui.canvas.markers import draw_shape
from metalearn_gui.ui.theme import theme

NUM_STARS = 5
STAR = 6  # of the markers' shapes


class StarScale(NamedTuple):
    """The lowest and the highest rating. A scale that ends at 5 is one of stars already."""

    lowest: float
    highest: float

    def stars(self, value: float) -> float:
        """How many stars a rating is, 0 to 5."""
        if self.highest == NUM_STARS:
            return value
        return 1.0 + (NUM_STARS - 1) * (value - self.lowest) / max(self.highest - self.lowest, 1e-12)

    def value(self, stars: float) -> float:
        """The rating that so many stars are, within the scale."""
        if self.highest == NUM_STARS:
            return min(max(stars, self.lowest), self.highest)
        share = min(max((stars - 1.0) / (NUM_STARS - 1), 0.0), 1.0)
        return self.lowest + share * (self.highest - self.lowest)


def star_at(box: QRectF, x: float) -> int:
    """The star under a position, 1 to 5."""
    share = (x - box.left()) / max(box.width(), 1e-9)
    return min(max(int(share * NUM_STARS) + 1, 1), NUM_STARS)


def draw_stars(painter: QPainter, box: QRectF, stars: float, color: QColor, hovered: int = 0) -> None:
    """Five stars across a box, so many of them filled, the last one in part; those up to `hovered` outlined.

    stars: 0 where there is no rating.
    """
    pitch = box.width() / NUM_STARS
    radius = min(0.46 * pitch, box.height() / 2 - 1.0)
    for place in range(NUM_STARS):
        center = QPointF(box.left() + (place + 0.5) * pitch, box.center().y())
        outline = color if place < max(stars, hovered) else theme().palette.truth
        draw_shape(painter, center, radius, STAR, None, outline, 1.2)
        share = min(max(stars - place, 0.0), 1.0)
        if share > 0:
            painter.save()
            part = QRectF(center.x() - radius, box.top(), 2 * radius * share, box.height())
            painter.setClipRect(part, Qt.ClipOperation.IntersectClip)
            draw_shape(painter, center, radius, STAR, color, color, 1.2)
            painter.restore()
