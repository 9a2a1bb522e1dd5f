"""A contender's mark in the cards of the view."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from metalearn_gui.ui.rows_table import draw_symbol
from metalearn_gui.ui.run_marks import Mark


def draw_mark(painter: QPainter, mark: Mark, centre: QPointF, size: float, filled: bool = True) -> None:
    """The mark's shape around a point, `size` pixels wide."""
    draw_symbol(painter, mark.shape, mark.color, centre, size, filled)
