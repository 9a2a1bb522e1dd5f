"""The colour, shape and line style that a contender has in every card of the view."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter

from metalearn_gui.ui.plotting import LINE_STYLES
from metalearn_gui.ui.rows_table import draw_symbol
from metalearn_gui.ui.theme import theme

OWN_COLORS = {"transfer": "transfer", "scratch": "scratch"}  # what means the same everywhere
SHAPES = ("o", "s", "t", "d", "star", "t1")  # pyqtgraph's names
STYLES = tuple(LINE_STYLES)


@dataclasses.dataclass(frozen=True)
class Mark:
    """How a contender looks."""

    color: QColor
    shape: str
    style: str


def mark_of(place: int, learner: str) -> Mark:
    """Of the contender at a place of the list: the first is the accent; colours come again with other shapes."""
    palette = theme().palette
    colors = (palette.learner, *palette.series)
    color = theme().color_of(OWN_COLORS[learner]) if learner in OWN_COLORS else colors[place % len(colors)]
    turn = place // len(colors)
    return Mark(color, SHAPES[(place + turn) % len(SHAPES)], STYLES[(place + turn) % len(STYLES)])


def draw_mark(painter: QPainter, mark: Mark, centre: QPointF, size: float, filled: bool = True) -> None:
    """The mark's shape around a point, `size` pixels wide."""
    draw_symbol(painter, mark.shape, mark.color, centre, size, filled)
