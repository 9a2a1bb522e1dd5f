"""A learner's unseen loss by adaptation step: a line with a dot at each step and a band around it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.plot_band import PlotBand
from metalearn_gui.ui.plotting import ThemedPlot, style_line
from metalearn_gui.ui.theme import scaled

EMPTY = np.empty(0)
DOT = 7  # pixels of the design
LEAST_SHARE = 0.02  # where a band reaches 0 or below, a logarithmic axis shows it down to this share of the mean


class Drawn(NamedTuple):
    """How a line of the plot is drawn: the palette's colour, the style, and what lies above what.

    symbol: pyqtgraph's, at each step. has_band: whether its interval is drawn; many of them look like one block.
    """

    color: str
    style: str
    layer: float
    symbol: str = "o"
    has_band: bool = True


DRAWN = {  # in the legend's order
    "learner": Drawn("learner", "solid", 4.0),
    "transfer": Drawn("transfer", "dashed", 2.0),
    "scratch": Drawn("scratch", "dotted", 1.0),
    "scratch_adam": Drawn("scratch", "dashdot", 1.5),
    "nearest": Drawn("muted", "dotted", 1.7),
    "logistic": Drawn("transfer", "dashdot", 1.9),
    "task_mean": Drawn("muted", "dotted", 1.7, "o", has_band=False),
    "boosting": Drawn("text", "dashed", 1.9, "s", has_band=False),
    "linear_ridge": Drawn("muted", "dashdot", 1.8, "t1", has_band=False),
}


class StepLine:
    """`x` and `y` are what the line shows, in view coordinates."""

    def __init__(self, plot: ThemedPlot, layer: float, symbol: str = "o", has_band: bool = True) -> None:
        self._plot, self._has_band = plot, has_band
        self._line = plot.add_line(layer)
        self.band = PlotBand(plot, layer)
        self._dots = pg.ScatterPlotItem(symbol=symbol, pxMode=True, antialias=True)
        self._dots.setZValue(layer + 0.1)
        plot.addItem(self._dots, ignoreBounds=True)
        self.x, self.y = EMPTY, EMPTY

    def set_style(self, color: QColor, style: str, width: float = 2.0) -> None:
        """Colour and style of the line; its band is the same colour, faint."""
        style_line(self._line, color, style, width)
        self.band.set_color(color)
        self._dots.setBrush(color)
        self._dots.setPen(None)
        self._dots.setSize(scaled(DOT))

    def feed(self, values: Array, half_widths: Array | None = None) -> None:
        """One value per step from 0, and half the width of the band around each."""
        self.x, self.y = np.arange(len(values), dtype=float), self._plot.to_axis(values)
        drawn = np.isfinite(self.y)
        self._line.setData(self.x, self.y)
        if half_widths is None:
            return
        self._dots.setData(self.x[drawn], self.y[drawn])
        least = LEAST_SHARE * np.abs(values) if self._plot.is_log else -np.inf
        low = self._plot.to_axis(np.maximum(values - half_widths, least))
        high = self._plot.to_axis(values + half_widths)
        whole = np.isfinite(low) & np.isfinite(high) & self._has_band
        self.band.feed(self.x[whole], low[whole], high[whole])

    def clear(self) -> None:
        """Show nothing."""
        self.feed(EMPTY, EMPTY)
