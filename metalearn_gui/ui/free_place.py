"""Where words over a plot hide least of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from metalearn_gui.engine.backend import Array

Lines = Sequence[tuple[Array, Array]]  # x, rising, and y of each, in view coordinates
VERTICALS = 16  # through a box of words, on which lines are looked for
MANY = 1000  # meetings with lines, which other words are worth
FREE = 4  # pixels around a box that are to be free as well


class HasPlaces(Protocol):
    """What is asked of a plot here."""

    def x_range(self) -> tuple[float, float]: ...
    def plot_area(self) -> QRectF: ...
    def point_of(self, x: float, y: float) -> QPointF: ...


def heights_of(plot: HasPlaces, lines: Lines, left: float, right: float) -> Array:
    """In pixels, where the lines meet a few verticals through a box; none where a line has not begun or has ended."""
    low, high = plot.x_range()
    area = plot.plot_area()
    at = low + (np.linspace(left - FREE, right + FREE, VERTICALS) - area.left()) / area.width() * (high - low)
    zero, one = plot.point_of(0.0, 0.0).y(), plot.point_of(0.0, 1.0).y()
    values = [np.interp(at, x, y, left=np.nan, right=np.nan) for x, y in lines if len(x)]
    return zero + np.concatenate([*values, np.empty(0)]) * (one - zero)


def num_within(heights: Array, box: QRectF) -> int:
    """How often lines meet the box."""
    return int(((heights > box.top() - FREE) & (heights < box.bottom() + FREE)).sum())


def num_hidden(plot: HasPlaces, lines: Lines, box: QRectF) -> int:
    """How much of the lines a box of words hides."""
    return num_within(heights_of(plot, lines, box.left(), box.right()), box)
