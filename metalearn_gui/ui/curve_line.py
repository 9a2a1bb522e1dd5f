"""A curve of one value per meta-iteration on a plot: decimated to the pixels there are, fed only when it changed."""

from __future__ import annotations

import math
from collections.abc import Hashable

import numpy as np
from PySide6.QtGui import QColor

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.curves import Decimator, bucket_width, decimated
from metalearn_gui.ui.effort import PER_ITERATION, Effort
from metalearn_gui.ui.plotting import ThemedPlot, style_line
from metalearn_gui.ui.theme import theme

EMPTY = np.empty(0)


class CurveLine:
    """One line; `x` and `y` are what it shows, in view coordinates."""

    def __init__(self, plot: ThemedPlot, layer: float = 0.0, is_noise: bool = False) -> None:
        """is_noise: up and down in every pixel, which smooth edges would only make slow: five times, and as long as a
        touch takes."""
        self._plot = plot
        self._line = plot.add_line(layer)
        self._is_noise = is_noise
        self._key: Hashable = None
        self._pen_key: Hashable = None
        self._decimator = Decimator()
        self.x, self.y = EMPTY, EMPTY

    def set_style(self, color: QColor, style: str = "solid", width: float = 1.0) -> None:
        """Colour, style and width in pixels; nothing is done when they are the same."""
        key = (color.rgba(), style, width, theme().zoom, theme().pixel_ratio)
        if key != self._pen_key:
            self._pen_key = key
            style_line(self._line, color, style, width)

    def feed(self, values: Array, source: Hashable, effort: Effort = PER_ITERATION) -> None:
        """Show a curve whose index i is meta-iteration i + 1; `source` says which curve it is and how it was made.

        Args:
            effort: what the meta-iterations have cost, along the plot's axis.
        """
        low, high = effort.iterations_at(np.array(self._plot.x_range())).tolist()
        first, last = math.floor(low) - 1, math.ceil(high)
        width, floor = bucket_width(high - low, self._plot.pixels()), 0.0 if self._plot.is_log else -np.inf
        key = (source, effort.key, len(values), first, last, width, floor)
        if key != self._key:
            index, kept = self._decimator.update(values, first, last, width, floor, source)
            self._set(effort.at(index + 1), self._plot.to_axis(kept), key)

    def feed_points(self, x: Array, values: Array, source: Hashable) -> None:
        """Show a few values at places of their own."""
        width, floor = bucket_width(len(values), self._plot.pixels()), 0.0 if self._plot.is_log else -np.inf
        key = (source, len(values), width, floor)
        if key != self._key:
            index, kept = decimated(values, 0, len(values), width, floor)
            self._set(x[index.astype(int)], self._plot.to_axis(kept), key)

    def clear(self) -> None:
        """Show nothing."""
        if self._key is not None:
            self._set(EMPTY, EMPTY, None)

    def remove(self) -> None:
        """Take the line off its plot."""
        self._plot.removeItem(self._line)

    def _set(self, x: Array, y: Array, key: Hashable) -> None:
        self._key, self.x, self.y = key, x, y
        self._line.setData(x, y, antialias=not self._is_noise)
