"""A faint area between two curves of a plot."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtGui import QColor

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.plotting import ThemedPlot, faded

OPACITY = 0.18


class PlotBand:
    """In view coordinates, under the lines of its layer. edges: above and below."""

    def __init__(self, plot: ThemedPlot, layer: float = 0.0) -> None:
        self._plot = plot
        self.edges = (pg.PlotCurveItem(pen=None), pg.PlotCurveItem(pen=None))
        self._area = pg.FillBetweenItem(*self.edges)
        self._area.setZValue(layer - 0.5)
        plot.addItem(self._area, ignoreBounds=True)

    def set_color(self, color: QColor) -> None:
        """The line's colour, which is faint here."""
        self._area.setBrush(faded(color, OPACITY))

    def feed(self, x: Array, low: Array, high: Array) -> None:
        """What lies between these; nothing where they are empty."""
        for edge, values in zip(self.edges, (high, low), strict=True):
            edge.setData(x, values)

    def remove(self) -> None:
        """Take it off the plot."""
        self._plot.removeItem(self._area)
