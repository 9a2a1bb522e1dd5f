"""The pad that pictures are drawn on, alone."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from metalearn_gui.ui.canvas.drawing import Drawing
from metalearn_gui.ui.canvas.drawing_pad import DrawingPad


@pytest.fixture
def holder(qtbot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(120, 120)
    return widget


@pytest.fixture
def pad(holder, qtbot) -> DrawingPad:
    pad = DrawingPad(holder)
    pad.resize(120, 120)
    pad.show_drawing(Drawing.on(np.zeros(784, np.float32)), QColor("white"))
    with qtbot.waitExposed(holder):
        holder.show()
    return pad


@pytest.fixture
def drawings(pad) -> list[Drawing]:
    """What it has said that was drawn."""
    said: list[Drawing] = []
    pad.drawn.connect(said.append)
    return said


def test_a_stroke_that_ends_right_after_it_was_painted_is_drawn_to_its_end_and_no_further(pad, drawings, qtbot):
    _send(pad, QEvent.Type.MouseButtonPress, QPointF(20, 20))
    _send(pad, QEvent.Type.MouseMove, QPointF(60, 60))
    pad.repaint()  # what the hand did since the last frame is to be drawn soon
    _send(pad, QEvent.Type.MouseButtonRelease, QPointF(60, 60))
    count = len(drawings)
    qtbot.wait(20)
    assert len(drawings) == count == 1


def test_a_stroke_that_goes_on_outside_the_paper_draws_nothing_there(pad, drawings):
    _send(pad, QEvent.Type.MouseButtonPress, QPointF(60, 60))
    for below in (160, 190, 220):
        _send(pad, QEvent.Type.MouseMove, QPointF(60, below))
        pad.repaint()
    _send(pad, QEvent.Type.MouseButtonRelease, QPointF(60, 220))
    assert len(drawings) == 1


def test_it_tells_of_a_pen_that_comes_near_and_not_of_one_that_draws(pad, qtbot):
    told: list[str] = []
    pad.approached.connect(lambda: told.append("near"))
    pad.begun.connect(lambda: told.append("begun"))
    _send(pad, QEvent.Type.MouseMove, QPointF(20, 20))
    _send(pad, QEvent.Type.MouseButtonPress, QPointF(20, 20))
    _send(pad, QEvent.Type.MouseMove, QPointF(60, 60))
    _send(pad, QEvent.Type.MouseButtonRelease, QPointF(60, 60))
    assert told == ["near", "begun"]


def _send(pad: DrawingPad, kind: QEvent.Type, place: QPointF) -> None:
    """As the system does, without looking after other events in between."""
    held = Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, place, pad.mapToGlobal(place), held, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(pad, event)
