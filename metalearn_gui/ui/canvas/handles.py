"""Handles under mouse and keyboard: a surface with things to drag, one move per painted frame.

A handle is something that can be dragged: a support point, or a number of a target. A subclass says where its
handles are and what a move means, and asks the session for it.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import FRAME_RADIUS
from metalearn_gui.ui.canvas.keys import ARROWS, CHANGING, ENDS, NUDGES, REDO, UNDO
from metalearn_gui.ui.canvas.surface import Surface
from metalearn_gui.ui.lookout import by_keys, claim_keys, pressed
from metalearn_gui.ui.theme import theme

REACH = 12.0  # pixels of the design from a handle's middle that still grab it


class HandleSurface(Surface):
    """A surface whose handles follow the hand."""

    rings_itself = True
    ring_outside: ClassVar[float] = -1.0  # pixels from the frame to the line that says that the keyboard is here
    claimed_keys: ClassVar[frozenset[int]] = frozenset((*ARROWS, *CHANGING))

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.chosen: int | None = None  # the handle that the keyboard acts on
        self.grabbed: int | None = None  # the handle under the mouse button
        self.hovered: QPointF | None = None
        self._pressed = QPointF()  # where a button went down last
        self._described = ""  # what was said last of what the keyboard acts on
        self._wanted: QPointF | None = None  # where the grabbed handle should go; the newest wins
        self._awaits_paint = False
        self._by_keyboard = False  # who was here last: the ring is for those who cannot see a pointer
        self._flush_soon = QTimer(self, singleShot=True, interval=0)
        self._flush_soon.timeout.connect(self._flush_move)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        claim_keys(self, self._claims)

    # --- what a subclass says -------------------------------------------------------------------
    def handle_pixels(self) -> Array:
        """Where the handles are, (n, 2)."""
        raise NotImplementedError

    def move_handle(self, index: int, position: QPointF) -> None:
        """Ask the session to move it there, kept inside the allowed range."""
        raise NotImplementedError

    def add_at(self, position: QPointF) -> int | None:
        """Ask the session for a new handle; its index, or None where nothing can be added."""
        raise NotImplementedError

    def remove_handle(self, index: int) -> None:
        """Ask the session to take it away."""
        self.session.unseen.remove_point(index)

    def insert(self) -> int | None:
        """Ask for a new handle where the keyboard puts it; its index, or None."""
        raise NotImplementedError

    def describe_handle(self, index: int) -> str:
        """One line for a screen reader."""
        raise NotImplementedError

    def hover_lines(self, position: QPointF) -> list[str]:
        """Exact values under the mouse."""
        return []

    def hover_about(self, position: QPointF) -> QRectF | None:
        """What those are the values of, where it is a box: it is not to be covered."""
        return None

    # --- the session's signals ------------------------------------------------------------------
    def task_changed(self) -> None:
        self.grabbed = self.chosen = self._wanted = None

    def settle(self) -> None:
        """Axes stand still while a handle is dragged; a handle that is gone is let go."""
        count = len(self.handle_pixels())
        self.grabbed = self.grabbed if self.grabbed is not None and self.grabbed < count else None
        self.chosen = self.chosen if self.chosen is not None and self.chosen < count else None
        if self.grabbed is None:
            self.refit()

    def _take_task(self) -> None:
        super()._take_task()
        if self._by_keyboard and self.hasFocus() and not self.described():
            self._choose_next(1)
        if self.accessibleDescription() == self._described:
            self._describe()

    # --- painting -------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hovered is not None and self.grabbed is None:
            lines, about = self.hover_lines(self.hovered), self.hover_about(self.hovered)
            self.draw_note(painter, lines, self.hovered, about)
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(QPen(theme().palette.learner, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            out = self.ring_outside
            painter.drawRoundedRect(self.frame().adjusted(-out, -out, out, out), FRAME_RADIUS, FRAME_RADIUS)
        painter.end()
        self._awaits_paint = False
        if self._wanted is not None:
            self._flush_soon.start()

    # --- mouse ----------------------------------------------------------------------------------
    def handle_at(self, position: QPointF) -> int | None:
        """The nearest handle within reach."""
        pixels = self.handle_pixels()
        if not len(pixels):
            return None
        distances = np.hypot(pixels[:, 0] - position.x(), pixels[:, 1] - position.y())
        distances = np.where(np.isfinite(distances), distances, np.inf)
        nearest = int(np.argmin(distances))
        return nearest if distances[nearest] <= theme().zoom * REACH else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard, self._pressed = False, event.position()
        self.session.unseen.begin_touch()
        index = self.handle_at(event.position())
        if event.button() == Qt.MouseButton.RightButton and index is not None:
            self.remove_handle(index)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._grab(self.add_at(event.position()) if index is None else index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hovered = event.position()
        if self.grabbed is None:
            if over := self.handle_at(event.position()) is not None:
                self.session.unseen.note_hand()  # before it touches: then its answer waits for nothing
            self.setCursor(Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.CrossCursor)
            self.update()
            return
        self._wanted = event.position()
        if not self._awaits_paint:
            self._flush_move()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self.grabbed is None:
            return
        self._flush_move()
        self.grabbed = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.follow_next()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if (event.position() - self._pressed).manhattanLength() > REACH:  # Qt takes two quick taps for one, however far
            self.mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.grabbed = None
            self.session.unseen.restore_task()

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered = None
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._awaits_paint = False  # no paint will come

    def _grab(self, index: int | None) -> None:
        self.grabbed = index
        if index is not None:
            self.choose(index)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.paint_next()

    def _flush_move(self) -> None:
        if self._wanted is None or self.grabbed is None:
            return
        position, self._wanted, before = self._wanted, None, self.touched
        self.move_handle(self.grabbed, position)
        # Within one star, say, a move changes nothing: no paint will come.
        self._awaits_paint = self.isVisible() and self.touched is not before

    # --- keyboard -------------------------------------------------------------------------------
    def _claims(self, event: QKeyEvent) -> bool:
        return event.key() in self.claimed_keys or pressed(event) in (UNDO, REDO)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_keyboard = True
        if pressed(event) == UNDO:
            self.undo()
        elif pressed(event) == REDO:
            self.redo()
        else:
            self._press_key(event)

    def undo(self) -> None:
        """Take back what was done last."""
        self.session.undo()

    def redo(self) -> None:
        """The other way."""
        self.session.redo()

    def _press_key(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        is_nudge = key in ARROWS and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if is_nudge or key in CHANGING:
            self.session.unseen.begin_touch()
        if is_nudge:
            self._nudge(ARROWS[key])
        elif key in ARROWS:
            forward = key in (Qt.Key.Key_Right, Qt.Key.Key_Up)
            self._choose_next(1 if forward else -1)
        elif key in ENDS:
            self._choose_end(ENDS[key])
        elif key == Qt.Key.Key_Insert:
            self.choose(self.insert())
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.chosen is not None:
            self._remove_chosen(self.chosen)
        elif key == Qt.Key.Key_N:
            self.session.unseen.new_task()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = by_keys(event)
        if self._by_keyboard and self.chosen is None:
            self._choose_next(1)
        super().focusInEvent(event)

    def choose(self, index: int | None) -> None:
        """Make a handle the one that the keyboard acts on, and say so to a screen reader."""
        self.chosen = index
        self._describe()
        self.paint_next()

    def described(self) -> str:
        """What the keyboard acts on, for a screen reader; empty where that is nothing."""
        return "" if self.chosen is None else self.describe_handle(self.chosen)

    def _describe(self) -> None:
        """As it is now: what was said before a change no longer holds."""
        self._described = self.described()
        if self._described == self.accessibleDescription():
            return
        self.setAccessibleDescription(self._described)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def _order(self) -> list[int]:
        """The handles from left to right, as arrows go through them."""
        pixels = self.handle_pixels()
        return np.lexsort((pixels[:, 1], pixels[:, 0])).tolist() if len(pixels) else []

    def _choose_next(self, direction: int) -> None:
        order = self._order()
        if order:
            place = order.index(self.chosen) + direction if self.chosen is not None else 0
            self.choose(order[place % len(order)])

    def _choose_end(self, place: int) -> None:
        """The first, 0, or the last, -1."""
        order = self._order()
        if order:
            self.choose(order[place])

    def _remove_chosen(self, chosen: int) -> None:
        """What follows it is chosen then, as in any list; else the one before it."""
        before = self._order()
        self.remove_handle(chosen)
        if len(left := self._order()) == len(before) - 1 and left:
            self.choose(left[min(before.index(chosen), len(left) - 1)])

    def _nudge(self, direction: QPointF) -> None:
        if self.chosen is None:
            return
        start = self.handle_pixels()[self.chosen].tolist()
        for pixels in NUDGES:
            self.move_handle(self.chosen, QPointF(*start) + direction * pixels)
            if self.chosen is None or self.handle_pixels()[self.chosen].tolist() != start:
                break
        if self.chosen is not None:
            self.choose(self.chosen)
