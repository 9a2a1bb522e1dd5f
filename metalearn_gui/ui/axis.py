"""Axes with round ticks: where they lie, what they say, and how they are drawn."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from metalearn_gui.ui.text import MINUS, count_text
from metalearn_gui.ui.theme import scaled, ui_font

DECADE_MARKS = (1.0, 2.0, 5.0)
FEWEST_TICKS = 3
TICK_PX = 11
LABEL_GAP = 8
Label = tuple[QRectF, Qt.AlignmentFlag, str]


def linear_ticks(low: float, high: float, most: int) -> list[float]:
    """At most about `most` multiples of 1, 2 or 5 times a power of ten in [low, high]."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(mark * power for mark in (*DECADE_MARKS, 10.0) if mark * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 12 - math.floor(math.log10(step))) for index in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Ticks for a logarithmic axis over [low, high] > 0: 0.1 0.2 0.5 1 2 5 10, as fine or coarse as `most` allows."""
    decades = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 1)
    marks = [mark * 10.0**power for power in decades for mark in DECADE_MARKS]
    inside = [mark for mark in marks if low * (1 - 1e-9) <= mark <= high * (1 + 1e-9)]
    if len(inside) < FEWEST_TICKS:
        return _even_enough(low, high, most)
    if len(inside) <= most:
        return inside
    every = -(-len(decades) // max(1, most))
    powers = [10.0**power for power in decades if power % every == 0 and low <= 10.0**power <= high * (1 + 1e-9)]
    return powers if len(powers) > 1 else inside[:: -(-len(inside) // max(2, most))]


def _even_enough(low: float, high: float, most: int) -> list[float]:
    """Round ticks of a part of a decade; fewer where the highest would stand too close on a logarithmic axis."""
    for count in range(most, 1, -1):
        found = linear_ticks(low, high, count)
        closest = min((math.log(b / a) for a, b in itertools.pairwise(found)), default=math.inf)
        if closest >= math.log(high / low) / (most + 1):
            return found
    return linear_ticks(low, high, 2)


def tick_text(value: float) -> str:
    """A value axis' label: plain between 0.001 and 10 000, else in powers of ten."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.6g}".replace("-", MINUS)
    return f"{value:.3g}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e").replace("-", MINUS)


def count_tick_text(value: float) -> str:
    """A count's label, with a thin space between thousands."""
    return count_text(round(value))


def apart(labels: list[Label]) -> list[Label]:
    """The labels without those that would run into the next one on the right; the last one always stays."""
    kept: list[Label] = []
    for label in reversed(labels):
        if not kept or label[0].right() + LABEL_GAP / 2 <= kept[-1][0].left():
            kept.append(label)
    return kept[::-1]


class Axis(pg.AxisItem):
    """An axis with round ticks, in the theme's muted text; no label sticks out of the widget.

    On a logarithmic axis view coordinates are log10 of the values.
    """

    def __init__(self, orientation: str, text: Callable[[float], str], counts: bool = False) -> None:
        super().__init__(orientation, showValues=True)
        self._text, self._counts = text, counts
        self.is_log = False
        self.possible = (-math.inf, math.inf)  # beyond them there is no value, and no tick
        self.least_spacing = 56 if orientation == "bottom" else 19  # pixels of the design between two labels
        self.setStyle(tickLength=0, autoExpandTextSpace=False)
        self.enableAutoSIPrefix(False)
        self.setTickFont(ui_font(TICK_PX))

    def set_text(self, text: Callable[[float], str]) -> None:
        """What a value is called."""
        self._text = text
        self.picture = None
        self.update()

    def ticks(self, length: float) -> list[float]:
        """The values that get a grid line and a label on an axis of so many pixels."""
        most = max(2, int(length // scaled(self.least_spacing)))
        low, high = self.range
        values = log_ticks(10.0**low, 10.0**high, most) if self.is_log else linear_ticks(low, high, most)
        values = [value for value in values if self.possible[0] <= value <= self.possible[1]]
        return [value for value in values if value == round(value)] if self._counts else values

    def generateDrawSpecs(self, painter: QPainter) -> tuple[Any, ...] | None:
        """Grid lines over the linked view, labels inside the widget; the base class drops the first and the last."""
        view = self.linkedView()
        own = self.mapRectFromParent(self.geometry())
        if view is None or own.isEmpty() or self.range[1] <= self.range[0]:
            return None
        area = view.mapRectToItem(self, view.boundingRect())
        painter.setFont(self.style["tickFont"])
        lines, labels = [], []
        is_bottom = self.orientation == "bottom"
        for value in self.ticks(area.width() if is_bottom else area.height()):
            share = (self._to_axis(value) - self.range[0]) / (self.range[1] - self.range[0])
            text = self._text(value)
            if is_bottom:
                at = area.left() + share * area.width()
                lines.append((self.tickPen(), QPointF(at, area.top()), QPointF(at, area.bottom())))
                labels.append(self._label(painter, text, QPointF(at, own.bottom() - 8)))
            else:
                at = area.bottom() - share * area.height()
                lines.append((self.tickPen(), QPointF(area.left(), at), QPointF(area.right(), at)))
                labels.append(self._label(painter, text, QPointF(own.left(), at)))
        labels = apart(labels) if is_bottom else labels
        return (QPen(Qt.GlobalColor.transparent), area.bottomLeft(), area.bottomLeft()), lines, labels

    def boundingRect(self) -> QRectF:
        # Room for the half of the first label that lies left of the view.
        return super().boundingRect().adjusted(-LABEL_GAP, -LABEL_GAP, 0, LABEL_GAP)

    def _to_axis(self, value: float) -> float:
        return math.log10(value) if self.is_log else value

    def _label(self, painter: QPainter, text: str, centre: QPointF) -> Label:
        metrics = painter.fontMetrics()
        bounds = self.boundingRect()
        rect = QRectF(0, 0, metrics.horizontalAdvance(text) + 2, metrics.height())
        rect.moveCenter(centre)
        if self.orientation == "left":
            rect.moveRight(self.mapRectFromParent(self.geometry()).right() - LABEL_GAP)
        rect.moveLeft(max(rect.left(), bounds.left()))
        rect.moveRight(min(rect.right(), bounds.right()))
        rect.moveTop(min(max(rect.top(), bounds.top()), bounds.bottom() - rect.height()))
        return rect, Qt.AlignmentFlag.AlignCenter, text
