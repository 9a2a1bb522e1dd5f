"""The presenter: large type, presets that follow one another, and everything as it was afterwards."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPushButton, QWidget

from metalearn_gui.bridge.session import RunState
from metalearn_gui.engine.presets import PRESETS
from metalearn_gui.ui.caption_bar import SECONDS_EACH, SHOWN, CaptionBar
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.left_side import RAIL_WIDTH
from metalearn_gui.ui.main_window import MainWindow
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.views.presenter import PresenterView
from metalearn_gui.ui.zoom import set_zoom


@pytest.fixture
def window(session, qtbot):
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    qtbot.waitUntil(window.isActiveWindow)  # shortcuts are the active window's
    yield window
    set_zoom(1.0)


def caption(window) -> CaptionBar:
    return window.findChild(CaptionBar)


def test_f11_leads_to_larger_type_and_back(window, qtbot):
    label = window.findChild(QLabel, "iteration_label")
    before = (label.font().pixelSize(), window.findChild(QWidget, "run_button").size())
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert theme().zoom > 1.2
    assert label.font().pixelSize() == scaled(16) == ui_font(16).pixelSize()
    assert window.findChild(QWidget, "presenter_view").isVisible()
    assert not window.findChild(QWidget, "status_bar").isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert theme().zoom == 1.0
    assert (label.font().pixelSize(), window.findChild(QWidget, "run_button").size()) == before
    assert window.findChild(QWidget, "status_bar").isVisible()


def test_another_theme_on_the_stage_leaves_no_larger_type_behind(window, qtbot):
    before = types_of(window)
    qtbot.keyClick(window, Qt.Key.Key_F11)
    theme().set_mode("light")
    qtbot.keyClick(window, Qt.Key.Key_F11)
    after = types_of(window)
    theme().set_mode("dark")
    assert {name: size for name, size in after.items() if name in before} == before
    assert len(before) > 30


def test_a_window_that_is_opened_after_one_on_its_stage_has_the_usual_type(window, session, qtbot):
    before = types_of(window)
    qtbot.keyClick(window, Qt.Key.Key_F11)
    window.close()
    other = MainWindow(session)
    qtbot.addWidget(other)
    other.resize(1440, 900)
    other.show()
    assert theme().zoom == 1.0
    after = types_of(other)
    assert {name: size for name, size in after.items() if name in before} == before


def types_of(window) -> dict[str, int]:
    """Of all that carries words; what carries none has whatever type it was dressed with last."""
    kinds = (QLabel, QAbstractButton, QLineEdit)
    named = (widget for widget in window.findChildren(QWidget) if widget.objectName() and isinstance(widget, kinds))
    return {widget.objectName(): widget.font().pixelSize() for widget in named if widget.text()}


def test_pages_turn_from_preset_to_preset(window, session, qtbot):
    window.show_view("presenter")
    view = window.findChild(QWidget, "presenter_view")
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    qtbot.keyClick(view, Qt.Key.Key_PageUp)
    chosen = [call[1] for call in session.calls if call[0] == "load_preset"]
    assert chosen == [SHOWN[0], SHOWN[1], SHOWN[0]]


def test_the_button_says_what_comes_and_the_caption_begins_where_the_cards_do(window, session, qtbot):
    window.show_view("presenter")
    view, bar = window.findChild(QWidget, "presenter_view"), caption(window)
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    said = bar.findChild(QPushButton, "caption_next").text()
    assert said == f"Next: {PRESETS[SHOWN[1]].label}"
    task = next(card for card in view.findChildren(QWidget, "task_canvas") if card.isVisible())
    left = [widget.mapTo(window, QPoint(0, 0)).x() for widget in (task, bar.findChild(QLabel))]
    assert abs(left[0] - left[1]) <= 2


def test_attract_mode_runs_each_preset_and_turns_by_itself(window, session, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    bar = caption(window)
    assert bar.is_playing
    assert session.run_state is RunState.RUNNING
    session.set_state(RunState.IDLE)
    for _ in range(SECONDS_EACH):
        bar._clock.timeout.emit()
    assert session.preset_key == SHOWN[0]
    assert session.run_state is RunState.RUNNING
    window.show_task()
    assert not bar.is_playing


@pytest.mark.parametrize("size", [(1024, 700), (1440, 900), (1920, 1080)], ids=str)
def test_no_text_of_the_presenter_is_wider_than_its_place(window, session, qtbot, size):
    window.resize(*size)
    session.train(1200)
    session.score()
    window.show_view("presenter")
    qtbot.wait(50)
    labels = [*window.findChildren(QLabel), *window.findChildren(QPushButton)]
    shown = [one for one in labels if one.isVisible() and not isinstance(one, ElidedLabel) and "<" not in one.text()]
    clipped = [
        one.text()
        for one in shown
        if not (isinstance(one, QLabel) and one.wordWrap())
        and one.fontMetrics().horizontalAdvance(one.text()) > one.width()
    ]
    assert clipped == []


def test_zoom_stays_within_what_the_window_has_room_for(window, qtbot):
    window.resize(1024, 700)
    qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert theme().zoom == 1.0
    window.resize(2100, 1450)
    for _ in range(9):
        qtbot.keyClick(window, Qt.Key.Key_Equal, Qt.KeyboardModifier.ControlModifier)
    assert theme().zoom == 2.0
    window.resize(1600, 1100)
    assert 1.5 < theme().zoom < 1.6
    qtbot.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert theme().zoom == 1.0


def test_a_large_zoom_leaves_out_what_a_small_window_leaves_out(window, session):
    window.resize(2048, 1400)
    assert not window.findChild(QWidget, "rail").isVisible()
    window.zoom.choose(2.0)
    assert window.findChild(QWidget, "rail").isVisible()
    session.change(learner="metann")  # rows that are built at this zoom are as large as those that grew to it
    boxes = [window.findChild(QWidget, name).sizeHint().height() for name in ("shots", "num_applications")]
    assert boxes[0] == boxes[1] == scaled(20)
    window.zoom.choose(1.0)
    assert not window.findChild(QWidget, "rail").isVisible()


def test_the_rail_is_as_wide_on_a_very_large_stage_as_its_buttons_are(window, qtbot):
    window.resize(3840, 2160)
    window.show_view("presenter")
    rail = window.findChild(PresenterView)._rail
    qtbot.waitUntil(lambda: rail._rail.width() == scaled(RAIL_WIDTH))
    assert rail.width() < 1.3 * rail._rail.width()
