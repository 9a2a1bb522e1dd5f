"""Parallel coordinates under the hand: a line for each run over upright axes; a drag along an axis chooses runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pyqtgraph.functions import arrayToQPath
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import draw_frame
from metalearn_gui.ui.canvas.markers import faded
from metalearn_gui.ui.colors import mixed
from metalearn_gui.ui.layer import Layer
from metalearn_gui.ui.loss_colors import LossScale
from metalearn_gui.ui.run_axes import RunAxis
from metalearn_gui.ui.theme import scaled, theme, ui_font

HEAD, FOOT, SIDE = 50, 16, 70
REACH, GRIP, LEAST_DRAG = 7.0, 12.0, 4.0  # pixels: to a line, to an axis, and what is no click
BAND = 7.0  # half the width of what marks a chosen part of an axis
SHADES = 24  # of the losses' colours
MANY = 200  # lines from here on are drawn without smoothing, or a drag would stutter
WALK = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class ParallelView(QWidget):
    """Emits which runs are chosen and which one is opened; shows what it is told."""

    chosen = Signal()  # mask
    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("parallel_view")
        self._axes: tuple[RunAxis, ...] = ()
        self._names: tuple[str, ...] = ()
        self._losses, self._places = np.empty(0), np.empty((0, 0))
        self._scale = LossScale.of(self._losses)
        self._brushes: dict[str, tuple[float, float]] = {}  # axis -> places from below to above
        self._near: int | None = None  # the run under the mouse, or chosen by the keyboard
        self._press: tuple[int | None, QPointF] | None = None  # the axis that a drag goes along, and where it began
        self._pale, self._bright = Layer(self), Layer(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # --- what is shown ----------------------------------------------------------------------------

    def show_runs(self, axes: Sequence[RunAxis], names: Sequence[str], losses: Array) -> None:
        """names, losses: of each run. What is chosen on an axis stays while there is one of that name."""
        self._axes, self._names, self._losses = tuple(axes), tuple(names), losses
        self._places = np.stack([axis.places for axis in axes], axis=1) if axes else np.empty((len(names), 0))
        self._scale = LossScale.of(losses)
        kept = {axis.name for axis in axes}
        self._brushes = {name: brush for name, brush in self._brushes.items() if name in kept}
        self._near = None if self._near is None or self._near >= len(names) else self._near
        self._pale.forget()
        self._show_chosen()

    @property
    def chosen_runs(self) -> Array:
        """Whether each run lies in every part that is chosen, (runs,)."""
        mask = np.ones(len(self._names), bool)
        for axis in self._axes:
            if axis.name in self._brushes:
                low, high = self._brushes[axis.name]
                mask &= (axis.places >= low) & (axis.places <= high)
        return mask

    @property
    def is_brushed(self) -> bool:
        return bool(self._brushes)

    def brush(self, axis: int, low: float, high: float) -> None:
        """Choose the runs that lie in a part of an axis, places 0..1."""
        self._brushes[self._axes[axis].name] = (min(low, high), max(low, high))
        self._show_chosen()

    def clear(self) -> None:
        """Choose all again."""
        self._brushes = {}
        self._show_chosen()

    def _show_chosen(self) -> None:
        self._bright.forget()
        self.chosen.emit()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(820, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 180)

    # --- places -----------------------------------------------------------------------------------

    @property
    def _axes_x(self) -> Array:
        """Where the axes stand."""
        return np.linspace(scaled(SIDE), self.width() - scaled(SIDE), max(len(self._axes), 2))[: len(self._axes)]

    def point(self, axis: int, place: float) -> QPointF:
        """Where a place of an axis lies, in pixels."""
        return QPointF(self._axes_x[axis], self._top + (1.0 - place) * self._height)

    @property
    def _top(self) -> float:
        return float(scaled(HEAD))

    @property
    def _height(self) -> float:
        return max(self.height() - scaled(HEAD) - scaled(FOOT), 1.0)

    def _place_at(self, position: QPointF) -> float:
        return min(max(1.0 - (position.y() - self._top) / self._height, 0.0), 1.0)

    def axis_at(self, position: QPointF) -> int | None:
        """The axis that a hand holds there."""
        distances = abs(self._axes_x - position.x())
        return int(np.argmin(distances)) if len(distances) and distances.min() <= GRIP else None

    def run_at(self, position: QPointF) -> int | None:
        """The chosen run whose line is nearest, within reach."""
        if len(self._axes) < 2 or not len(self._names):
            return None
        left_end, second = self._axes_x[:2]
        along = min(max((position.x() - left_end) / (second - left_end), 0.0), len(self._axes) - 1.0)
        left = min(int(along), len(self._axes) - 2)
        one, other = self._places[:, left], self._places[:, left + 1]
        at = self._top + (1.0 - (one + (along - left) * (other - one))) * self._height
        distances = np.where(self.chosen_runs & np.isfinite(at), abs(at - position.y()), np.inf)
        nearest = int(np.argmin(distances))
        return nearest if distances[nearest] <= REACH else None

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._pale.draw(painter, self._paint_pale)
        self._bright.draw(painter, self._paint_bright)
        self._paint_brushes(painter)
        if self._near is not None:
            self._paint_near(painter, self._places[self._near])

    def _paint_pale(self, painter: QPainter) -> None:
        """The ground, and all lines: what is not chosen still tells where runs are."""
        draw_frame(painter, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        self._paint_lines(painter, np.ones(len(self._names), bool), faded(theme().palette.muted, 38))

    def _paint_near(self, painter: QPainter, places: Array) -> None:
        palette = theme().palette
        for color, width in ((palette.background, 5.0), (palette.text, 2.4)):
            painter.setPen(QPen(color, width))
            y = self._top + (1.0 - places) * self._height
            painter.drawPath(arrayToQPath(self._axes_x, y, connect="finite"))

    def _paint_bright(self, painter: QPainter) -> None:
        """The chosen lines, the best on top, and the axes over them."""
        mask, known = self.chosen_runs, np.isfinite(self._losses)
        alpha = 255 if mask.sum() < MANY else 150
        self._paint_lines(painter, mask & ~known, faded(theme().palette.muted, alpha))
        shades = np.floor(self._scale.shares(np.where(known, self._losses, 1.0)) * (SHADES - 1)).astype(int)
        for shade in range(SHADES - 1, -1, -1):  # a line alone with its colour would take a path each
            alike = np.flatnonzero(mask & known & (shades == shade))
            if len(alike):
                color = self._scale.color(float(np.median(self._losses[alike])))
                self._paint_lines(painter, alike, faded(color, alpha))
        self._paint_axes(painter)

    def _paint_lines(self, painter: QPainter, runs: Array, color: QColor) -> None:
        """runs: a mask, or places. A line is interrupted where its run has no such setting."""
        places = self._places[runs]
        ends = np.full((len(places), 1), np.nan)  # between one line and the next
        x = np.concatenate([np.broadcast_to(self._axes_x, places.shape), ends], axis=1)
        y = np.concatenate([self._top + (1.0 - places) * self._height, ends], axis=1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(self._names) < MANY)
        painter.setPen(QPen(color, 1.4) if len(self._names) < MANY else _quick_pen(color))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(arrayToQPath(x.ravel(), y.ravel(), connect="finite"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_axes(self, painter: QPainter) -> None:
        palette, room = theme().palette, (self.width() - 2 * scaled(SIDE)) / max(len(self._axes) - 1, 1)
        for place, (axis, x) in enumerate(zip(self._axes, self._axes_x.tolist(), strict=True)):
            painter.setPen(QPen(palette.muted, 1))
            painter.drawLine(QPointF(x, self._top), QPointF(x, self._top + self._height))
            painter.setFont(ui_font(11.5, 600))
            painter.setPen(palette.text)
            name = QRectF(x - room / 2 + 3, 4, room - 6, scaled(HEAD) - 12)
            painter.drawText(name, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, axis.name)
            for at, text in axis.ticks:
                y = self.point(place, at).y()
                self._paint_tick(painter, QRectF(x + 6, y - 8, max(room - 14, 30.0), 16), text)

    def _paint_tick(self, painter: QPainter, box: QRectF, text: str) -> None:
        """On a ground, for lines go behind it."""
        painter.setFont(ui_font(11.5))
        metrics = painter.fontMetrics()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        ground = QRectF(box.left() - 2, box.top(), metrics.horizontalAdvance(text) + 4, box.height())
        painter.fillRect(ground, faded(theme().palette.background, 190))
        painter.setPen(theme().palette.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_brushes(self, painter: QPainter) -> None:
        for place, axis in enumerate(self._axes):
            if axis.name in self._brushes:
                low, high = (self.point(place, end) for end in self._brushes[axis.name])
                painter.setPen(QPen(theme().palette.learner, 1.4))
                painter.setBrush(faded(theme().palette.learner, 60))
                painter.drawRoundedRect(QRectF(low.x() - BAND, high.y(), 2 * BAND, low.y() - high.y()), 3, 3)

    # --- the hand ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = (self.axis_at(event.position()), event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is not None and self._press[0] is not None and self._is_drag(event.position()):
            self.brush(self._press[0], self._place_at(self._press[1]), self._place_at(event.position()))
        elif self._press is None:
            axis = self.axis_at(event.position())
            self.setCursor(Qt.CursorShape.SizeVerCursor if axis is not None else Qt.CursorShape.ArrowCursor)
            self._point_at(None if axis is not None else self.run_at(event.position()))
            QToolTip.showText(event.globalPosition().toPoint(), self._named(), self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        press, self._press = self._press, None
        if press is None or self._is_drag(event.position(), press[1]):
            return
        if press[0] is not None:  # a click on an axis lets go of what is chosen there
            self._brushes.pop(self._axes[press[0]].name, None)
            self._show_chosen()
        elif (near := self.run_at(event.position())) is not None:
            self.opened.emit(near)

    def _is_drag(self, position: QPointF, start: QPointF | None = None) -> bool:
        began = start or (self._press[1] if self._press else position)
        return abs(position.y() - began.y()) >= LEAST_DRAG

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in WALK and self.chosen_runs.any():
            self._walk(WALK[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._near is not None:
            self.opened.emit(self._near)
        elif key == Qt.Key.Key_Escape and self._brushes:
            self.clear()
        else:
            super().keyPressEvent(event)

    def _walk(self, direction: int) -> None:
        """Down: to a worse one of the chosen runs; up: to a better one. It begins with the best."""
        order = np.argsort(np.nan_to_num(self._losses, nan=np.inf), kind="stable")
        order = order[self.chosen_runs[order]].tolist()
        place = order.index(self._near) + direction if self._near in order else 0
        self._point_at(order[min(max(place, 0), len(order) - 1)])

    def _point_at(self, near: int | None) -> None:
        if near != self._near:
            self._near = near
            self.setAccessibleDescription(self._named())
            self.update()

    def _named(self) -> str:
        return "" if self._near is None else self._names[self._near]


def _quick_pen(color: QColor) -> QPen:
    """Draws a thousand lines in a frame: opaque, as the colour looks on the ground, and never a shape to be filled."""
    pen = QPen(mixed(theme().palette.background, color, color.alphaF()), 1.0)
    pen.setCosmetic(True)
    return pen
