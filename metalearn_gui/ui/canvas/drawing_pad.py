"""A picture shown large, to be drawn on with mouse, pen or touch; it knows its picture alone."""

from __future__ import annotations

import enum

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.pixels import crisp, draw_ink, side_of, with_stroke
from metalearn_gui.ui.theme import theme

ERASER = 2.2  # times as wide as the pen
EDGE = 2  # pixels around the picture, for its line


class Tool(enum.Enum):
    """What the hand holds."""

    PEN = "pen"
    ERASER = "eraser"


class DrawingPad(QWidget):
    """Emits the picture that a stroke makes, once per painted frame; shows what it is told."""

    begun = Signal()  # a stroke begins
    drawn = Signal(object)  # the picture with the stroke so far, as a row of numbers

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, objectName="drawing_pad")
        self.tool = Tool.PEN
        self.pen_width = 1.0  # in pixels of the picture
        self._values = np.zeros(1, np.float32)
        self._color = QColor()
        self._stroke: list[QPointF] = []  # its newest part, in pixels of the picture
        self._hovered: QPointF | None = None
        self._awaits_paint = False
        self._flush_soon = QTimer(self, singleShot=True, interval=0)
        self._flush_soon.timeout.connect(self._flush)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else the canvas below is painted with every move
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.BlankCursor)

    def show_picture(self, values: Array, color: QColor) -> None:
        """Show this row of numbers, with a line of this colour around it."""
        self._values, self._color = values, color
        self.update()

    def hold(self, tool: Tool) -> None:
        """The hand takes another tool."""
        self.tool = tool

    def paper(self) -> QRectF:
        """Where the picture lies on the widget."""
        room = QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        return crisp(room, side_of(len(self._values)), self.devicePixelRatioF())

    # --- the hand ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.begun.emit()
            self._stroke = [self._place(event.position())]
            self._flush()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = event.position()
        self.update()
        if self._stroke:
            self._stroke.append(self._place(event.position()))
            if not self._awaits_paint:
                self._flush()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._stroke:
            self._flush()
            self._stroke = []

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._awaits_paint = False  # no paint will come
        self._stroke = []

    def _flush(self) -> None:
        """Draw what has come since the last time; the next part goes on from its end."""
        self._awaits_paint = self.isVisible()
        width, erases = self._width, self.tool is Tool.ERASER
        self._values = with_stroke(self._values, self._stroke, width, erases)
        self._stroke = self._stroke[-1:]
        self.drawn.emit(self._values)
        self.update()

    @property
    def _width(self) -> float:
        return self.pen_width * (ERASER if self.tool is Tool.ERASER else 1.0)

    @property
    def _scale(self) -> float:
        """Of the widget's pixels, in one of the picture."""
        return self.paper().width() / side_of(len(self._values))

    def _place(self, position: QPointF) -> QPointF:
        return (position - self.paper().topLeft()) / self._scale

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, painter = theme().palette, QPainter(self)
        painter.fillRect(self.rect(), palette.card)
        draw_ink(painter, self.paper(), self._values, palette.background, palette.text, QPen(self._color, 2))
        if self._hovered is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(palette.learner, 1.4))
            radius = max(self._width * self._scale / 2, 2.0)
            painter.drawEllipse(self._hovered, radius, radius)
        self._awaits_paint = False
        if len(self._stroke) > 1:
            self._flush_soon.start()
