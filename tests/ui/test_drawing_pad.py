"""The pad that pictures are drawn on, alone."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from metalearn_gui.ui.canvas.drawing import Drawing
from metalearn_gui.ui.canvas.drawing_pad import DrawingPad


def test_a_stroke_that_ends_right_after_it_was_painted_is_drawn_to_its_end_and_no_further(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.resize(120, 120)
    pad = DrawingPad(holder)
    pad.resize(120, 120)
    pad.show_drawing(Drawing.on(np.zeros(784, np.float32)), QColor("white"))
    with qtbot.waitExposed(holder):
        holder.show()
    drawings: list[Drawing] = []
    pad.drawn.connect(drawings.append)
    _send(pad, QEvent.Type.MouseButtonPress, QPointF(20, 20))
    _send(pad, QEvent.Type.MouseMove, QPointF(60, 60))
    pad.repaint()  # what the hand did since the last frame is to be drawn soon
    _send(pad, QEvent.Type.MouseButtonRelease, QPointF(60, 60))
    count = len(drawings)
    qtbot.wait(20)
    assert len(drawings) == count == 2


def _send(pad: DrawingPad, kind: QEvent.Type, place: QPointF) -> None:
    """As the system does, without looking after other events in between."""
    held = Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, place, pad.mapToGlobal(place), held, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(pad, event)
