"""Where a live curve stands: a dotted vertical, a dot on the latest value, and that value beside it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel, QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.plotting import ThemedPlot, line_pen
from metalearn_gui.ui.theme import theme, ui_font

FARTHEST = 40  # pixels that the words may stand off their dot


class NowMarker:
    """Belongs to a plot; the labels stay inside it and on the side where there is room."""

    def __init__(self, plot: ThemedPlot) -> None:
        self._plot = plot
        self._line = pg.InfiniteLine(angle=90)
        self._line.setZValue(8)
        self._dot = pg.ScatterPlotItem(size=7, pxMode=True, antialias=True)
        self._dot.setZValue(9)
        plot.addItem(self._line, ignoreBounds=True)
        plot.addItem(self._dot, ignoreBounds=True)
        self._value, self._word = QLabel(plot), QLabel(plot)
        self._value.setFont(ui_font(13, 600))
        self._word.setFont(ui_font(11))
        for label in (self._value, self._word):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._corner: QWidget | None = None
        self._levels: Array = np.empty(0)
        self.hide()

    def keep_clear_of(self, corner: QWidget) -> None:
        """What lies in a lower corner of the plot, and is not to be written over."""
        self._corner = corner

    def keep_off(self, levels: Array) -> None:
        """Horizontal lines, in view coordinates, that seem to strike words through."""
        self._levels = levels

    def set_word(self, text: str) -> None:
        """What the place is called ("now")."""
        self._word.setText(text)
        self._word.adjustSize()

    def restyle(self) -> None:
        palette = theme().palette
        ground = palette.background.name()  # at a run's end the words lie over the curves
        self._line.setPen(line_pen(palette.muted, "dotted", 1.0))
        self._dot.setPen(None)
        self._dot.setBrush(palette.unseen)
        self._value.setStyleSheet(f"color: {palette.unseen.name()}; background: {ground};")
        self._word.setStyleSheet(f"color: {palette.muted.name()}; background: {ground};")

    def hide(self) -> None:
        for part in (self._line, self._dot, self._value, self._word):
            part.setVisible(False)

    def show_at(self, x: float, value_x: float, value_y: float, text: str) -> None:
        """The vertical at x; the dot at (value_x, value_y) in view coordinates, with its text; no text, no dot."""
        self._line.setValue(x)
        self._line.setVisible(True)
        self._dot.setVisible(bool(text))
        self._value.setVisible(bool(text))
        self._word.setVisible(True)
        if text:
            self._dot.setData([value_x], [value_y])
            self._value.setText(text)
            self._value.adjustSize()
        self._place(self._plot.point_of(x, value_y if text else 0.0), bool(text))

    def _place(self, at: QPointF, has_value: bool) -> None:
        area = self._plot.plot_area()
        width = max(self._value.width() if has_value else 0, self._word.width())
        goes_right = at.x() + 8 + width <= area.right() - 2
        height = (self._value.height() if has_value else 0) + self._word.height()
        left = at.x() + 8 if goes_right else at.x() - 8 - width
        lowest = self._lowest(left, left + width, area.bottom())
        top = at.y() - self._value.height() / 2 if has_value else lowest - self._word.height() - 4
        top = self._off_levels(top, height, area.top() + 2, lowest - height - 2)
        for label in (self._value, self._word):
            label.move(int(at.x() + 8 if goes_right else at.x() - 8 - label.width()), int(top))
            top += label.height() if label is self._value and has_value else 0

    def _off_levels(self, top: float, height: float, least: float, most: float) -> float:
        """The nearest place for words so high, from `least` to `most`, where no level meets them, if there is one."""
        at = [self._plot.point_of(0.0, level).y() for level in self._levels]
        top = min(max(top, least), most)
        shifts = (sign * pixels for pixels in range(0, FARTHEST, 2) for sign in (1, -1))
        clear = (
            top + shift
            for shift in shifts
            if least <= top + shift <= most and not any(top + shift <= y <= top + shift + height for y in at)
        )
        return next(clear, top)

    def _lowest(self, left: float, right: float, bottom: float) -> float:
        """How far down words may go that reach from left to right."""
        if self._corner is None:
            return bottom
        corner = self._corner.geometry()
        return min(bottom, corner.top()) if left < corner.right() and right > corner.left() else bottom
