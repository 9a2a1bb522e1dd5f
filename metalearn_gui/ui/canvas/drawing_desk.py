"""The drawing pad with its tools: what the hand draws there, and the picture that a task is to have of it."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.ui.canvas.drawing import Drawing, InkBox, usual_ink_box
from metalearn_gui.ui.canvas.drawing_pad import EDGE, DrawingPad
from metalearn_gui.ui.canvas.drawing_tools import DrawingTools
from metalearn_gui.ui.canvas.picture_source import ask_picture_path, file_bytes
from metalearn_gui.ui.canvas.pixels import stroke_width

REMEMBERED = 200  # drawings whose strokes are kept, to be gone on with


class DrawingDesk(QObject):
    """A drawing on an empty sheet becomes a picture like the others of its task: in their middle, of their size.

    The pad shows it as it was drawn, so that the next stroke lands where the hand is.
    """

    drawn = Signal(object)  # the picture, a row of numbers
    refused = Signal(str)  # why a file gives no picture

    def __init__(self, session: Session, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.pad, self.tools = DrawingPad(canvas), DrawingTools(canvas)
        self.pad.setFocusProxy(canvas)
        self._box: InkBox | None = None
        self._others, self._pads, self._inverts = np.zeros((0, 1), np.float32), True, False
        self._shown = np.zeros(1, np.float32)  # on the pad
        self._replaced: Array | None = None  # what was on the pad when a file was asked for, while it is read
        self._drawings: dict[bytes, Drawing] = {}  # by the picture that was made of them
        self._unseen, self._reading = session.unseen, session.pictures
        for signal in (self._unseen.laidOverChanged, self._unseen.rowChanged):
            signal.connect(self._lay_over)
        self._reading.made.connect(self._take_made)
        self._reading.refused.connect(self._refuse)
        self.pad.approached.connect(self._unseen.note_hand)
        self.pad.begun.connect(self._unseen.begin_touch)
        self.pad.drawn.connect(self._take)
        self.tools.toolChosen.connect(self.pad.hold)
        self.tools.fitToggled.connect(self._fit_again)
        self.tools.clearAsked.connect(self._clear)
        self.tools.fileAsked.connect(self._ask_file)

    def measure(self, pictures: Array, family: TaskFamily) -> None:
        """Draw like these pictures of a task (n, numbers): pen, place and size.

        Images of a file became squares by squeezing; what comes to others keeps its shape.
        """
        self._others, self._pads = pictures, not family.needs_data
        self._inverts = getattr(family, "inverted", "") == "yes"
        self.pad.pen_width, self._box = stroke_width(pictures), usual_ink_box(pictures)

    def place(self, large: QRectF, tools: QRectF) -> None:
        """Where the picture and the tools lie on the canvas; no tools in an empty box."""
        self.pad.setGeometry(large.adjusted(-EDGE, -EDGE, EDGE, EDGE).toRect())
        self.tools.setGeometry(tools.toRect())
        self.tools.setVisible(not tools.isEmpty())
        self.pad.show()

    def hide(self) -> None:
        """There is nothing to draw on."""
        self.pad.hide()
        self.tools.hide()

    def show_picture(self, values: Array, color: QColor) -> None:
        """Put a picture on the pad, as it was drawn where it was."""
        self._shown = values
        self.pad.show_drawing(self._drawings.get(values.tobytes()) or Drawing.on(values), color)

    def _lay_over(self) -> None:
        """What is laid over the task has to do with its first query alone."""
        laid, first = self._unseen.laid_over, len(self._unseen.touched.support.x)
        is_map = laid is not None and laid.values.ndim > 1 and self._unseen.row in (None, first)
        self.pad.lay_over(laid.values if laid is not None and is_map else None)

    def take(self, read: Callable[[], bytes]) -> None:
        """Put an image file's contents in the place of the picture, once they are read. read: see PictureReading."""
        self._replaced = self._shown
        self._reading.ask(read, self._others, self._pads, self._inverts)

    def _take_made(self, values: Array) -> None:
        """Into the place that it was asked for, and no other."""
        replaced, self._replaced = self._replaced, None
        if replaced is None:  # another pad asked
            return
        if np.array_equal(self._shown, replaced):
            self._unseen.begin_touch()
            self._give(values)
        else:
            self.refused.emit(self.tr("The picture came too late: another one was chosen meanwhile."))

    def _give(self, values: Array) -> None:
        """Only another picture than before: one that stays as it is would be taken for a word on its class."""
        if not np.array_equal(values, self._shown):
            self.drawn.emit(values)

    def _refuse(self, why: str) -> None:
        replaced, self._replaced = self._replaced, None
        if replaced is not None:
            self.refused.emit(self.tr("The picture is not taken: {why}; choose another one.").format(why=why))

    def _ask_file(self) -> None:
        path = ask_picture_path(self.tools)
        if path:
            self.take(functools.partial(file_bytes, path))

    def _take(self, drawing: Drawing) -> None:
        box = self._box if self.tools.fits else None
        values = drawing.values if box is None else drawing.fitted(box, self.pad.pen_width)
        self._drawings.pop(values.tobytes(), None)
        self._drawings[values.tobytes()] = drawing
        if len(self._drawings) > REMEMBERED:
            del self._drawings[next(iter(self._drawings))]
        self._give(values)

    def _fit_again(self) -> None:
        if self.pad.drawing.strokes:
            self._unseen.begin_touch()
            self._take(self.pad.drawing)

    def _clear(self) -> None:
        self._unseen.begin_touch()
        self._give(np.zeros_like(self.pad.drawing.values))
