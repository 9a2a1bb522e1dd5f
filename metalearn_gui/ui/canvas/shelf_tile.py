"""A user of ratings as a gallery tile."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from metalearn_gui.engine.tasks.ratings import Ratings
from metalearn_gui.ui.canvas.answered import Answered
from metalearn_gui.ui.canvas.poster import draw_poster
from metalearn_gui.ui.canvas.shelf_data import Shelf, ranked
from metalearn_gui.ui.canvas.shelf_list import Foretold, Span, draw_bars
from metalearn_gui.ui.canvas.stars import StarScale, draw_stars
from metalearn_gui.ui.theme import scaled, theme

POSTER, LOWEST_BARS, FOOT = 22.0, 9.0, 24.0


def draw_tile(painter: QPainter, frame: QRectF, drawn: Answered) -> None:
    """The first rated items with their stars, and below what is foretold, best first."""
    family = drawn.family
    assert isinstance(family, Ratings)
    shelf, inside = Shelf(family, drawn.touched, ()), frame.adjusted(8, 7, -8, -scaled(FOOT))
    scale = StarScale(*family.table.scale)
    _draw_rated(painter, inside, shelf, scale)
    if drawn.adaptation is None:
        return
    before = shelf.on_shelf(drawn.adaptation.after(0))
    now = shelf.on_shelf(drawn.adaptation.after(drawn.step))
    top = inside.top() + scaled(POSTER) + 14
    number = min(len(now), max(1, int((inside.bottom() - top) / scaled(LOWEST_BARS))))
    height = (inside.bottom() - top) / number
    span = Span(inside.left(), inside.right(), *scale)
    for place, item in enumerate(ranked(now)[:number]):
        box = QRectF(inside.left(), top + place * height, inside.width(), height)
        draw_bars(painter, box, Foretold("", "", 0, 0, before[item], now[item], shelf.answers[item], ()), span)


def _draw_rated(painter: QPainter, inside: QRectF, shelf: Shelf, scale: StarScale) -> None:
    number = min(len(shelf.rated), max(1, int(inside.width() / 34)))
    pitch = inside.width() / max(number, 1)
    for place, (item, value) in enumerate(zip(shelf.rated[:number], np.asarray(shelf.values), strict=False)):
        left = inside.left() + place * pitch
        draw_poster(painter, QRectF(left + 1, inside.top(), pitch - 2, scaled(POSTER)), item, shelf.features(item))
        stars = QRectF(left + 1, inside.top() + scaled(POSTER) + 1, pitch - 2, 9)
        draw_stars(painter, stars, max(scale.stars(float(value)), 0.1), theme().palette.learner)
