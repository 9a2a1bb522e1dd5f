"""Pseudo-code with the running lines lit and live numbers beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.ui.canvas.markers import faded
from metalearn_gui.ui.theme import scaled, theme, ui_font

ROW, INDENT, LEAST_ROW = 46, 18, 22
BESIDE = 10  # between a text and the number at its right
SEVERAL = " · "  # between numbers
SMALLEST = 11  # of the type that a long formula is written in


class Shown(NamedTuple):
    """A line as it is drawn: what it does, in symbols; at its right what its symbols stand for and where it stands."""

    text: str
    formula: str
    values: str
    live: str
    depth: int
    is_lit: bool


class AlgorithmView(QWidget):
    """Shows what it is told."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("algorithm_view")
        self._lines: tuple[Shown, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def lines(self) -> tuple[Shown, ...]:
        return self._lines

    def show_lines(self, lines: Sequence[Shown]) -> None:
        """Draw these."""
        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        spoken = (f"{line.text}: {line.formula} {line.values} {line.live}".strip() for line in lines)
        self.setAccessibleDescription("; ".join(spoken))
        self.setToolTip("\n".join(f"{line.text}: {line.formula}" for line in lines))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, ROW * 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, LEAST_ROW * 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._lines:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = min(self.height() / len(self._lines), scaled(ROW))
        for place, line in enumerate(self._lines):
            self._paint_line(painter, QRectF(0, place * height, self.width(), height), line)

    def _paint_line(self, painter: QPainter, row: QRectF, line: Shown) -> None:
        palette = theme().palette
        box = row.adjusted(line.depth * INDENT, 1.5, 0, -1.5)
        if line.is_lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faded(palette.learner, 38))
            painter.drawRoundedRect(box, 6, 6)
            painter.setBrush(palette.learner)
            painter.drawRoundedRect(QRectF(box.left(), box.top() + 4, 3, box.height() - 8), 1.5, 1.5)
        inside = box.adjusted(12, 1, -8, -1)
        has_two = inside.height() >= scaled(34)
        upper = QRectF(inside.left(), inside.top(), inside.width(), inside.height() / (2 if has_two else 1))
        self._write(painter, upper, line.formula, line.values if has_two else line.live, line.is_lit, is_main=True)
        if has_two:
            lower = upper.translated(0, upper.height())
            self._write(painter, lower, line.text, line.live, line.is_lit, is_main=False)

    def _write(self, painter: QPainter, box: QRectF, text: str, number: str, is_lit: bool, is_main: bool) -> None:
        """The text at the left, and at the right a number; what that says before a colon gives way to the text.

        So do the last of several numbers, for which a long formula has no room however small it is written.
        """
        palette = theme().palette
        middle = Qt.AlignmentFlag.AlignVCenter
        text_font = ui_font(13.5, 600 if is_lit else 500) if is_main else ui_font(12)
        painter.setFont(ui_font(12, 600 if is_lit else 400))
        needed = QFontMetrics(text_font).horizontalAdvance(text) + BESIDE
        if painter.fontMetrics().horizontalAdvance(number) + needed > box.width():
            number = number.rpartition(": ")[2]
        numbers, least = painter.fontMetrics(), QFont(text_font)
        least.setPixelSize(min(text_font.pixelSize(), scaled(SMALLEST)))
        needed = QFontMetrics(least).horizontalAdvance(text) + BESIDE
        while SEVERAL in number and numbers.horizontalAdvance(number) + needed > box.width():
            number = number.rpartition(SEVERAL)[0]
        painter.setPen(palette.accent_text if is_lit else palette.muted)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | middle, number)
        room = box.width() - painter.fontMetrics().horizontalAdvance(number) - (BESIDE if number else 0)
        while text_font.pixelSize() > scaled(SMALLEST) and QFontMetrics(text_font).horizontalAdvance(text) > room:
            text_font.setPixelSize(text_font.pixelSize() - 1)
        painter.setFont(text_font)
        painter.setPen(palette.text if is_main else palette.muted)
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | middle, elided)
