"""The plots' common face: a themed plot widget and the line styles."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QShowEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.axis import TICK_PX, Axis, count_tick_text, tick_text
from metalearn_gui.ui.lookout import claim_keys
from metalearn_gui.ui.theme import scaled, theme, ui_font

LINE_STYLES: dict[str, list[float]] = {  # dash patterns in pen widths; a line's style says what its colour says
    "solid": [],
    "dashed": [4, 3],
    "dotted": [1, 2.5],
    "dashdot": [6, 2.5, 1, 2.5],
    "longdash": [8, 3],
    "dashdotdot": [8, 2.5, 1, 2.5, 1, 2.5],
}
ARROWS: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


def line_pen(color: QColor, style: str = "solid", width: float = 1.0) -> QPen:
    """A cosmetic pen in one of LINE_STYLES; width: in pixels of the design."""
    pen = dashed_pen(color, style, width * theme().zoom * theme().pixel_ratio)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def dashed_pen(color: QColor, style: str, width: float) -> QPen:
    """A pen in one of LINE_STYLES, as wide as it says."""
    pen = QPen(color, width)
    if LINE_STYLES[style]:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
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
    """A plot in the theme's colours with counts below and values, linear or logarithmic, on the left, unless told.

    Curves are added with `add_line` and fed once per update with `to_axis` applied to their values.
    """

    hovered = Signal(float)  # x under the mouse
    left = Signal()
    clicked = Signal(float)
    appeared = Signal()  # shown after it could not be seen
    resized = Signal()
    viewed = Signal()  # another range of x is shown
    stepped = Signal(int)  # Left and Right: -1 and 1
    doubleClicked = Signal()

    def __init__(
        self, parent: QWidget | None = None, bottom_axis: Axis | None = None, left_axis: Axis | None = None
    ) -> None:
        self.count_axis = bottom_axis or Axis("bottom", count_tick_text, counts=True)
        self.value_axis = left_axis or Axis("left", tick_text)
        super().__init__(parent, axisItems={"bottom": self.count_axis, "left": self.value_axis})
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        claim_keys(self, lambda event: event.key() in ARROWS)
        self.setMouseTracking(True)
        self.setAcceptDrops(False)  # what is dropped means the window
        self.setMinimumHeight(56)
        item = self.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setContentsMargins(0, 4, 2, 0)
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
        self.value_axis.setWidth(scaled(50))  # "0.0835" and the gap
        self.count_axis.setHeight(scaled(24))
        self.getViewBox().update()

    def add_line(self, layer: float = 0.0) -> pg.PlotCurveItem:
        """An empty curve; higher layers are drawn over lower ones."""
        line = pg.PlotCurveItem(connect="finite", antialias=True)
        line.setZValue(layer)
        self.addItem(line, ignoreBounds=True)
        return line

    def set_log(self, on: bool, possible: tuple[float, float] | None = None) -> None:
        """Logarithmic values; the owner feeds its lines again. possible: the least and the greatest there can be."""
        self.value_axis.is_log, self.value_axis.possible = on, possible or (-math.inf, math.inf)
        self.value_axis.picture = None
        self.value_axis.update()

    @property
    def is_log(self) -> bool:
        return self.value_axis.is_log

    def to_axis(self, values: ArrayLike) -> Array:
        """Values as view coordinates: log10 on a logarithmic axis, NaN where there is nothing to draw."""
        values = np.asarray(values, dtype=float)
        if not self.is_log:
            return np.where(np.isfinite(values), values, np.nan)
        drawable = np.isfinite(values) & (values > 0)
        return np.log10(np.where(drawable, values, 1.0), where=drawable, out=np.full(values.shape, np.nan))

    def fit_values(self, *coordinates: ArrayLike, trim: float = 0.0) -> None:
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
        # Not `mapFromScene`, which rounds to whole pixels: a line's slope is told by two places close to each other.
        return self.viewportTransform().map(self.getViewBox().mapViewToScene(QPointF(x, y)))

    def plot_area(self) -> QRectF:
        """The rectangle inside the axes, in the widget's pixels."""
        return QRectF(self.mapFromScene(self.getViewBox().sceneBoundingRect()).boundingRect())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.appeared.emit()

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

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()

    def _x_at(self, event: QMouseEvent) -> float:
        return self.getViewBox().mapSceneToView(self.mapToScene(event.position().toPoint())).x()


def _rounded_range(low: float, high: float) -> tuple[float, float]:
    span = max(high - low, 0.02 * max(abs(low), abs(high)), 1e-9)
    step = 10.0 ** (math.ceil(math.log10(span)) - 1) / 4.0  # 0 to 100 is rounded as 0 to 99 is
    return math.floor((low - 0.04 * span) / step) * step, math.ceil((high + 0.04 * span) / step) * step
