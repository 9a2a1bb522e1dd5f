"""What stands around a plot: the legend below it and the box of exact values over it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from metalearn_gui.ui.free_place import FREE, Lines, heights_of, num_within
from metalearn_gui.ui.lookout import Lookout
from metalearn_gui.ui.plotting import ThemedPlot, line_pen
from metalearn_gui.ui.theme import scaled, theme, ui_font


@dataclasses.dataclass(frozen=True)
class LegendEntry:
    """One line of a plot: what it is and how it is drawn."""

    text: str
    color: QColor
    style: str = "solid"
    width: float = 2.0
    tip: str = ""


class Legend(QWidget):
    """Samples of lines with their names, below a plot; wraps where the width ends, and is closer where that is soon."""

    SAMPLE, BESIDE, GAP, ROW = 22, 7, 14, 18
    CLOSE_SAMPLE, CLOSE_BESIDE, CLOSE_GAP, SPACIOUS = 18, 4, 8, 350

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[LegendEntry, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFont(ui_font(12))
        Lookout(self, self._set_tip)

    def set_entries(self, entries: Sequence[LegendEntry]) -> None:
        """Show these; nothing is done when they are the ones shown."""
        if tuple(entries) == self._entries:
            return
        self._entries = tuple(entries)
        self.setAccessibleName(", ".join(entry.text for entry in entries))
        self.updateGeometry()
        QTimer.singleShot(0, self, self.updateGeometry)  # a layout that is under way hears of nothing
        self.update()

    @property
    def entries(self) -> tuple[LegendEntry, ...]:
        return self._entries

    def _set_tip(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self.setToolTip(self.tip_at(event.pos()))
        return False

    def tip_at(self, position: QPoint) -> str:
        """What is said of the entry there."""
        row, tip = position.y() // scaled(self.ROW), ""
        for entry, (place, x) in zip(self._entries, self._places(self.width()), strict=True):
            tip = entry.tip if place == row and x <= position.x() else tip
        return tip

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def heightForWidth(self, width: int) -> int:
        return scaled(self.ROW) * max(1, 1 + max((row for row, _ in self._places(width)), default=0))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sample, beside, _ = self._spacing(self.width())
        for entry, (row, x) in zip(self._entries, self._places(self.width()), strict=True):
            height = scaled(self.ROW)
            middle = height * row + height / 2
            painter.setPen(line_pen(entry.color, entry.style, entry.width))
            painter.drawLine(QPointF(x, middle), QPointF(x + sample, middle))
            painter.setPen(theme().palette.text)
            left = x + sample + beside
            rect = QRectF(left, height * row, max(0.0, self.width() - left), height)
            text = painter.fontMetrics().elidedText(entry.text, Qt.TextElideMode.ElideRight, int(rect.width()))
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _places(self, width: int) -> list[tuple[int, int]]:
        row, x, places = 0, 0, []
        sample, beside, gap = self._spacing(width)
        for entry in self._entries:
            needed = sample + beside + self.fontMetrics().horizontalAdvance(entry.text) + 1
            if x and x + needed > width:
                row, x = row + 1, 0
            places.append((row, x))
            x += needed + gap
        return places

    def _spacing(self, width: int) -> tuple[int, int, int]:
        """Length of a sample, and what is free before its text and before the next one."""
        close = (self.CLOSE_SAMPLE, self.CLOSE_BESIDE, self.CLOSE_GAP)
        sample, beside, gap = close if width < scaled(self.SPACIOUS) else (self.SAMPLE, self.BESIDE, self.GAP)
        return scaled(sample), scaled(beside), scaled(gap)


class Readout(QLabel):
    """A small box of exact values over a plot, beside the point it speaks of; never under the mouse."""

    def __init__(self, plot: ThemedPlot) -> None:
        super().__init__(plot)
        self._plot = plot
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setMargin(7)
        self.setFont(ui_font(12))
        self.hide()
        self.restyle()

    def restyle(self) -> None:
        palette = theme().palette
        self.setStyleSheet(
            f"QLabel {{ background: {palette.card.name()}; color: {palette.text.name()};"
            f" border: 1px solid {palette.line.name()}; border-radius: 6px; }}"
        )

    def show_at(self, x: float, html: str, lines: Lines = (), shorter: Sequence[str] = ()) -> bool:
        """Say this where it hides least of these lines (view coordinates): beside view coordinate x, or further off.

        shorter: the first of these that hides nothing is said instead where the whole would wherever it stood.
        Returns: whether it hides nothing.
        """
        for text in (html, *shorter):
            place, hidden = self._best_place(x, text, lines)
            if not hidden:
                break
        self.move(place.topLeft().toPoint())
        self.show()
        self.raise_()
        return not hidden

    def _best_place(self, x: float, html: str, lines: Lines) -> tuple[QRectF, float]:
        """Of the box with this text in it, and how much it hides there."""
        self.setText(html)
        self.adjustSize()
        area, at = self._plot.plot_area(), self._plot.point_of(x, 0.0).x()
        last = max(area.left(), area.right() - self.width())
        beside = [left for left in (at + 9, at - 9 - self.width()) if area.left() <= left <= last]
        tops = np.linspace(area.top() + 6, max(area.top() + 6, area.bottom() - 6 - self.height()), 13)
        best, least = QRectF(), float("inf")
        for left in (*beside, *np.linspace(area.left(), last, 9)):
            heights = heights_of(self._plot, lines, left, left + self.width())  # once for all places above each other
            for top in tops:
                place = QRectF(left, top, self.width(), self.height())
                hidden = num_within(heights, place)
                best, least = (place, hidden) if hidden < least else (best, least)
        return best, least


SIDE = 8  # of a plot: free beside words in its middle


class PlotLabel(QLabel):
    """A muted word inside a plot: in its upper right corner, beside a vertical that runs there, or in its middle."""

    def __init__(self, plot: ThemedPlot, is_central: bool = False) -> None:
        super().__init__(plot)
        self._plot, self._is_central = plot, is_central
        self._vertical: float | None = None
        self.setFont(ui_font(11.5))
        self.setMargin(2)
        self.setWordWrap(is_central)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        plot.resized.connect(self._place)
        self.restyle()

    def restyle(self) -> None:
        palette = theme().palette
        self.setStyleSheet(f"color: {palette.muted.name()}; background: {palette.background.name()};")

    def set_text(self, text: str) -> None:
        """Say this; nothing hides it."""
        if text != self.text():
            self.setText(text)
            self._place()
        self.setVisible(bool(text))

    def keep_off(self, vertical: float | None) -> None:
        """Hide nothing of a line at this view coordinate; None: there is none."""
        self._vertical = vertical
        self._place()

    def say_what_fits(self, texts: Sequence[str]) -> None:
        """Say the first of these that has room, or else the last."""
        room = self._plot.plot_area().width() - 2 * SIDE
        widths = [self.fontMetrics().horizontalAdvance(text) + 2 * self.margin() for text in texts]
        self.set_text(next((text for text, width in zip(texts, widths, strict=True) if width <= room), texts[-1]))

    def _place(self) -> None:
        area = self._plot.plot_area()
        if self._is_central:
            words = self.fontMetrics().horizontalAdvance(self.text()) + 4 * self.margin()
            width = max(80, min(words, round(area.width()) - 2 * SIDE))
            self.resize(width, self.heightForWidth(width))
            self.move((area.center() - QPointF(self.width() / 2, self.height() / 2)).toPoint())
        else:
            self.adjustSize()
            self.move(int(self._right_end(area) - self.width()), int(area.top() + 5))

    def _right_end(self, area: QRectF) -> float:
        """In the corner, or left of a vertical that is in the way, where there is room."""
        end = area.right() - SIDE
        at = end + SIDE if self._vertical is None else self._plot.point_of(self._vertical, 0.0).x()
        is_in_the_way = end - self.width() - FREE < at < end + FREE
        return at - SIDE if is_in_the_way and at - SIDE - self.width() >= area.left() + SIDE else end
