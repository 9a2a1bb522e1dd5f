"""A picture shown large, to be drawn on with mouse, pen or touch; it knows its picture alone."""

from __future__ import annotations

import enum

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointingDevice,
    QTabletEvent,
)
from PySide6.QtWidgets import QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.drawing import Drawing, ink_width
from metalearn_gui.ui.canvas.pixels import crisp, draw_ink, side_of
from metalearn_gui.ui.canvas.unit_answers import draw_map
from metalearn_gui.ui.theme import theme

EDGE = 2  # pixels around the picture, for its line


class Tool(enum.Enum):
    """What the hand holds."""

    PEN = "pen"
    ERASER = "eraser"


class DrawingPad(QWidget):
    """Emits the drawing that a stroke makes, once per painted frame; shows what it is told."""

    approached = Signal()  # the pen moves over the paper
    begun = Signal()  # a stroke begins
    drawn = Signal(object)  # the Drawing with the stroke so far

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("drawing_pad")
        self.tool = Tool.PEN
        self.pen_width = 1.0  # in pixels of the picture
        self.drawing = Drawing.on(np.zeros(1, np.float32))
        self._color = QColor()
        self._laid_over: Array | None = None
        self._stroke: list[QPointF] = []  # its newest part, in pixels of the picture
        self._goes_on = False  # whether there is an earlier part of it
        self._is_turned = False  # whether the pen of a tablet is held by its eraser's end
        self._erases = False  # the stroke does, whatever comes to the hand meanwhile
        self._hovered: QPointF | None = None
        self._pen: QPointF | None = None  # where the keyboard holds it, in pixels of the picture
        self._awaits_paint = False
        self._flush_soon = QTimer(self, singleShot=True, interval=0)
        self._flush_soon.timeout.connect(self._flush)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else the canvas below is painted with every move
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.BlankCursor)

    def show_drawing(self, drawing: Drawing, color: QColor) -> None:
        """Show this picture, with a line of this colour around it."""
        self.drawing, self._color = drawing, color
        self.update()

    def lay_over(self, values: Array | None) -> None:
        """Show what a channel of the network makes of the picture, over it; None: the picture alone."""
        if values is not self._laid_over:
            self._laid_over = values
            self.update()

    def hold(self, tool: Tool) -> None:
        """The hand takes another tool."""
        self.tool = tool

    def paper(self) -> QRectF:
        """Where the picture lies on the widget."""
        room = QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        return crisp(room, side_of(len(self.drawing.values)), self.devicePixelRatioF())

    # --- the hand ---------------------------------------------------------------------------------

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Which end of a pen is down; the mouse events that follow draw, as they do for a finger."""
        self._is_turned = event.pointerType() == QPointingDevice.PointerType.Eraser
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(self._place(event.position()))
            self._flush()

    def move_pen(self, direction: QPointF, draws: bool) -> None:
        """The keyboard's hand: one pixel of the picture further, from the middle at first; pen or eraser down or up."""
        middle = QPointF(1.0, 1.0) * side_of(len(self.drawing.values)) / 2
        start = middle if self._pen is None else self._pen
        self._pen = self._within(start + direction)
        if draws:
            self._begin(start)
            self._stroke.append(self._pen)
            self._flush()
            self._end_stroke()
        self.update()

    def put_pen_away(self) -> None:
        """The keyboard's hand is elsewhere."""
        self._pen = None
        self.update()

    def _begin(self, place: QPointF) -> None:
        self.begun.emit()
        self._erases, self._is_turned = self._is_turned or self.tool is Tool.ERASER, False
        self._stroke, self._goes_on = [place], False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered, self._pen = event.position(), None
        self.update()
        if not self._stroke:
            self.approached.emit()
        else:
            self._stroke.append(self._place(event.position()))
            if not self._awaits_paint:
                self._flush()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._stroke:
            self._flush()
            self._end_stroke()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._awaits_paint = False  # no paint will come
        self._end_stroke()

    def _end_stroke(self) -> None:
        self._stroke = []
        self._flush_soon.stop()  # there is nothing left that it could draw

    def _flush(self) -> None:
        """Draw what has come since the last time; the next part goes on from its end."""
        self._awaits_paint = self.isVisible()
        before = self.drawing
        self.drawing = before.with_part(tuple(self._stroke), self.pen_width, self._erases, self._goes_on)
        self._stroke, self._goes_on = self._stroke[-1:], True
        if not np.array_equal(self.drawing.values, before.values):  # a stroke may go on outside the paper
            self.drawn.emit(self.drawing)
        self.update()

    @property
    def _scale(self) -> float:
        """Of the widget's pixels, in one of the picture."""
        return self.paper().width() / side_of(len(self.drawing.values))

    def _place(self, position: QPointF) -> QPointF:
        return (position - self.paper().topLeft()) / self._scale

    def _within(self, place: QPointF) -> QPointF:
        side = float(side_of(len(self.drawing.values)))
        return QPointF(min(max(place.x(), 0.0), side), min(max(place.y(), 0.0), side))

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, painter = theme().palette, QPainter(self)
        painter.fillRect(self.rect(), palette.card)
        draw_ink(painter, self.paper(), self.drawing.values, palette.background, palette.text, QPen(self._color, 2))
        if self._laid_over is not None:
            draw_map(painter, self.paper(), self._laid_over)
        hand = self._hovered if self._pen is None else self.paper().topLeft() + self._pen * self._scale
        if hand is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(palette.learner, 1.4))
            width = ink_width(self.pen_width, self.tool is Tool.ERASER)
            radius = max(width * self._scale / 2, 2.0)
            painter.drawEllipse(hand, radius, radius)
        self._awaits_paint = False
        if len(self._stroke) > 1:
            self._flush_soon.start()
