"""A loss landscape under the hand: colours and contours, the way through it, and a place of one's own."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.bridge.landscape import Landscape
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import FRAME_RADIUS, Axes, draw_frame, draw_words
from metalearn_gui.ui.canvas.markers import draw_marker, faded
from metalearn_gui.ui.colors import for_words
from metalearn_gui.ui.layer import Layer
from metalearn_gui.ui.lookout import claim_keys
from metalearn_gui.ui.loss_colors import LossScale
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import scaled, theme, ui_font

NUDGE = 0.02  # of the width, for an arrow key
STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
BAR = QSizeF(132, 8)  # pixels of the design
NUM_LEVELS = 7
MARKER = 7.5  # pixels, of the hand's own place


class LandscapeView(QWidget):
    """Emits where the hand goes; shows what it is told."""

    placed = Signal(float, float)  # numbers of the plane
    resized = Signal()
    left_to_learner = Signal()  # a double-click or Escape: the learner's own again

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("landscape_view")
        self._shown: Landscape | None = None
        self._scale = LossScale.of(np.empty(0))
        self._step = 0
        self._place: tuple[float, float] | None = None  # the hand's own
        self._place_loss: float | None = None
        self._hovered: QPointF | None = None
        self._texts = {"start": "", "step": "", "across": "", "waiting": ""}
        self._contours = QPainterPath()
        self._ground = Layer(self)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        claim_keys(self, lambda event: event.key() in STEPS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # --- what is shown ----------------------------------------------------------------------------

    def set_texts(self, start: str, step: str, across: str, waiting: str) -> None:
        """With {loss} and {step} in them; across: what the plane's first direction is."""
        self._texts = {"start": start, "step": step, "across": across, "waiting": waiting}
        self.update()

    def show_landscape(self, shown: Landscape | None) -> None:
        """Draw this; None: there is none yet."""
        self._shown = shown
        if shown is not None:
            self._scale = LossScale.of(np.concatenate([shown.losses.ravel(), shown.path_losses]))
            self._contours = contours(shown.losses, self._scale)
        self._ground.forget()
        self.update()

    def show_step(self, step: int) -> None:
        """Name this step of the way."""
        self._step = step
        self.update()

    def show_place(self, place: tuple[float, float] | None, loss: float | None = None) -> None:
        """The hand's own place, or none. loss: of the very network that is there; None until it is known."""
        if (place, loss) != (self._place, self._place_loss):
            self._place, self._place_loss = place, loss
            self.update()

    @property
    def axes(self) -> Axes | None:
        """The plane's numbers in pixels."""
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        return None if self._shown is None else Axes(frame, *self._shown.reach)

    def count_steps_in(self, frame: QRectF) -> int:
        """How many steps of the way lie in a frame."""
        axes = self.axes
        if axes is None or self._shown is None:
            return 0
        way = axes.pixels(self._shown.plane.path[:, 0], self._shown.plane.path[:, 1])
        return sum(frame.contains(QPointF(*place)) for place in way.tolist())

    @property
    def rings_itself(self) -> bool:
        """Whether it says itself that it has the keyboard: as soon as there is a picture."""
        return self._shown is not None

    def loss_at(self, place: tuple[float, float]) -> float:
        """The loss at a place: that of the network there for the hand's own, else by the grid; NaN outside."""
        if place == self._place and self._place_loss is not None:
            return self._place_loss
        return math.nan if self._shown is None else self._shown.loss_at(place)

    def sizeHint(self) -> QSize:
        return QSize(560, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 140)

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        axes, shown = self.axes, self._shown
        if axes is None or shown is None:
            draw_frame(painter, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
            draw_words(painter, QRectF(self.rect()), self._texts["waiting"])
            return
        self._ground.draw(painter, lambda own: self._paint_ground(own, axes.frame, shown.losses))
        way = axes.pixels(shown.plane.path[:, 0], shown.plane.path[:, 1])
        self._paint_way(painter, way)
        self._paint_names(painter, way)
        self._paint_hand(painter, axes)
        if self.hasFocus():
            painter.setPen(QPen(theme().palette.learner, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(axes.frame, FRAME_RADIUS, FRAME_RADIUS)

    def _paint_ground(self, painter: QPainter, frame: QRectF, losses: Array) -> None:
        inside = QPainterPath()
        inside.addRoundedRect(frame, FRAME_RADIUS, FRAME_RADIUS)
        rows, columns = losses.shape
        painter.save()
        painter.setClipPath(inside)
        painter.drawImage(frame, self._scale.image(losses))
        painter.setPen(QPen(faded(theme().palette.text, 90), 1))
        to_frame = QTransform.fromTranslate(frame.left(), frame.top())
        to_frame.scale(frame.width() / columns, frame.height() / rows)
        painter.drawPath(to_frame.map(self._contours))
        painter.restore()
        self._paint_scale(painter, frame)

    def _paint_way(self, painter: QPainter, way: Array) -> None:
        palette = theme().palette
        for color, width in ((faded(palette.background, 190), 5.0), (palette.text, 2.4)):
            painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            for one, other in itertools.pairwise(way):
                painter.drawLine(QPointF(*one), QPointF(*other))
        for place in way[1:]:
            draw_marker(painter, QPointF(*place), 3.2, 0, palette.text, palette.background, 1.2)
        draw_marker(painter, QPointF(*way[0]), 7.0, 0, palette.background, palette.before, 2.6)
        here = way[min(self._step, len(way) - 1)]
        draw_marker(painter, QPointF(*here), 6.5, 0, palette.text, palette.learner, 2.4)

    def _paint_names(self, painter: QPainter, way: Array) -> None:
        assert self._shown is not None
        palette, losses = theme().palette, self._shown.path_losses
        step = min(self._step, len(way) - 1)
        start = self._texts["start"].format(loss=number_text(float(losses[0])))
        self._paint_note(painter, way[0], start, palette.before, avoids=way[step] if step else None)
        if step:
            text = self._texts["step"].format(step=step, loss=number_text(float(losses[step])))
            self._paint_note(painter, way[step], text, palette.accent_text, avoids=way[0])
        painter.setFont(ui_font(12, 500))
        box = QRectF(self.rect()).adjusted(0, 0, -12, -8)
        self._paint_words(painter, box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)

    def _paint_words(self, painter: QPainter, box: QRectF, alignment: Qt.AlignmentFlag) -> None:
        palette, words = theme().palette, self._texts["across"]
        width = painter.fontMetrics().horizontalAdvance(words) + 12
        ground = QRectF(box.right() - width + 6, box.bottom() - scaled(18), width, scaled(20))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(palette.background, 150))
        painter.drawRoundedRect(ground, 5, 5)
        painter.setPen(palette.text)
        painter.drawText(box, alignment, words)

    def _paint_note(self, painter: QPainter, at: Array, text: str, color: QColor, avoids: Array | None = None) -> None:
        """A chip beside a place, on the side away from another."""
        palette = theme().palette
        painter.setFont(ui_font(12, 600))
        width, height = painter.fontMetrics().horizontalAdvance(text) + scaled(14), scaled(20)
        goes_left = avoids is not None and avoids[0] > at[0]
        left = at[0] - width - 12 if goes_left else at[0] + 12
        if left < 4 or left + width > self.width() - 4:
            left = min(max(at[0] - width / 2, 4.0), self.width() - width - 4.0)
            at = at - np.array([0.0, 22.0 if at[1] > 60 else -22.0])
        top = min(max(at[1] - height / 2, 4.0), self.height() - height - 4.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(palette.background, 225))
        box = QRectF(left, top, width, height)
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(for_words(color))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_scale(self, painter: QPainter, frame: QRectF) -> None:
        size = BAR * theme().zoom
        bar = QRectF(QPointF(frame.right() - size.width() - scaled(18), frame.top() + scaled(14)), size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(theme().palette.background, 205))
        painter.drawRoundedRect(bar.adjusted(-scaled(10), -scaled(8), scaled(10), scaled(22)), 5, 5)
        self._scale.draw_bar(painter, bar)

    def _paint_hand(self, painter: QPainter, axes: Axes) -> None:
        palette = theme().palette
        if self._place is not None:
            at = axes.point(*self._place)
            draw_marker(painter, at, MARKER, 3, palette.learner, palette.on_accent, 2.0)
        if self._hovered is not None:
            loss = self.loss_at(self._pointed_at(axes, self._hovered))
            if math.isfinite(loss):
                above = np.array([self._hovered.x(), self._hovered.y() - 18])
                self._paint_note(painter, above, number_text(loss), palette.text)

    def _pointed_at(self, axes: Axes, position: QPointF) -> tuple[float, float]:
        """The hand's own place where its marker is pointed at, else the very place."""
        if self._place is not None:
            apart = axes.point(*self._place) - position
            if math.hypot(apart.x(), apart.y()) <= MARKER:
                return self._place
        return axes.numbers(position)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    # --- the hand ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._put(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._put(event.position())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.left_to_learner.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        direction = STEPS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self._place is not None:
            self.left_to_learner.emit()
        elif direction is not None and self._shown is not None:
            self._nudge(*direction)
        else:
            super().keyPressEvent(event)

    def _nudge(self, across: int, up: int) -> None:
        assert self._shown is not None
        (left, right), _ = self._shown.reach
        path = self._shown.plane.path
        start = self._place or tuple(path[min(self._step, len(path) - 1)].tolist())
        size = NUDGE * (right - left)
        self.placed.emit(start[0] + across * size, start[1] + up * size)

    def _put(self, position: QPointF) -> None:
        axes = self.axes
        if axes is not None and axes.frame.contains(position):
            self.placed.emit(*axes.numbers(position))


def contours(losses: Array, scale: LossScale) -> QPainterPath:
    """Lines of equal loss, evenly spaced on the scale, in cells from the upper left."""
    shares = np.nan_to_num(scale.shares(losses), nan=1.0)
    whole = QPainterPath()
    for level in np.linspace(0.0, 1.0, NUM_LEVELS + 2)[1:-1]:
        whole.addPath(pg.isocurve(shares.T, float(level), connected=True, path=True))
    return whole
