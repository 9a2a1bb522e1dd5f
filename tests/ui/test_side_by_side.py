"""What a person sees beside the task while several runs train, and how that is paused, gone on with and ended."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.engine.compare import Budget, Choice, LearnersPlan, Outcome
from metalearn_gui.ui.side_by_side import SideBySideButton
from metalearn_gui.ui.theme import theme
from tests.ui.test_main_window import clipped_texts


@pytest.fixture
def comparing(session):
    """Two learners are compared, and neither is done."""
    plan = LearnersPlan(session.settings, Budget(seconds=2), choices=(Choice("maml", "maml"), Choice("cnp", "cnp")))
    session.comparing.outcome = Outcome(plan).after(next(plan.begin()))
    return session.comparing


@pytest.fixture
def button(window) -> SideBySideButton:
    return window.findChild(SideBySideButton)


def press(button: SideBySideButton, text: str) -> None:
    menu = button.menu_of_ways()
    next(action for action in menu.actions() if action.text().startswith(text)).trigger()
    menu.close()


def status(window) -> str:
    return window.findChild(QLabel, "status_label").text()


def test_a_paused_comparison_is_said_beside_the_task_and_goes_on_from_there(window, button, comparing):
    assert button.isHidden()
    comparing.take_state(RunState.RUNNING)
    assert (button.isVisible(), button.text()) == (True, "0 of 2 done")
    assert status(window).startswith("Side by side: 0 of 2 runs done")
    press(button, "Pause")
    assert button.text() == "Paused, 0 of 2"
    assert button.accessibleName() == "Runs side by side: Paused, 0 of 2"
    assert status(window).startswith("Side by side: paused, 0 of 2 runs done")
    press(button, "Go on")
    assert comparing.state is RunState.RUNNING
    press(button, "End it")
    assert button.isHidden()


def test_a_press_leads_to_the_view_it_belongs_to(window, button, comparing, monkeypatch):
    asked: list[str] = []
    comparing.take_state(RunState.PAUSED)
    button.openAsked.disconnect()
    button.openAsked.connect(asked.append)
    press(button, "Show")
    assert asked == ["compare"]


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize("width", [1024, 1440])
def test_it_finds_room_in_the_header(window, button, comparing, qtbot, width, mode):
    theme().set_mode(mode)
    window.resize(width, 700)
    comparing.take_state(RunState.PAUSED)
    qtbot.wait(50)
    header = button.parentWidget()
    assert clipped_texts(header) == []
    shown = [one for one in header.findChildren(QPushButton) if one.isVisible()]
    assert all(one.geometry().right() <= header.width() for one in shown)
    assert not any(a is not b and a.geometry().intersects(b.geometry()) for a in shown for b in shown)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    window.grab()
