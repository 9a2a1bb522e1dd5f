"""The base network as it is learned: real units with their answers, real weights as lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import Axes, draw_words
from metalearn_gui.ui.lookout import Lookout, claim_keys
from metalearn_gui.ui.network_drawing import UNITS_DRAWN, Layer
from metalearn_gui.ui.network_maps import Column, columns_of, draw_columns, tiles
from metalearn_gui.ui.theme import scaled, theme

SMALLEST_UNIT, UNIT, LARGEST_UNIT = 10, 17, 32  # pixels of the design
GAP_SHARE = 0.12  # of a unit, between two
MAX_WIDTH = 3.2
UNIT_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class NetworkView(QWidget):
    """Draws columns of units; the mouse or the arrows point at one, and it says so."""

    pointed = Signal(int, int)  # layer and unit that are pointed at; -1 for none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("network_view")
        self._layers: tuple[Layer, ...] = ()
        self._columns: list[Column] = []
        self._captions: tuple[str, ...] = ()
        self._unit_text = "{layer} {unit}"
        self._pointed = (-1, -1)
        self.setMouseTracking(True)
        claim_keys(self, lambda event: event.key() in UNIT_STEPS)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(_height_with(SMALLEST_UNIT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)
        Lookout(self, self._show_tip)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What is drawn."""
        return self._layers

    def sizeHint(self) -> QSize:
        return QSize(234, _height_with(UNIT))

    @property
    def unit_pointed(self) -> tuple[int, int]:
        """The layer and the unit that are pointed at; -1 for none."""
        return self._pointed

    @property
    def columns(self) -> list[Column]:
        """What is drawn in the place of units where the network looks at images."""
        return self._columns

    def show_maps(self, maps: Mapping[str, Array], filters: Array | None = None) -> None:
        """Draw what blocks make of an image, and the first block's filters; nothing = units."""
        self._columns = columns_of(maps, filters)
        self._keep_pointed()

    def show_layers(self, layers: tuple[Layer, ...]) -> None:
        """Draw other units or weights; where the unit that is pointed at is no more, none is."""
        self._layers = layers
        self._keep_pointed()

    def _keep_pointed(self) -> None:
        drawn: Sequence[Column | Layer] = self._columns or self._layers
        column, unit = self._pointed
        if column >= len(drawn) or (column >= 0 and unit >= drawn[column].size):
            self._pointed = (-1, -1)
        self.update()

    def set_texts(self, captions: tuple[str, ...], unit_text: str) -> None:
        """Names of the columns, and the tooltip of a unit with {layer}, {unit} and {size}."""
        self._captions, self._unit_text = captions, unit_text

    def _column_x(self, column: int) -> float:
        room = self.width() - self._side - 2
        return 1 + room * column / max(1, len(self._layers) - 1)

    def _unit_rects(self, column: int) -> list[QRectF]:
        """Of a column's units, from above."""
        count, side, left = len(self._layers[column].units), self._side, self._column_x(column)
        pitch = (1 + GAP_SHARE) * side
        height = count * pitch - GAP_SHARE * side
        highest = UNITS_DRAWN * pitch / 2 + scaled(LARGEST_UNIT)  # in a tall card it stays with its choices
        top = min(self.height() / 2, highest) - height / 2
        return [QRectF(left, top + place * pitch, side, side) for place in range(count)]

    @property
    def _side(self) -> float:
        """Of a unit: as large as the height allows, within bounds."""
        fitting = (self.height() - 2) / (UNITS_DRAWN + (UNITS_DRAWN - 1) * GAP_SHARE)
        return min(fitting, scaled(LARGEST_UNIT), self.width() / (2 * max(len(self._layers), 1)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._columns:
            draw_columns(painter, self._area, self._columns, self._pointed)
            return
        if not self._layers:
            draw_words(painter, QRectF(self.rect()), self._unit_text)
            return
        rects = [self._unit_rects(column) for column in range(len(self._layers))]
        for column in range(1, len(self._layers)):
            self._draw_weights(painter, column, rects[column - 1], rects[column])
        for column, layer in enumerate(self._layers):
            for unit, rect, responses in zip(layer.units, rects[column], layer.responses, strict=True):
                self._draw_unit(painter, rect, responses, column == len(self._layers) - 1, (column, unit))

    def _draw_weights(self, painter: QPainter, column: int, sources: list[QRectF], targets: list[QRectF]) -> None:
        known = self._layers[column].weights
        if known is None:
            return
        weights = np.nan_to_num(known)
        largest = float(np.abs(weights).max(initial=0.0)) or 1.0
        colors = theme().palette
        for (source, target), weight in np.ndenumerate(weights):
            strength = abs(weight) / largest
            color = QColor(colors.learner if weight > 0 else colors.before)
            color.setAlphaF(0.10 + 0.80 * strength)
            painter.setPen(QPen(color, 0.5 + (MAX_WIDTH - 0.5) * strength**1.5))
            start, end = sources[source], targets[target]
            painter.drawPath(_curve(QPointF(start.right(), start.center().y()), QPointF(end.left(), end.center().y())))

    def _draw_unit(
        self, painter: QPainter, rect: QRectF, responses: Array, is_output: bool, unit: tuple[int, int]
    ) -> None:
        colors = theme().palette
        painter.setPen(QPen(colors.text, 2) if unit == self._pointed else QPen(colors.line, 1))
        painter.setBrush(colors.background)
        painter.drawRoundedRect(rect, 5, 5)
        inset = 0.24 * rect.width()
        painter.setPen(QPen(colors.learner if is_output else colors.text, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(_thumbnail(responses, rect.adjusted(inset, inset, -inset, -inset)))

    def _show_tip(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._text_at(QPointF(event.pos())), self)
            return True
        return False

    def _text_at(self, point: QPointF) -> str:
        return self.text_of(*self.unit_at(point))

    def text_of(self, column: int, unit: int) -> str:
        """Which unit of how many; "" for none."""
        if column < 0:
            return ""
        size = (self._columns or self._layers)[column].size
        return self._unit_text.format(layer=self._caption(column), unit=unit + 1, size=size)

    @property
    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(1, 1, -1, -1)

    @property
    def _drawn(self) -> list[tuple[int, ...]]:
        """The units or channels of each column, from above."""
        return [column.channels for column in self._columns] or [layer.units for layer in self._layers]

    def unit_at(self, point: QPointF) -> tuple[int, int]:
        """The layer and the unit, or the column and the channel, there; -1 for none."""
        columns = range(len(self._layers))
        boxes = tiles(self._area, self._columns) if self._columns else [self._unit_rects(place) for place in columns]
        for column, (units, rects) in enumerate(zip(self._drawn, boxes, strict=True)):
            for unit, rect in zip(units, rects, strict=True):
                if rect.contains(point):
                    return column, unit
        return -1, -1

    def unit_name(self, column: int, unit: int) -> str:
        """A unit as it is called."""
        return f"{self._caption(column)} · {unit + 1}"

    def _caption(self, column: int) -> str:
        return self._captions[column] if column < len(self._captions) else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.unit_at(event.position()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at((-1, -1))

    def _point_at(self, unit: tuple[int, int]) -> None:
        if unit != self._pointed:
            self._pointed = unit
            self.update()
            self.pointed.emit(*unit)

    # --- the keyboard -----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = UNIT_STEPS.get(Qt.Key(event.key()))
        if step is not None and self._drawn:
            self._point_at(self._unit_beside(*step))
        elif event.key() == Qt.Key.Key_Escape and self._pointed[0] >= 0:
            self._point_at((-1, -1))
        else:
            super().keyPressEvent(event)

    def _unit_beside(self, across: int, down: int) -> tuple[int, int]:
        """The drawn unit in that direction of the one that is pointed at; of none, the first behind the inputs."""
        column, unit = self._pointed
        if column < 0:
            return 1, self._drawn[1][0]
        place = self._drawn[column].index(unit) if unit in self._drawn[column] else 0
        column = min(max(column + across, 0), len(self._drawn) - 1)
        units = self._drawn[column]
        return column, units[min(max(place + down, 0), len(units) - 1)]

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at((-1, -1))


def _curve(start: QPointF, end: QPointF) -> QPainterPath:
    path = QPainterPath(start)
    bend = (end.x() - start.x()) / 2
    path.cubicTo(QPointF(start.x() + bend, start.y()), QPointF(end.x() - bend, end.y()), end)
    return path


def _thumbnail(values: Array, rect: QRectF) -> QPolygonF:
    values = np.nan_to_num(values)
    low, high = float(values.min()), float(values.max())
    axes = Axes(rect, (0.0, len(values) - 1.0), (low, high if high - low > 1e-9 else low + 1.0))
    (line,) = axes.polylines(np.arange(len(values)), values)
    return line


def _height_with(unit: float) -> int:
    """A column of as many units as are drawn."""
    return round((UNITS_DRAWN + (UNITS_DRAWN - 1) * GAP_SHARE) * unit) + 2
