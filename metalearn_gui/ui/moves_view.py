"""A row for each layer: change of each weight in colour, a bar for each step, and how much has moved."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.markers import faded
from metalearn_gui.ui.moves import Move
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font

HEAD, NAME, SHARE = 24, 78, 62
STRIP_PART, BARS_PART = 0.56, 0.44  # of the width between the names and the shares
TALLEST_STRIP, LONGEST_ROW, WIDEST_BAR = 78.0, 110.0, 28
TYPICAL = 99.0  # per cent of the changes lie within the scale of colours


class MovesView(QWidget):
    """Shows what it is told."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("moves_view")
        self._moves: tuple[Move, ...] = ()
        self._names: tuple[str, ...] = ()
        self._heads = ("", "", "", "")
        self._step, self._reach = 0, 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_heads(self, layer: str, change: str, by_step: str, moved: str) -> None:
        """Words over the columns."""
        self._heads = (layer, change, by_step, moved)
        self.update()

    def show_moves(self, moves: list[Move], names: list[str], step: int) -> None:
        """A row for each of these."""
        self._moves, self._names, self._step = tuple(moves), tuple(names), step
        entries = np.concatenate([np.abs(move.change).ravel() for move in moves]) if moves else np.zeros(1)
        self._reach = float(np.percentile(entries, TYPICAL)) or float(entries.max()) or 1.0
        told = (f"{name} {share_text(move)}" for name, move in zip(names, moves, strict=True))
        self.setAccessibleDescription(", ".join(told))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(460, 250)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 100)

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._moves:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        columns = self._columns()
        self._paint_heads(painter, columns)
        head = scaled(HEAD)
        height = min((self.height() - head) / len(self._moves), scaled(LONGEST_ROW))
        tallest = max(float(move.by_step.max(initial=0.0)) for move in self._moves) or 1.0
        for place, (move, name) in enumerate(zip(self._moves, self._names, strict=True)):
            row = QRectF(0, head + place * height, self.width(), height)
            self._paint_row(painter, row, columns, move, name, tallest)

    def _columns(self) -> list[tuple[float, float]]:
        """Left and width of: the name, the strip, the bars, the share."""
        name, share, gap = scaled(NAME), scaled(SHARE), 14.0
        room = max(self.width() - name - share - 2 * gap, 40.0)
        strip, bars = STRIP_PART * room, BARS_PART * room
        return [(0.0, name), (name, strip), (name + strip + gap, bars), (self.width() - share, share)]

    def _paint_heads(self, painter: QPainter, columns: list[tuple[float, float]]) -> None:
        painter.setFont(ui_font(12))
        painter.setPen(theme().palette.muted)
        for word, (left, width), is_last in zip(self._heads, columns, (False, False, False, True), strict=True):
            side = Qt.AlignmentFlag.AlignRight if is_last else Qt.AlignmentFlag.AlignLeft
            text = painter.fontMetrics().elidedText(word, Qt.TextElideMode.ElideRight, int(width))
            painter.drawText(QRectF(left, 0, width, scaled(18)), side | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_row(
        self, painter: QPainter, row: QRectF, columns: list[tuple[float, float]], move: Move, name: str, tallest: float
    ) -> None:
        palette = theme().palette
        painter.setPen(QPen(palette.line, 1))
        painter.drawLine(row.topLeft(), row.topRight())
        inside = row.adjusted(0, 6, 0, -6)
        boxes = [QRectF(left, inside.top(), width, inside.height()) for left, width in columns]
        self._paint_name(painter, boxes[0], move, name)
        self._paint_strip(painter, boxes[1], move.change)
        self._paint_bars(painter, boxes[2], move.by_step / tallest)
        painter.setFont(ui_font(14, 600))
        painter.setPen(palette.text)
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(boxes[3], side, share_text(move))

    def _paint_name(self, painter: QPainter, box: QRectF, move: Move, name: str) -> None:
        palette, line = theme().palette, scaled(17)
        shape = " × ".join(map(str, move.shape))
        has_two = box.height() >= 2 * line
        top = box.center().y() - (line if has_two else line / 2)
        for text, color, weight in ((name, palette.text, 600), (shape, palette.muted, 400)):
            painter.setFont(ui_font(12.5 if weight == 600 else 11.5, weight))
            painter.setPen(color)
            elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()) - 6)
            painter.drawText(QRectF(box.left(), top, box.width(), line), Qt.AlignmentFlag.AlignVCenter, elided)
            top += line
            if not has_two:
                return

    def _paint_strip(self, painter: QPainter, box: QRectF, change: Array) -> None:
        height = min(box.height(), scaled(TALLEST_STRIP) if len(change) > 1 else scaled(22))
        place = QRectF(box.left(), box.center().y() - height / 2, box.width(), height)
        painter.drawImage(place, self._image(change))
        painter.setPen(QPen(theme().palette.line, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place)

    def _image(self, change: Array) -> QImage:
        """The size of every change between the ground and the learner's colour."""
        palette = theme().palette
        shares = np.clip(np.abs(np.nan_to_num(change)) / self._reach, 0.0, 1.0)[..., None]
        ground, full = (
            np.array([color.red(), color.green(), color.blue()], float)
            for color in (palette.background, palette.learner)
        )
        data = np.ascontiguousarray(np.round(ground + shares * (full - ground)), dtype=np.uint8)
        rows, columns = data.shape[:2]
        return QImage(data.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()

    def _paint_bars(self, painter: QPainter, box: QRectF, shares: Array) -> None:
        palette = theme().palette
        slot = box.width() / max(len(shares), 1)
        painter.setPen(Qt.PenStyle.NoPen)
        for place, share in enumerate(shares.tolist()):
            height = max(2.0, share * box.height()) if math.isfinite(share) else 2.0
            painter.setBrush(palette.learner if place < self._step else faded(palette.truth, 150))
            width = min(max(slot - 4.0, 2.0), scaled(WIDEST_BAR))
            bar = QRectF(box.left() + place * slot, box.bottom() - height, width, height)
            painter.drawRoundedRect(bar, 2, 2)


def share_text(move: Move) -> str:
    """How much of a layer has moved; how far, where it starts at 0."""
    if not math.isfinite(move.moved):
        return number_text(move.distance)
    percent = 100 * move.moved
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %" if percent >= 0.05 or not percent else "< 0.1 %"
