"""Texts that change with every answer and every tick of training leave the layout alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QWidget

from metalearn_gui.ui.figure import Figure
from metalearn_gui.ui.steady_label import SteadyLabel


class Requests(QObject):
    """How often a widget was asked for a new layout."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def shown(qtbot, widget: QWidget) -> Requests:
    """The requests that come to a window with this in a row, from now on."""
    window = QWidget()
    qtbot.addWidget(window)
    QHBoxLayout(window).addWidget(widget)
    window.show()
    qtbot.wait(20)
    requests = Requests(window)
    requests.window = window
    return requests


def test_a_shorter_text_keeps_the_width_and_a_wider_one_takes_more(qtbot):
    label = SteadyLabel()
    label.setText("loss 0.234")
    asked, width = shown(qtbot, label), label.width()
    for text in ("loss 0.2", "loss 0.1"):
        label.setText(text)
        qtbot.wait(10)
    assert (asked.count, label.width()) == (0, width)
    label.setText("accuracy 100 %")
    qtbot.waitUntil(lambda: asked.count == 1)
    assert label.width() > width


def test_a_live_number_asks_for_a_new_layout_only_when_it_outgrows_its_room(qtbot):
    figure = Figure("speed_label")
    figure.set_caption("speed")
    figure.set_room(90)
    figure.show_value("100", "tasks/s")
    asked = shown(qtbot, figure)
    figure.show_value("900", "tasks/s")
    qtbot.wait(10)
    assert asked.count == 0
    figure.show_value("1 000 000 000", "tasks/s")
    qtbot.waitUntil(lambda: asked.count == 1)


@pytest.mark.parametrize("unit", ["", "tasks/s"])
def test_a_live_number_lies_under_its_caption_and_before_its_unit(qtbot, unit):
    figure = Figure("speed_label")
    figure.set_caption("speed")
    figure.show_value("32 400", unit)
    shown(qtbot, figure)
    caption, value, after = figure._caption.geometry(), figure._value.geometry(), figure._unit.geometry()
    assert caption.bottom() < value.top()
    assert figure.rect().contains(value)
    assert not unit or (after.left() > value.right() and figure.rect().contains(after))
