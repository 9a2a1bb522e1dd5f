"""Losses in the cells of a grid under the hand: one scale of colours, a name for every row and column."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.loss_range import EVERY
from metalearn_gui.ui.canvas.axes import draw_words
from metalearn_gui.ui.loss_colors import LossScale, ink_on
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.walked import Walked

GAP, NAME_HEIGHT, LEGEND = 2.0, 18.0, 34.0


@dataclasses.dataclass(frozen=True, eq=False)
class Cells:
    """losses (rows, columns): NaN where none is known yet, infinite where it diverged.

    cut_short: the cells (row, column) of runs that were stopped on their way.
    """

    losses: Array
    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    row_title: str = ""
    column_title: str = ""
    cut_short: frozenset[tuple[int, int]] = frozenset()


class CellMap(Walked):
    """Arrows move, Enter or a click opens; the best cell has a ring."""

    opened = Signal(int, int)  # row, column

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "cell_map")
        self._cells: Cells | None = None
        self._scale = LossScale(0.1, 1.0)
        self._at = (0, 0)
        self._busy: tuple[int, int] | None = None
        self._busy_word = self.words = ""
        theme().changed.connect(self.update)

    def show_cells(self, cells: Cells | None, words: str = "") -> None:
        """Draw these; words stand in their place where there are none."""
        self._cells, self.words = cells, words
        if cells is not None:
            self._scale = LossScale.of(cells.losses, EVERY)
            rows, columns = cells.losses.shape
            self._at = (min(self._at[0], rows - 1), min(self._at[1], columns - 1))
        self.setAccessibleName(self.best_text() or words)
        self.update()

    def show_busy(self, place: tuple[int, int] | None, word: str) -> None:
        """The cell that something is done for now, and what."""
        if (place, word) != (self._busy, self._busy_word):
            self._busy, self._busy_word = place, word
            self.update()

    @property
    def best(self) -> tuple[int, int] | None:
        """The cell of the lowest loss; None where none is known."""
        if self._cells is None or not np.isfinite(self._cells.losses).any():
            return None
        place = int(np.nanargmin(np.where(np.isfinite(self._cells.losses), self._cells.losses, np.nan)))
        row, column = np.unravel_index(place, self._cells.losses.shape)
        return int(row), int(column)

    def best_text(self) -> str:
        """The best cell in words; empty where none is known."""
        best = self.best
        return "" if best is None else self.tr("best: {cell}").format(cell=self.cell_text(*best))

    def cell_text(self, row: int, column: int) -> str:
        """A cell's names and its loss."""
        assert self._cells is not None
        loss = float(self._cells.losses[row, column])
        said = (
            self.tr("loss {loss}").format(loss=number_text(loss)) if math.isfinite(loss) else self._no_loss_text(loss)
        )
        names = filter(None, (self._cells.row_names[row], self._cells.column_names[column]))
        titles = [title for title in (self._cells.row_title, self._cells.column_title) if title]
        pairs = [f"{title} {name}" for title, name in zip(titles, names, strict=False)]
        cut = [self.tr("cut short")] if (row, column) in self._cells.cut_short else []
        return ", ".join([*pairs, said, *cut])

    def _no_loss_text(self, loss: float) -> str:
        return self.tr("not known yet") if math.isnan(loss) else self.tr("diverged")

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 140)

    # --- places -----------------------------------------------------------------------------------

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell lies."""
        assert self._cells is not None
        area = self._area()
        rows, columns = self._cells.losses.shape
        width, height = area.width() / columns, area.height() / rows
        return QRectF(area.left() + column * width, area.top() + row * height, width, height)

    def cell_at(self, position: QPointF) -> tuple[int, int] | None:
        """The cell under a position; None beside them."""
        if self._cells is None or not self._area().contains(position):
            return None
        first = self.cell_rect(0, 0)
        row, column = (position.y() - first.top()) / first.height(), (position.x() - first.left()) / first.width()
        rows, columns = self._cells.losses.shape
        return min(int(row), rows - 1), min(int(column), columns - 1)

    def _area(self) -> QRectF:
        assert self._cells is not None
        metrics = QFontMetrics(ui_font(12))  # as they are painted: the widget's own font knows of no zoom
        widest = max(metrics.horizontalAdvance(name) for name in (*self._cells.row_names, self._cells.row_title))
        left = widest + 14.0
        line = scaled(NAME_HEIGHT)
        return QRectF(left, line, self.width() - left, self.height() - 3 * line - scaled(LEGEND))

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), theme().palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(12))
        if self._cells is None:
            draw_words(painter, QRectF(self.rect()), self.words)
            return
        rows, columns = self._cells.losses.shape
        for row in range(rows):
            for column in range(columns):
                self._paint_cell(painter, row, column)
        self._paint_names(painter)
        for place, color in ((self.best, palette.text), (self._at if self.hasFocus() else None, palette.learner)):
            if place is not None:
                painter.setPen(QPen(color, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(self.cell_rect(*place).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        area = self._area()
        self._scale.draw_bar(
            painter, QRectF(area.left(), self.height() - scaled(LEGEND - 6), min(area.width(), scaled(280)), scaled(9))
        )

    def _paint_cell(self, painter: QPainter, row: int, column: int) -> None:
        assert self._cells is not None
        palette, loss = theme().palette, float(self._cells.losses[row, column])
        box = self.cell_rect(row, column).adjusted(GAP, GAP, -GAP, -GAP)
        color = (
            palette.panel if math.isnan(loss) else palette.background if math.isinf(loss) else self._scale.color(loss)
        )
        is_busy = math.isnan(loss) and (row, column) == self._busy
        edge = palette.learner if is_busy else palette.line
        painter.setPen(QPen(edge, 1) if math.isnan(loss) else Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(box, 4, 4)
        if is_busy:
            painter.setPen(palette.muted)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._busy_word)
        if not math.isnan(loss):
            self._paint_loss(painter, box, loss, _ink(loss, color), (row, column) in self._cells.cut_short)

    def _paint_loss(self, painter: QPainter, box: QRectF, loss: float, ink: QColor, is_cut_short: bool) -> None:
        painter.setFont(ui_font(13, 600))
        painter.setPen(ink)
        text = number_text(loss) if math.isfinite(loss) else self.tr("diverged")
        if not math.isfinite(loss) and painter.fontMetrics().horizontalAdvance(text) > box.width():
            text = "×"
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        if is_cut_short:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink, 1.2, Qt.PenStyle.DashLine))  # said by it alone where there is no room for words
            painter.drawRoundedRect(box.adjusted(4, 4, -4, -4), 3, 3)
            painter.setFont(ui_font(11))
            metrics, words = painter.fontMetrics(), self.tr("cut short")
            below = QRectF(box.left(), box.center().y() + 0.8 * metrics.height(), box.width(), metrics.height())
            if metrics.horizontalAdvance(words) < box.width() - 12 and below.bottom() < box.bottom() - 6:
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_names(self, painter: QPainter) -> None:
        assert self._cells is not None
        area, palette = self._area(), theme().palette
        painter.setFont(ui_font(12))
        painter.setPen(palette.text)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, name in enumerate(self._cells.row_names):
            place = self.cell_rect(row, 0)
            painter.drawText(QRectF(0, place.top(), area.left() - 8, place.height()), right, name)
        for column, name in enumerate(self._cells.column_names):
            place = self.cell_rect(0, column)
            below = QRectF(place.left(), area.bottom() + 2, place.width(), scaled(NAME_HEIGHT))
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(place.width()))
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)
        painter.setPen(palette.muted)
        painter.drawText(QRectF(0, 0, area.left() - 8, scaled(NAME_HEIGHT)), right, self._cells.row_title)
        below = QRectF(area.left(), area.bottom() + scaled(NAME_HEIGHT), area.width(), scaled(NAME_HEIGHT))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._cells.column_title)

    # --- the hand ---------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.cell_at(event.position())
        self.setToolTip(self.cell_text(*place) if place is not None else "")
        self.setCursor(Qt.CursorShape.PointingHandCursor if place is not None else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self.cell_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._at = place
            self.opened.emit(*place)

    @property
    def has_places(self) -> bool:
        return self._cells is not None

    def walk(self, rows: int, columns: int) -> None:
        assert self._cells is not None
        count = self._cells.losses.shape
        self._at = (min(max(self._at[0] + rows, 0), count[0] - 1), min(max(self._at[1] + columns, 0), count[1] - 1))
        self.setAccessibleName(self.cell_text(*self._at))
        self.update()

    def open_place(self) -> None:
        self.opened.emit(*self._at)


def _ink(loss: float, color: QColor) -> QColor:
    return ink_on(color) if math.isfinite(loss) else theme().palette.error
