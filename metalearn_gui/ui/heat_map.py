"""Matrices of signed numbers in colour: one scale for all, 0 is the ground, the mouse reads every entry."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.text import MINUS, number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font

GAP, NAME, STRIP, BAR, SCALE = 8.0, 16.0, 9.0, 10.0, 64.0
TYPICAL = 99.0  # per cent of the entries lie within the scale: a single giant would leave all others pale
DIGITS = (3, 2, 1)  # of the numbers in the cells: as many as there is room for
LEAST_HEIGHT, VALUE_GAP = 13.0, 6.0  # of a cell with its number in it, and what stays free beside that


class Tile(NamedTuple):
    """A matrix and its name; rows may have names of their own, written at its left."""

    name: str
    values: Array
    row_names: tuple[str, ...] = ()


class Group(NamedTuple):
    """Tiles one below the other, with a word below them all."""

    name: str
    tiles: tuple[Tile, ...]


class HeatMap(QWidget):
    """Groups side by side, and at the right the scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups: tuple[Group, ...] = ()
        self._reach = 1.0
        self.setFont(ui_font(12))
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def groups(self) -> tuple[Group, ...]:
        return self._groups

    @property
    def reach(self) -> float:
        """The size of the number that has the full colour."""
        return self._reach

    def set_groups(self, groups: Sequence[Group]) -> None:
        """Show these."""
        self._groups = tuple(groups)
        sizes = [np.abs(tile.values[np.isfinite(tile.values)]).ravel() for group in groups for tile in group.tiles]
        entries = np.concatenate(sizes) if sizes else np.zeros(1)
        self._reach = (float(np.percentile(entries, TYPICAL)) if len(entries) else 0.0) or 1.0
        self.update()

    def text_at(self, position: QPointF) -> str:
        """The entry under a position and its value; empty beside the tiles."""
        for tile, place in self._places():
            if place.contains(position):
                rows, columns = tile.values.shape
                row = min(int((position.y() - place.top()) / place.height() * rows), rows - 1)
                column = min(int((position.x() - place.left()) / place.width() * columns), columns - 1)
                name = tile.row_names[row] if tile.row_names else tile.name
                index = f"[{column + 1}]" if tile.row_names or rows == 1 else f"[{row + 1}, {column + 1}]"
                return f"{name}{index}  {number_text(float(tile.values[row, column]))}"
        return ""

    def sizeHint(self) -> QSize:
        return QSize(200, 112)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 64)

    # --- places -----------------------------------------------------------------------------------

    def _places(self) -> Iterator[tuple[Tile, QRectF]]:
        for group, column in zip(self._groups, self._columns(), strict=True):
            tallest = max(len(tile.values) for tile in group.tiles)
            strips = [len(tile.values) == 1 < tallest for tile in group.tiles]  # a bias below its weights
            free = column.height() - STRIP * sum(strips) - 2.0 * (len(strips) - 1)
            tall, top = max(free, 4.0) / max(1, strips.count(False)), column.top()
            for tile, strip in zip(group.tiles, strips, strict=True):
                height = STRIP if strip else tall
                yield tile, QRectF(column.left() + self._row_names_width(tile), top,
                                   column.width() - self._row_names_width(tile), height)  # fmt: skip
                top += height + 2.0

    def _columns(self) -> list[QRectF]:
        """A place for each group: wider with more columns, but never less than its name."""
        names = [self.fontMetrics().horizontalAdvance(group.name) for group in self._groups]
        shares = [math.sqrt(max(tile.values.shape[1] for tile in group.tiles)) for group in self._groups]
        width = max(0.0, self.width() - scaled(SCALE) - GAP * len(shares) - sum(names))
        height = self.height() - (scaled(NAME) if any(group.name for group in self._groups) else 0)
        left, columns = 0.0, []
        for name, share in zip(names, shares, strict=True):
            columns.append(QRectF(left, 0.0, name + width * share / sum(shares), height))
            left = columns[-1].right() + GAP
        return columns

    def _row_names_width(self, tile: Tile) -> float:
        return max((self.fontMetrics().horizontalAdvance(name) + 10.0 for name in tile.row_names), default=0.0)

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for tile, place in self._places():
            self._paint_tile(painter, tile, place)
        painter.setPen(theme().palette.muted)
        for group, column in zip(self._groups, self._columns(), strict=True):
            below = QRectF(column.left(), column.bottom(), column.width() + GAP, scaled(NAME))
            name = painter.fontMetrics().elidedText(group.name, Qt.TextElideMode.ElideRight, int(below.width()))
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        if self._groups:
            self._paint_scale(
                painter, QRectF(self.width() - scaled(SCALE) + 4.0, 0.0, BAR, self._columns()[0].height())
            )

    def _paint_tile(self, painter: QPainter, tile: Tile, place: QRectF) -> None:
        painter.drawImage(place, signed_image(tile.values / self._reach))
        painter.setPen(QPen(theme().palette.line, 1))
        painter.drawRect(place)
        rows, columns = tile.values.shape
        cell = QRectF(0, 0, place.width() / columns, place.height() / rows)
        texts = self.cell_texts(tile, cell.width() - VALUE_GAP) if cell.height() >= scaled(LEAST_HEIGHT) else []
        palette = theme().palette
        line = self.fontMetrics().height()
        every = math.ceil(line / max(cell.height(), 1.0))  # low rows are named by turns
        for row in range(rows if tile.row_names or texts else 0):
            top = place.top() + row * cell.height()
            painter.setPen(palette.text)
            if tile.row_names and row % every == 0:
                middle = max(top + cell.height() / 2, line / 2)
                beside = QRectF(place.left() - self._row_names_width(tile), middle - line / 2, 200, line)
                painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, tile.row_names[row])
            for column, text in enumerate(texts[row] if texts else []):
                inside = cell.translated(place.left() + column * cell.width(), top)
                is_full = abs(float(tile.values[row, column])) > self._reach / 2
                painter.setPen(palette.on_accent if is_full else palette.text)
                painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, text)

    def cell_texts(self, tile: Tile, width: float) -> list[list[str]]:
        """Every entry as a text no wider than this, all with as many digits; empty where there is no room."""
        for digits in DIGITS:
            texts = [[_short(float(value), digits) for value in row] for row in tile.values]
            if max(self.fontMetrics().horizontalAdvance(text) for row in texts for text in row) <= width:
                return texts
        return []

    def _paint_scale(self, painter: QPainter, bar: QRectF) -> None:
        painter.drawImage(bar, signed_image(np.linspace(1.0, -1.0, 65)[:, None]))
        painter.setPen(theme().palette.muted)
        right = bar.right() + 5.0
        alignments = (Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignBottom)
        for value, alignment in zip((self._reach, 0.0, -self._reach), alignments, strict=True):
            text = _short(value, 2)
            painter.drawText(QRectF(right, bar.top(), scaled(SCALE), bar.height()), alignment, text)

    # --- the mouse --------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        QToolTip.showText(event.globalPosition().toPoint(), self.text_at(event.position()), self)

    def leaveEvent(self, event: QEvent) -> None:
        QToolTip.hideText()


def signed_image(shares: Array) -> QImage:
    """Shares of the scale, -1 to 1, as colours between the ground and either end; what is no number is the error's."""
    palette = theme().palette
    ground, above, below = (_rgb(color) for color in (palette.background, palette.learner, palette.before))
    clipped = np.clip(np.nan_to_num(shares), -1.0, 1.0)[..., None]
    pixels = ground + np.abs(clipped) * (np.where(clipped > 0, above, below) - ground)
    pixels = np.where(np.isfinite(shares)[..., None], pixels, _rgb(palette.error))
    data = np.ascontiguousarray(np.round(pixels), dtype=np.uint8)
    rows, columns = data.shape[:2]
    return QImage(data.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()


def _short(value: float, digits: int) -> str:
    """A number with so many digits."""
    return f"{value:.{digits}g}".replace("-", MINUS)


def _rgb(color: QColor) -> Array:
    return np.array([color.red(), color.green(), color.blue()], float)
