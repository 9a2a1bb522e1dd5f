"""Two numbers of a context as a point to drag, over the way on which adapting has led there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import Axes, draw_frame
from metalearn_gui.ui.canvas.markers import draw_halo, draw_marker, faded
from metalearn_gui.ui.lookout import by_keys, claim_keys
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import theme, ui_font

MARGIN = 1.6  # of the longest reach of the path: there must be somewhere to go
LEAST_REACH = 1.0
NUDGE = 0.02  # of the pad's width, for an arrow key
STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}


class ContextPad(QWidget):
    """Emits where the hand puts the point; shows what it is told."""

    rings_itself = True
    moved = Signal(float, float)
    left_to_learner = Signal()  # a double-click or Escape: the learner's own again

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = np.zeros((1, 2))
        self._point = np.zeros(2)
        self._names = ("", "")
        self._reach = LEAST_REACH
        self._step = 0
        self._is_own, self._is_grabbed = False, False
        self._by_keyboard = False  # the ring is for those who cannot see a pointer
        self.setFont(ui_font(12))
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        claim_keys(self, lambda event: event.key() in (*STEPS, Qt.Key.Key_Escape))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def point(self) -> Array:
        return self._point

    def show_path(self, path: Array, step: int, own: Array | None, names: tuple[str, str]) -> None:
        """The path (steps + 1, 2), the step it has come to, and the hand's own point or None.

        The axes stand still while the point is dragged.
        """
        self._path, self._names, self._is_own = path, names, own is not None
        self._step = min(step, len(path) - 1)
        self._point = self._path[self._step] if own is None else own
        if not self._is_grabbed:
            far = np.abs(np.concatenate([path, self._point[None]]))
            self._reach = max(LEAST_REACH, MARGIN * float(np.max(far, where=np.isfinite(far), initial=0.0)))
        values = (f"{name} {number_text(float(value))}" for name, value in zip(names, self._point, strict=True))
        self.setAccessibleDescription(", ".join(values))
        self.update()

    def axes(self) -> Axes:
        """How the two numbers lie on the widget."""
        span = (-self._reach, self._reach)
        return Axes(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), span, span)

    def sizeHint(self) -> QSize:
        return QSize(180, 140)

    def minimumSizeHint(self) -> QSize:
        return QSize(90, 80)

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, axes = theme().palette, self.axes()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_frame(painter, axes.frame)
        self._paint_axes(painter, axes)
        points = [axes.point(x, y) for x, y in self._path.tolist()]
        painter.setPen(QPen(faded(palette.learner, 130 if self._is_own else 255), 1.6))
        painter.drawPolyline(points[: self._step + 1])
        for place, point in enumerate(points):
            is_start = place == 0
            color = palette.before if is_start else faded(palette.learner, 255 if place <= self._step else 110)
            draw_marker(painter, point, 4.0 if is_start else 3.0, 0, None if is_start else color, color, 1.6)
        at = axes.point(*self._point.tolist())
        if self._is_grabbed:
            draw_halo(painter, at, palette.learner, 15)
        draw_marker(painter, at, 6.5, 0, palette.text, palette.learner, 2.4)
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(QPen(palette.learner, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(axes.frame.adjusted(1, 1, -1, -1), 6, 6)

    def _paint_axes(self, painter: QPainter, axes: Axes) -> None:
        palette, frame, zero = theme().palette, axes.frame, axes.point(0.0, 0.0)
        painter.setPen(QPen(palette.line, 1))
        painter.drawLine(QPointF(frame.left(), zero.y()), QPointF(frame.right(), zero.y()))
        painter.drawLine(QPointF(zero.x(), frame.top()), QPointF(zero.x(), frame.bottom()))
        painter.setPen(palette.muted)
        across, up = self._names
        reach = f"{self._reach:.2g}"
        inside = frame.adjusted(7, 4, -7, -4)  # in the corners, where the path seldom comes
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, f"{across}  ±{reach}")
        painter.drawText(
            inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, f"{up}  ±{reach}" if up else ""
        )

    # --- the hand ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_grabbed = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._move_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_grabbed:
            self._move_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_grabbed = False
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.left_to_learner.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = by_keys(event)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_keyboard = True
        key = Qt.Key(event.key())
        if key in STEPS:
            nudged = self._point + NUDGE * 2 * self._reach * np.array(STEPS[key])
            self.moved.emit(*np.clip(nudged, -self._reach, self._reach).tolist())
        elif key == Qt.Key.Key_Escape:
            self.left_to_learner.emit()
        else:
            super().keyPressEvent(event)

    def _move_to(self, position: QPointF) -> None:
        self.moved.emit(*(float(np.clip(value, -self._reach, self._reach)) for value in self.axes().numbers(position)))
