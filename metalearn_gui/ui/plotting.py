"""The plots' common face: a themed plot widget with its axes, ticks and line styles."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.text import count_text
from metalearn_gui.ui.theme import theme, ui_font

LINE_STYLES: dict[str, list[float]] = {  # dash patterns in pen widths; a line's style says what its colour says
    "solid": [],
    "dashed": [4, 3],
    "dotted": [1, 2.5],
    "dashdot": [6, 2.5, 1, 2.5],
}
DECADE_MARKS = (1.0, 2.0, 5.0)
FEWEST_TICKS = 3
TICK_PX = 11
ARROWS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
LABEL_GAP = 8


def line_pen(color: QColor, style: str = "solid", width: float = 1.0) -> QPen:
    """A cosmetic pen in one of LINE_STYLES."""
    pen = QPen(color, width)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if LINE_STYLES[style]:
        pen.setDashPattern(LINE_STYLES[style])
    return pen


def style_line(line: pg.PlotCurveItem, color: QColor, style: str = "solid", width: float = 1.0) -> None:
    """Draw a curve in this colour and style."""
    line.setPen(line_pen(color, style, width))
    # One long path with a wide antialiased pen is slow in Qt; segments are not, but they would break every dash.
    line.setSegmentedLineMode("on" if style == "solid" else "off")


def faded(color: QColor, alpha: float) -> QColor:
    """The colour at an opacity in 0..1."""
    result = QColor(color)
    result.setAlphaF(alpha)
    return result


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
        return linear_ticks(low, high, most)
    if len(inside) <= most:
        return inside
    every = -(-len(decades) // max(1, most))
    return [10.0**power for power in decades if power % every == 0 and low <= 10.0**power <= high * (1 + 1e-9)]


def tick_text(value: float) -> str:
    """A value axis' label: plain between 0.001 and 10 000, else in powers of ten."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.6g}".replace("-", "−")
    return f"{value:.3g}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e").replace("-", "−")


def _whole_text(value: float) -> str:
    return count_text(round(value))


class Axis(pg.AxisItem):
    """An axis with round ticks, in the theme's muted text; the last label never sticks out of the widget.

    On a logarithmic axis view coordinates are log10 of the values.
    """

    def __init__(self, orientation: str, text: Callable[[float], str]) -> None:
        super().__init__(orientation, showValues=True)
        self._text = text
        self.is_log = False
        self.least_spacing = 56 if orientation == "bottom" else 19  # pixels between two labels
        self.setStyle(tickLength=0, autoExpandTextSpace=False)
        self.enableAutoSIPrefix(False)
        self.setTickFont(ui_font(TICK_PX))

    def ticks(self, length: float) -> list[float]:
        """The values that get a grid line and a label on an axis of so many pixels."""
        most = max(2, int(length // self.least_spacing))
        if self.is_log:
            return log_ticks(10.0 ** self.range[0], 10.0 ** self.range[1], most)
        return linear_ticks(*self.range, most)

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
        return (self.pen(), area.bottomLeft(), area.bottomLeft()), lines, labels

    def boundingRect(self) -> QRectF:
        # Room for the half of the first label that lies left of the view.
        return super().boundingRect().adjusted(-LABEL_GAP, -LABEL_GAP, 0, LABEL_GAP)

    def _to_axis(self, value: float) -> float:
        return math.log10(value) if self.is_log else value

    def _label(self, painter: QPainter, text: str, centre: QPointF) -> tuple[QRectF, Qt.AlignmentFlag, str]:
        metrics = painter.fontMetrics()
        bounds = self.boundingRect()
        rect = QRectF(0, 0, metrics.horizontalAdvance(text) + 2, metrics.height())
        rect.moveCenter(centre)
        if self.orientation == "left":
            rect.moveRight(self.mapRectFromParent(self.geometry()).right() - LABEL_GAP)
        rect.moveRight(min(rect.right(), bounds.right()))
        rect.moveTop(min(max(rect.top(), bounds.top()), bounds.bottom() - rect.height()))
        return rect, Qt.AlignmentFlag.AlignCenter, text


class Ground(pg.GraphicsObject):
    """The rounded field behind the grid and the curves; the view's own background would hide the grid."""

    RADIUS = 6

    def __init__(self, plot_item: pg.PlotItem) -> None:
        super().__init__(plot_item)
        # The axes have the same flag: only with it does the order among them hold.
        self.setFlag(self.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
        self.setZValue(-300)
        self._view = plot_item.getViewBox()
        self._view.sigResized.connect(self._resized)

    def _resized(self, *_: object) -> None:
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        return self.mapRectFromItem(self._view, self._view.boundingRect())

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(line_pen(theme().palette.line))
        painter.setBrush(theme().palette.background)
        painter.drawRoundedRect(self.boundingRect().adjusted(0.5, 0.5, -0.5, -0.5), self.RADIUS, self.RADIUS)


class ThemedPlot(pg.PlotWidget):
    """A plot in the theme's colours with counts below and values, linear or logarithmic, on the left.

    Curves are added with `add_line` and fed once per update with `to_axis` applied to their values.
    """

    hovered = Signal(float)  # x under the mouse
    left = Signal()
    clicked = Signal(float)
    resized = Signal()
    viewed = Signal()  # another range of x is shown
    stepped = Signal(int)  # Left and Right: -1 and 1
    doubleClicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.count_axis = Axis("bottom", _whole_text)
        self.value_axis = Axis("left", tick_text)
        super().__init__(parent, axisItems={"bottom": self.count_axis, "left": self.value_axis})
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(90)
        item = self.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setContentsMargins(0, 4, 2, 0)
        self.value_axis.setWidth(38)
        self.count_axis.setHeight(24)
        self._ground = Ground(item)
        view = self.getViewBox()
        view.setMouseEnabled(x=False, y=False)
        view.setDefaultPadding(0.0)
        view.disableAutoRange()
        view.sigXRangeChanged.connect(lambda *_: self.viewed.emit())
        view.sigResized.connect(lambda *_: self.resized.emit())
        self.restyle()

    def restyle(self) -> None:
        """Take the theme's colours; owners set the pens of their own lines."""
        palette = theme().palette
        self.setBackground(palette.card)
        for axis in (self.count_axis, self.value_axis):
            axis.setPen(QPen(Qt.PenStyle.NoPen))
            axis.setTickPen(line_pen(palette.line))
            axis.setTextPen(line_pen(palette.muted))
            axis.setTickFont(ui_font(TICK_PX))
            axis.setGrid(255)
            axis.setZValue(-200)
        self.getViewBox().update()

    def add_line(self, layer: float = 0.0) -> pg.PlotCurveItem:
        """An empty curve; higher layers are drawn over lower ones."""
        line = pg.PlotCurveItem(connect="finite", antialias=True)
        line.setZValue(layer)
        self.addItem(line, ignoreBounds=True)
        return line

    def set_log(self, on: bool) -> None:
        """Logarithmic values; the owner feeds its lines again."""
        self.value_axis.is_log = on
        self.value_axis.picture = None
        self.value_axis.update()

    @property
    def is_log(self) -> bool:
        return self.value_axis.is_log

    def to_axis(self, values: Array) -> Array:
        """Values as view coordinates: log10 on a logarithmic axis, NaN where there is nothing to draw."""
        values = np.asarray(values, dtype=float)
        if not self.is_log:
            return np.where(np.isfinite(values), values, np.nan)
        drawable = np.isfinite(values) & (values > 0)
        return np.log10(np.where(drawable, values, 1.0), where=drawable, out=np.full(values.shape, np.nan))

    def fit_values(self, *coordinates: Array, trim: float = 0.0) -> None:
        """Show the range of these view coordinates, rounded outward so that it seldom moves.

        Args:
            trim: share of the largest values that may leave at the top (the first steps of a curve).
        """
        values = np.concatenate([np.asarray(part, float).ravel() for part in coordinates] or [np.empty(0)])
        values = values[np.isfinite(values)]
        if len(values) == 0:
            low, high = (-1.0, 1.0) if self.is_log else (0.0, 1.0)
        else:
            largest = int((1.0 - trim) * (len(values) - 1))
            low, high = float(values.min()), float(np.partition(values, largest)[largest])
        self.getViewBox().setYRange(*_rounded_range(low, high), padding=0.0)

    def x_range(self) -> tuple[float, float]:
        """The range of x that is shown."""
        low, high = self.getViewBox().viewRange()[0]
        return low, high

    def pixels(self) -> int:
        """The plot area's width in device-independent pixels."""
        return max(2, int(self.getViewBox().width()))

    def point_of(self, x: float, y: float) -> QPointF:
        """View coordinates -> the widget's pixels."""
        return QPointF(self.mapFromScene(self.getViewBox().mapViewToScene(QPointF(x, y))))

    def plot_area(self) -> QRectF:
        """The rectangle inside the axes, in the widget's pixels."""
        return QRectF(self.mapFromScene(self.getViewBox().sceneBoundingRect()).boundingRect())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.hovered.emit(self._x_at(event))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        event.accept()  # nothing in the scene takes it, but it is not for the card below either

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self._x_at(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.doubleClicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROWS.get(event.key())
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)

    def event(self, event: QEvent) -> bool:
        # The arrows mean this plot while it has the focus, not the window's shortcuts.
        if event.type() == QEvent.Type.ShortcutOverride and event.key() in ARROWS:
            event.accept()
            return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()

    def _x_at(self, event: QMouseEvent) -> float:
        return self.getViewBox().mapSceneToView(self.mapToScene(event.position().toPoint())).x()


def _rounded_range(low: float, high: float) -> tuple[float, float]:
    span = max(high - low, 0.02 * max(abs(low), abs(high)), 1e-9)
    step = 10.0 ** math.floor(math.log10(span)) / 4.0
    return math.floor((low - 0.04 * span) / step) * step, math.ceil((high + 0.04 * span) / step) * step
