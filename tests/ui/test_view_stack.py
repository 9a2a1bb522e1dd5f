"""The task or a view in its place: what is shown, and what the transport means there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from metalearn_gui.ui.view import View
from metalearn_gui.ui.views import VIEWS


class Plain(View):
    key = "plain"
    pressed = 0

    def toggle(self) -> None:
        self.pressed += 1


@pytest.fixture
def window(window, monkeypatch):
    monkeypatch.setitem(VIEWS, "plain", Plain)  # a view is looked for when it is asked for
    return window


def page(window) -> QWidget:
    return window.findChild(QWidget, "view_stack").currentWidget()


def test_a_view_is_built_when_it_is_asked_for_and_kept(window):
    assert window.findChild(Plain) is None
    window.show_view("plain")
    built = window.findChild(Plain)
    assert page(window) is built
    window.show_task()
    window.show_view("plain")
    assert window.findChildren(Plain) == [built]


@pytest.mark.parametrize("way", ["button", "escape", "again"])
def test_there_are_three_ways_back_to_the_task(window, qtbot, way):
    task = page(window)
    window.show_view("plain")
    if way == "button":
        qtbot.mouseClick(page(window).header.back, Qt.MouseButton.LeftButton)
    elif way == "escape":
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    else:
        window.show_view("plain")
    assert page(window) is task


def test_space_means_what_the_shown_view_makes_of_it(window, session, qtbot):
    window.show_view("plain")
    calls = list(session.calls)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert page(window).pressed == 1
    assert session.calls == calls


def test_the_task_is_hidden_while_a_view_is_shown(window):
    canvas = window.findChild(QWidget, "task_canvas")
    assert canvas.isVisible()
    window.show_view("plain")
    assert not canvas.isVisible()
