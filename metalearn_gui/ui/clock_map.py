"""Losses by two clocks under the hand: meta-iterations downward, adaptation steps across."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import draw_words
from metalearn_gui.ui.loss_colors import LossScale, ink_on
from metalearn_gui.ui.text import count_text
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.walked import Walked

HUGE = 1e4  # a loss from here on is called diverged
BEYOND = 2.0  # times the largest loss before adapting: what is worse has the colour of the worst
ROW, GAP, AXIS = 20, 1.5, 20
SIZES = (11.5, 10.0, 9.0)  # of the type, as the cell has room


class ClockMap(Walked):
    """Emits the cell that the hand is on; shows what it is told."""

    chosen = Signal(int, int)  # row, step
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "clock_map")
        self._iterations: tuple[int, ...] = ()
        self._losses = np.empty((0, 0))
        self._scale = LossScale.of(self._losses)
        self._cell = (-1, 0)
        self._words = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def most_rows(self) -> int:
        """As many as can be read."""
        return max(2, int((self.height() - scaled(AXIS)) // scaled(ROW)))

    def show_rows(self, iterations: Sequence[int], losses: Array, cell: tuple[int, int], words: str) -> None:
        """losses (rows, steps + 1), a row all NaN while unknown; cell: what is shown; words: where no row is."""
        self._iterations, self._losses, self._cell, self._words = tuple(iterations), losses, cell, words
        before = losses[:, :1][np.isfinite(losses[:, :1])]
        reach = min(BEYOND * float(before.max(initial=0.0)), HUGE)
        self._scale = LossScale.of(losses[losses <= reach])
        self.update()

    # --- places -----------------------------------------------------------------------------------

    @property
    def _left(self) -> float:
        metrics = QFontMetrics(ui_font(11.5, 700))  # as painted: the widget's own font knows of no zoom
        widest = max((metrics.horizontalAdvance(count_text(one)) for one in self._iterations), default=0)
        return widest + 10.0

    def cell_rect(self, row: int, step: int) -> QRectF:
        """Where a cell lies."""
        rows, columns = self._losses.shape
        width = (self.width() - self._left) / max(columns, 1)
        height = min((self.height() - scaled(AXIS)) / max(rows, 1), 2.2 * scaled(ROW))
        return QRectF(self._left + step * width, row * height, width, height)

    def cell_at(self, position: QPointF) -> tuple[int, int]:
        """The nearest cell's row and step."""
        first = self.cell_rect(0, 0)
        rows, columns = self._losses.shape
        row = math.floor(position.y() / max(first.height(), 1.0))
        step = math.floor((position.x() - first.left()) / max(first.width(), 1.0))
        return min(max(row, 0), rows - 1), min(max(step, 0), columns - 1)

    def sizeHint(self) -> QSize:
        return QSize(340, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 110)

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not len(self._iterations):
            draw_words(painter, QRectF(self.rect()), self._words)
            return
        rows, columns = self._losses.shape
        for row in range(rows):
            self._paint_label(painter, row)
            for step in range(columns):
                self._paint_cell(painter, row, step)
        self._paint_steps(painter)
        self._paint_ring(painter)

    def _paint_label(self, painter: QPainter, row: int) -> None:
        place = self.cell_rect(row, 0)
        is_here = row == self._cell[0]
        painter.setFont(ui_font(11.5, 700 if is_here else 400))
        painter.setPen(theme().palette.text if is_here else theme().palette.muted)
        label = QRectF(0, place.top(), place.left() - 8, place.height())
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(label, side, count_text(self._iterations[row]))

    def _paint_cell(self, painter: QPainter, row: int, step: int) -> None:
        palette, loss = theme().palette, float(self._losses[row, step])
        box = self.cell_rect(row, step).adjusted(GAP, GAP, -GAP, -GAP)
        is_known, is_diverged = not np.isnan(self._losses[row]).all(), not loss < HUGE
        color = palette.panel if not is_known else palette.error if is_diverged else self._scale.color(loss)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setOpacity(0.22 if is_diverged and is_known else 1.0)
        painter.setBrush(color)
        painter.drawRoundedRect(box, 3, 3)
        painter.setOpacity(1.0)
        painter.setPen(palette.muted if not is_known else palette.error if is_diverged else ink_on(color))
        texts = (cell_text(loss), cell_text(loss, is_short=True)) if is_known else ("…",)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _first_fitting(painter, texts, box.width() - 2))

    def _paint_steps(self, painter: QPainter) -> None:
        rows, columns = self._losses.shape
        every = 1 if columns < 16 else 5
        for step in {*range(0, columns, every), self._cell[1]}:
            is_here = step == self._cell[1]
            below = self.cell_rect(rows - 1, step).translated(0, self.cell_rect(0, 0).height() + 2)
            below.setHeight(scaled(16))
            painter.setFont(ui_font(11.5, 700 if is_here else 400))
            painter.setPen(theme().palette.text if is_here else theme().palette.muted)
            painter.drawText(below.adjusted(-6, 0, 6, 0), Qt.AlignmentFlag.AlignCenter, str(step))

    def _paint_ring(self, painter: QPainter) -> None:
        if self._cell[0] < 0:
            return
        box = self.cell_rect(*self._cell).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme().palette.learner if self.hasFocus() else theme().palette.text, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)

    # --- the hand ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(event.position())

    def _choose(self, position: QPointF) -> None:
        if len(self._iterations) and (cell := self.cell_at(position)) != self._cell:
            self.chosen.emit(*cell)

    @property
    def has_places(self) -> bool:
        return bool(self._iterations)

    def walk(self, rows: int, columns: int) -> None:
        row, step = self._cell[0] + rows, self._cell[1] + columns
        if 0 <= row < self._losses.shape[0] and 0 <= step < self._losses.shape[1]:
            self.chosen.emit(row, step)

    def open_place(self) -> None:
        self.chosen.emit(*self._cell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


def _first_fitting(painter: QPainter, texts: Sequence[str], width: float) -> str:
    """The first text that fits, in type of this size or smaller; "" for none. The painter has its type then."""
    for text in texts:
        for size in SIZES:
            painter.setFont(ui_font(size, 500))
            if painter.fontMetrics().horizontalAdvance(text) <= width:
                return text
    return ""


def cell_text(loss: float, is_short: bool = False) -> str:
    """Two figures, or one where it is to be short, as few letters as they can be; a cross for a loss out of bounds."""
    if not loss < HUGE:
        return "×"
    if loss >= 999.5:
        return f"{loss / 1000:.{0 if is_short else 1}f}k"  # a thousand written out does not fit its cell
    if loss >= 10:
        return count_text(round(loss))
    return f"{loss:.1f}" if loss >= 1 else f"{loss:.{1 if is_short else 2}g}"
