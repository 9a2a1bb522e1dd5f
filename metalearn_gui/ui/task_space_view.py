"""Unseen tasks as dots under the hand, coloured by their losses."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.bridge.touches import TouchedTask
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.ui.canvas.answered import Answered
from metalearn_gui.ui.canvas.axes import (
    Axes,
    Range,
    draw_columns,
    draw_frame,
    draw_rows,
    draw_words,
    label_room,
    widened,
)
from metalearn_gui.ui.canvas.markers import draw_marker, draw_ring, faded, stamp_markers
from metalearn_gui.ui.layer import Layer
from metalearn_gui.ui.lookout import claim_keys
from metalearn_gui.ui.loss_colors import LossScale
from metalearn_gui.ui.task_picture import paint_task
from metalearn_gui.ui.theme import scaled, theme, ui_font

BELOW, SCALE_ROOM = 40, 34  # pixels under the frame: numbers and the axis' name; then the scale of colours
RADIUS, REACH = 3.6, 14.0
CARD = QSize(206, 62)
MOVES = {Qt.Key.Key_Left: 1, Qt.Key.Key_Right: -1}


@dataclasses.dataclass(frozen=True)
class Dots:
    """places (tasks, 2), NaN for none; losses (tasks,); notes: what the card beside a dot says, a line each."""

    places: Array
    losses: Array
    tasks: tuple[TouchedTask, ...]
    names: tuple[str, str]
    notes: tuple[tuple[str, ...], ...]
    worst: tuple[int, ...] = ()  # those that are marked, the worst first


class TaskSpaceView(QWidget):
    """Emits the dot that is opened; shows what it is told."""

    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("task_space_view")
        self._dots: Dots | None = None
        self._family: TaskFamily | None = None
        self._scale = LossScale.of(np.empty(0))
        self._near: int | None = None  # the dot under the mouse, or chosen by the keyboard
        self._here: Array | None = None
        self._ground = Layer(self)
        self._words = {"scale": "", "waiting": ""}
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        claim_keys(self, lambda event: event.key() in MOVES)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_texts(self, scale: str, waiting: str) -> None:
        """scale: what the colours are of."""
        self._words = {"scale": scale, "waiting": waiting}
        self._ground.forget()
        self.update()

    def show_dots(self, dots: Dots | None, family: TaskFamily) -> None:
        """Draw these; None: there are none yet."""
        self._dots, self._family = dots, family
        if dots is not None:
            self._scale = LossScale.of(dots.losses)
        self._ground.forget()
        self.update()

    def show_here(self, here: Array | None) -> None:
        """Where the touched task lies, (2,), or None."""
        self._here = here
        self.update()

    @property
    def axes(self) -> Axes | None:
        """The dots' numbers in pixels."""
        if self._dots is None:
            return None
        across, up = (_range_of(self._dots.places[:, place]) for place in (0, 1))
        bottom = self.height() - scaled(BELOW) - scaled(SCALE_ROOM)
        left = label_room(up) + scaled(16)
        frame = QRectF(left, 0.5, self.width() - left - 0.5, bottom)
        return Axes(frame, across, up)

    def dot_at(self, position: QPointF) -> int | None:
        """The dot that is nearest to a position, within reach."""
        axes = self.axes
        if axes is None or self._dots is None:
            return None
        pixels = axes.pixels(self._dots.places[:, 0], self._dots.places[:, 1])
        distances = np.hypot(pixels[:, 0] - position.x(), pixels[:, 1] - position.y())
        if np.isnan(distances).all():
            return None
        nearest = int(np.nanargmin(distances))
        return nearest if distances[nearest] <= REACH else None

    def sizeHint(self) -> QSize:
        return QSize(340, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 150)

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        axes, dots = self.axes, self._dots
        if axes is None or dots is None:
            draw_frame(painter, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
            draw_words(painter, QRectF(self.rect()), self._words["waiting"])
            return
        self._ground.draw(painter, lambda own: self._paint_ground(own, axes, dots))
        self._paint_here(painter, axes)
        is_here = self.hasFocus() or self.underMouse()  # once both have left, the card would only hide dots
        if self._near is not None and self._near < len(dots.tasks) and is_here:
            self._paint_card(painter, axes, dots, self._near)

    def _paint_ground(self, painter: QPainter, axes: Axes, dots: Dots) -> None:
        draw_frame(painter, axes.frame)
        draw_columns(painter, axes)
        draw_rows(painter, axes)
        self._paint_names(painter, axes, dots.names)
        self._paint_dots(painter, axes, dots)
        self._paint_scale(painter)

    def _paint_names(self, painter: QPainter, axes: Axes, names: tuple[str, str]) -> None:
        painter.setFont(ui_font(12))
        painter.setPen(theme().palette.muted)
        below = QRectF(axes.frame.left(), axes.frame.bottom() + scaled(20), axes.frame.width(), scaled(18))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, names[0])
        painter.save()
        painter.translate(scaled(8), axes.frame.center().y())
        painter.rotate(-90)
        half = axes.frame.height() / 2
        painter.drawText(QRectF(-half, -scaled(9), 2 * half, scaled(18)), Qt.AlignmentFlag.AlignCenter, names[1])
        painter.restore()

    def _paint_dots(self, painter: QPainter, axes: Axes, dots: Dots) -> None:
        palette = theme().palette
        pixels = axes.pixels(dots.places[:, 0], dots.places[:, 1])
        order = np.argsort(np.nan_to_num(dots.losses, nan=np.inf), kind="stable")  # the worst on top
        colors = self._scale.pixels(dots.losses).tolist()
        for place in order.tolist():
            if np.isfinite(pixels[place]).all():
                color = QColor(*colors[place])
                stamp_markers(painter, pixels[place][None], RADIUS, 0, color, faded(palette.text, 60), 0.8)
        for place in dots.worst:
            if np.isfinite(pixels[place]).all():
                draw_ring(painter, QPointF(*pixels[place].tolist()), palette.error, RADIUS + 4)

    def _paint_here(self, painter: QPainter, axes: Axes) -> None:
        palette = theme().palette
        if self._here is not None and np.isfinite(self._here).all():
            at = axes.point(*self._here.tolist())
            draw_marker(painter, at, 5.0, 0, palette.text, palette.background, 1.4)
            draw_ring(painter, at, palette.learner, 8.5)

    def _paint_scale(self, painter: QPainter) -> None:
        painter.setFont(ui_font(12))
        painter.setPen(theme().palette.muted)
        top = self.height() - scaled(SCALE_ROOM) + scaled(6)
        words = self._words["scale"]
        width = min(painter.fontMetrics().horizontalAdvance(words) + 14.0, 0.55 * self.width())
        text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(width) - 8)
        painter.drawText(QRectF(0, top - scaled(6), width, scaled(20)), Qt.AlignmentFlag.AlignVCenter, text)
        self._scale.draw_bar(painter, QRectF(width, top, self.width() - width - 1, scaled(7)))

    def _paint_card(self, painter: QPainter, axes: Axes, dots: Dots, near: int) -> None:
        palette = theme().palette
        at = axes.point(*dots.places[near].tolist())
        draw_ring(painter, at, palette.text, 7.5)
        width, height = float(scaled(CARD.width())), float(scaled(CARD.height()))
        left = at.x() + 12 if at.x() + 12 + width < self.width() else at.x() - 12 - width
        top = at.y() + 10 if at.y() + 10 + height < axes.frame.bottom() else at.y() - 10 - height
        box = QRectF(max(left, 2.0), max(top, 2.0), width, height)
        painter.setPen(palette.line)
        painter.setBrush(palette.panel)
        painter.drawRoundedRect(box, 6, 6)
        picture = QRectF(box.left() + 6, box.top() + 6, 1.4 * (height - 12), height - 12)
        assert self._family is not None
        paint_task(painter, picture, Answered(self._family, dots.tasks[near]))
        painter.setFont(ui_font(12))
        painter.setPen(palette.text)
        words = QRectF(picture.right() + 8, box.top() + 5, box.right() - picture.right() - 12, height - 10)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, "\n".join(dots.notes[near]))

    # --- the hand ---------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.dot_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        near = self.dot_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and near is not None:
            self.opened.emit(near)

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._dots is not None and Qt.Key(event.key()) in MOVES:
            self._walk(MOVES[Qt.Key(event.key())])
        elif self._near is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self._near)
        else:
            super().keyPressEvent(event)

    def _walk(self, direction: int) -> None:
        """Left: to a worse task; right: to a better one. It begins with the worst."""
        assert self._dots is not None
        order = np.argsort(np.nan_to_num(self._dots.losses, nan=np.inf), kind="stable").tolist()
        place = len(order) - 1 if self._near is None else order.index(self._near) + direction
        self._point_at(order[min(max(place, 0), len(order) - 1)])

    def _point_at(self, near: int | None) -> None:
        if near != self._near:
            self._near = near
            self.setCursor(Qt.CursorShape.ArrowCursor if near is None else Qt.CursorShape.PointingHandCursor)
            said = self._dots.notes[near] if self._dots is not None and near is not None else ()
            self.setAccessibleDescription(", ".join(said))
            self.update()


def _range_of(values: Array) -> Range:
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    if high - low < 1e-9 * max(abs(low), abs(high), 1.0) or not math.isfinite(high - low):
        return low - 1.0, low + 1.0
    return widened((low, high), 0.05)
