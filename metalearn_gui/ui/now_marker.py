"""Where a live curve stands: a dotted vertical, a dot on the latest value, and that value beside it."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtWidgets import QLabel, QWidget

from metalearn_gui.ui.colors import for_words
from metalearn_gui.ui.free_place import MANY, Lines, heights_of, num_within
from metalearn_gui.ui.plotting import ThemedPlot, line_pen
from metalearn_gui.ui.theme import scaled, theme, ui_font

DOT = 7
FARTHEST = 60  # pixels that the words may stand off their dot
BESIDE = 8  # pixels from the vertical to the words
BETWEEN = 4  # pixels between a value and its word in a row


class NowMarker:
    """Belongs to a plot; the labels stay inside it and on the side where there is room."""

    def __init__(self, plot: ThemedPlot) -> None:
        self._plot = plot
        self._line = pg.InfiniteLine(angle=90)
        self._line.setZValue(8)
        self._dot = pg.ScatterPlotItem(pxMode=True, antialias=True)
        self._dot.setZValue(9)
        plot.addItem(self._line, ignoreBounds=True)
        plot.addItem(self._dot, ignoreBounds=True)
        self._value, self._word = QLabel(plot), QLabel(plot)
        self._value.setFont(ui_font(13, 600))
        self._word.setFont(ui_font(11))
        for label in (self._value, self._word):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._others: tuple[QWidget, ...] = ()
        self._lines: Lines = ()
        self.hide()

    def keep_clear_of(self, *others: QWidget) -> None:
        """What else lies in the plot, and is not to be written over."""
        self._others = others

    def keep_off(self, lines: Lines) -> None:
        """Curves and levels, which words would hide or seem to be struck through by."""
        self._lines = lines

    def set_word(self, text: str) -> None:
        """What the place is called ("now")."""
        self._word.setText(text)
        self._word.adjustSize()

    def restyle(self) -> None:
        palette = theme().palette
        ground = palette.background.name()  # at a run's end the words lie over the curves
        self._line.setPen(line_pen(palette.muted, "dotted", 1.0))
        self._dot.setPen(None)
        self._dot.setSize(scaled(DOT))
        self._dot.setBrush(palette.unseen)
        self._value.setStyleSheet(f"color: {for_words(palette.unseen).name()}; background: {ground};")
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
        """The word below its value; behind it where there is no free place so high."""
        labels = [self._value, self._word] if has_value else [self._word]
        widths, heights = [label.width() for label in labels], [label.height() for label in labels]
        stacked = QSizeF(max(widths), sum(heights))
        in_a_row = QSizeF(sum(widths) + BETWEEN * has_value, max(heights))
        box, hidden, is_row = *self._best_box(at, stacked, has_value), False
        if hidden:
            other, least = self._best_box(at, in_a_row, has_value)
            box, is_row = (other, True) if least < hidden else (box, False)
        left, bottom, is_right = box.left(), box.top(), box.left() > at.x()
        for label in labels:
            bottom = box.bottom() if is_row else bottom + label.height()
            beside = left if is_row or is_right else box.right() - label.width()
            label.move(int(beside), int(bottom) - label.height())
            left += is_row * (label.width() + BETWEEN)

    def _best_box(self, at: QPointF, size: QSizeF, has_value: bool) -> tuple[QRectF, float]:
        """For words beside a place: where they hide least, at its right and near it if it can be; and how much."""
        area = self._plot.plot_area()
        lowest = area.bottom() - size.height() - 2
        wanted = min(max(at.y() - self._value.height() / 2 if has_value else lowest - 2, area.top() + 2), lowest)
        best, least = QRectF(QPointF(at.x() + BESIDE, wanted), size), math.inf
        lefts = (at.x() + BESIDE, at.x() - BESIDE - size.width())
        for left in [left for left in lefts if area.left() <= left <= area.right() - 2 - size.width()] or lefts[1:]:
            heights = heights_of(self._plot, self._lines, left, left + size.width())
            for shift in (sign * pixels for pixels in range(0, FARTHEST, 2) for sign in (1, -1)):
                box = QRectF(QPointF(left, wanted + shift), size)
                if not area.top() + 2 <= box.top() <= lowest:
                    continue
                is_covered = any(box.intersects(QRectF(one.geometry())) for one in self._others if one.isVisible())
                hidden = num_within(heights, box) + MANY * is_covered
                best, least = (box, hidden) if hidden < least else (best, least)
                if not least:
                    return best, least
        return best, least
