"""The whole window: its layout, its keys, its messages."""

from __future__ import annotations

import dataclasses
import gc
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, QRect, QSize, Qt, QUrl
from PySide6.QtGui import QCursor, QDragEnterEvent, QDropEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from metalearn_gui.bridge.session import REFUSAL, Message, RunState
from metalearn_gui.engine.presets import PRESETS, preset
from metalearn_gui.engine.switching import for_family
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.ui import message_bar
from metalearn_gui.ui.chips import PictureChip
from metalearn_gui.ui.data_files import DataMenu
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.left_side import LeftSide
from metalearn_gui.ui.main_window import MainWindow
from metalearn_gui.ui.moment_figure import MomentFigure
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.panels.learner import LearnerPanel
from metalearn_gui.ui.panels.network import NetworkPanel
from metalearn_gui.ui.panels.tasks import TasksPanel
from metalearn_gui.ui.rail_button import RailButton
from metalearn_gui.ui.theme import scaled, theme
from metalearn_gui.ui.transport_bar import HEIGHT as HEADER_HEIGHT
from metalearn_gui.ui.verdict_line import VerdictLine
from tests.ui.fake_session import FakeSession

SIZES = [(1440, 900), (1024, 700)]


def child(window, name: str):
    widget = window.findChild(QWidget, name)
    assert widget is not None, name
    return widget


# --- layout ------------------------------------------------------------------------------------------


def test_the_essential_settings_of_every_family_and_preset_fit_without_scrolling(session, qtbot):
    theme().apply()
    holder = QWidget()
    qtbot.addWidget(holder)
    side = LeftSide({panel.key: panel(session, holder) for panel in (TasksPanel, LearnerPanel, NetworkPanel)}, holder)
    side.setFixedHeight(790)  # of a window of 1440 x 900
    holder.show()
    bar = child(side, "left_column").verticalScrollBar()
    first = preset("first-steps")
    families = {key: first.replaced(**for_family(first, key)) for key in TASKS if not TASKS[key].needs_data}
    presets = {one.settings.learner.key: one.settings for one in PRESETS.values() if not one.settings.tasks.needs_data}
    scrolls = {}
    for key, settings in (families | presets).items():
        session.set_settings(settings)
        qtbot.wait(1)  # until it is laid out
        scrolls[key] = bar.maximum()
    assert not any(scrolls.values()), scrolls


def test_a_search_without_a_hit_says_so_and_leads_to_the_palette(window, qtbot):
    window.find_setting()
    line, none = child(window, "settings_search"), child(window, "settings_search_none")
    line.setText("batch")
    assert not none.isVisible()
    line.setText("Reptil")
    assert none.isVisible()
    assert '"Reptil"' in none.text()
    qtbot.mouseClick(child(window, "settings_search_elsewhere"), Qt.MouseButton.LeftButton)
    assert not none.isVisible()
    assert child(window, "command_palette").isVisible()
    assert child(window, "palette_input").text() == "Reptil"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Down])
def test_enter_in_a_search_goes_to_the_first_that_is_found_and_escape_ends_it(window, qtbot, key):
    qtbot.waitUntil(window.isActiveWindow)
    window.find_setting()
    line, found = child(window, "settings_search"), child(window, "inner_learning_rate")
    line.setText("inner")
    qtbot.keyClick(line, key)
    qtbot.waitUntil(found.hasFocus)
    assert not child(window, "shots").isVisible()
    qtbot.keyClick(found, Qt.Key.Key_Escape)
    assert child(window, "shots").isVisible()
    assert not found.hasFocus()


def test_enter_in_a_search_without_a_hit_seeks_elsewhere(window, qtbot):
    window.find_setting()
    line = child(window, "settings_search")
    line.setText("Reptil")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert child(window, "palette_input").text() == "Reptil"
    qtbot.keyClick(child(window, "palette_input"), Qt.Key.Key_Escape)
    assert window.hasFocus()


@pytest.mark.parametrize("name", ["task_family_linear", "learner_metann"])
def test_more_folds_once_one_of_the_others_is_chosen_and_names_it(window, qtbot, name):
    chip = child(window, name)
    box = chip.parentWidget().parentWidget()
    qtbot.mouseClick(box.more, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(chip.isVisible)
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert chip.isChecked()
    assert not chip.isVisible()
    assert box.more.text().startswith(chip.text())
    assert box.more.accessibleName() == box.more.text()


def test_what_the_fold_is_called_fits_on_it_whatever_is_chosen(window):
    box = child(window, "learner_maml").parentWidget().parentWidget()
    style, option, widths = box.more.style(), QStyleOptionButton(), {}
    for key in box.chips:
        box.show_choice(key)
        option.initFrom(box.more)
        inside = style.subElementRect(QStyle.SubElement.SE_PushButtonContents, option, box.more)
        words = box.more.fontMetrics().horizontalAdvance(box.more.text())
        widths[box.more.text()] = inside.width() - words - box.more.iconSize().width()
    assert len(widths) > 2
    assert min(widths.values()) >= 0, widths


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_text_is_wider_than_its_place(window, session, qtbot, size, mode):
    theme().set_mode(mode)
    window.resize(*size)
    session.train(1200)
    session.score()
    session.set_state(RunState.RUNNING)
    qtbot.wait(80)
    assert (window.width(), window.height()) == size
    assert clipped_texts(window) == []


def clipped_texts(window) -> list[str]:
    fits_by_itself = (ElidedLabel, PictureChip, RailButton)
    widgets = [*window.findChildren(QLabel), *window.findChildren(QPushButton)]
    shown = [widget for widget in widgets if widget.isVisible() and not isinstance(widget, fits_by_itself)]
    return [
        f"{widget.objectName()} {widget.text()!r}: {widget.width()}"
        for widget in shown
        if not (isinstance(widget, QLabel) and (widget.wordWrap() or "<" in widget.text()))
        and widget.fontMetrics().horizontalAdvance(widget.text()) > widget.width()
    ]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_card_lies_over_another_or_outside(window, qtbot, size):
    window.resize(*size)
    qtbot.wait(80)
    places = {
        key: panel.rect().translated(panel.mapTo(window, QPoint(0, 0)))
        for key, panel in window.panels.items()
        if panel.isVisible()
    }
    assert {"task", "meta_loss", "runs", "gallery"} <= set(places)
    keys = sorted(places)
    assert [(a, b) for a in keys for b in keys if a < b and places[a].intersects(places[b])] == []
    on_the_right = {key: place for key, place in places.items() if key not in ("tasks", "learner", "network")}
    assert [key for key, place in on_the_right.items() if not window.rect().contains(place)] == []
    assert child(window, "header").height() == 62
    assert child(window, "status_bar").height() == 24


def test_the_columns_have_the_widths_of_the_drawing(window, qtbot):
    window.resize(1440, 900)
    qtbot.wait(50)
    widths = [window.panels[key].width() for key in ("tasks", "task", "runs")]
    assert widths[0] == 264
    assert abs(widths[1] - 712) <= 6
    assert abs(widths[2] - 416) <= 6


@pytest.mark.parametrize(
    ("width", "height", "zoom"),
    [(1024, 700, 1.0), (1101, 700, 1.0), (1250, 800, 1.1), (1400, 900, 1.25), (1920, 1080, 1.5), (2100, 1450, 2.0)],
)
def test_the_header_leaves_out_what_would_lie_over_something(window, session, qtbot, width, height, zoom):
    window.resize(width, height)
    window.zoom.choose(zoom)
    session.train(1200)
    session.score()
    session.set_state(RunState.RUNNING)
    qtbot.wait(50)
    header = child(window, "header")
    shown = [one for one in header.findChildren(QWidget) if one.parent() is header and one.isVisible()]
    overlapping = [
        (a.objectName(), b.objectName())
        for a in shown
        for b in shown
        if a is not b and a.geometry().intersects(b.geometry())
    ]
    assert overlapping == []
    assert [one.objectName() for one in shown if not header.rect().contains(one.geometry())] == []
    assert clipped_texts(header) == []
    window.zoom.choose(1.0)


@pytest.mark.parametrize("width", [1024, 1180, 1440, 2400])
def test_the_round_button_stays_where_it_is_from_view_to_view(window, qtbot, width):
    window.resize(width, 800)
    qtbot.wait(30)
    place = child(window, "run_button").mapTo(window, QPoint(0, 0))
    window.show_view("inside")
    view = child(window, "inside_view")
    qtbot.waitUntil(lambda: view.header.run.mapTo(window, QPoint(0, 0)) == place)  # once it is laid out
    assert view.header.run.isVisible()


def test_a_narrow_window_opens_cards_from_the_rail(window, qtbot):
    window.resize(1024, 700)
    qtbot.wait(50)
    assert child(window, "rail").width() == 56
    assert not window.panels["learner"].isVisible()
    child(window, "rail_learner").click()
    assert window.panels["learner"].isVisible()
    assert not window.panels["tasks"].isVisible()
    qtbot.mouseClick(window.panels["task"], Qt.MouseButton.LeftButton)
    assert not window.panels["learner"].isVisible()
    child(window, "rail_tasks").click()
    qtbot.keyClick(child(window, "pop_over"), Qt.Key.Key_Escape)
    assert not window.panels["tasks"].isVisible()
    window.resize(1440, 900)
    qtbot.wait(50)
    assert all(window.panels[key].isVisible() for key in ("tasks", "learner", "network"))
    assert not child(window, "rail").isVisible()


def test_keys_open_a_card_from_the_rail_and_leave_it_to_where_they_were(window, qtbot):
    window.resize(1024, 700)
    qtbot.waitUntil(window.isActiveWindow)
    button = child(window, "rail_learner")
    while not button.hasFocus():
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    qtbot.waitUntil(child(window, "learner_title").hasFocus)
    qtbot.keyClick(child(window, "learner_title"), Qt.Key.Key_Escape)
    assert not window.panels["learner"].isVisible()
    assert button.hasFocus()


def test_a_search_in_a_narrow_window_ends_with_its_pop_over(window, qtbot):
    window.resize(1024, 700)
    qtbot.waitUntil(window.isActiveWindow)
    window.find_setting()
    line, found = child(window, "settings_search"), child(window, "inner_learning_rate")
    line.setText("inner")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(found.hasFocus)
    qtbot.keyClick(found, Qt.Key.Key_Escape)
    assert not child(window, "pop_over").isVisible()
    assert window.hasFocus()
    child(window, "rail_tasks").click()
    assert child(window, "shots").isVisible()


# --- the header --------------------------------------------------------------------------------------


def test_the_transport_tells_the_session(window, session):
    for name in ("run_button", "step_button", "reset_button"):
        child(window, name).click()
    assert [call[0] for call in session.calls] == ["toggle", "step", "reset"]


@pytest.mark.parametrize(
    ("state", "name"), [(RunState.IDLE, "Run"), (RunState.RUNNING, "Pause"), (RunState.PAUSED, "Run")]
)
def test_the_run_button_derives_from_the_state(window, session, state, name):
    session.set_state(state)
    assert child(window, "run_button").accessibleName() == name


def test_the_cards_of_a_table_of_ones_own_stand_whole_beside_each_other(window, session, table, qtbot):
    window.resize(1440, 900)
    session.change(task_family="csv", data=table)
    bar = child(window, "left_column").verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == 0)


def test_run_waits_until_it_can_be_pressed(window, session):
    session.can_run, session.readiness = False, "loading TensorFlow"
    session.readinessChanged.emit()
    assert not child(window, "run_button").isEnabled()
    assert child(window, "status_label").text().startswith("Loading TensorFlow")


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.PAUSED])
def test_the_foot_says_that_unseen_tasks_are_scored_while_nothing_trains(window, session, state):
    for is_scoring in (True, False):
        session.is_scoring = is_scoring
        session.set_state(state)
        assert ("coring unseen tasks" in child(window, "status_label").text()) is is_scoring


def test_a_run_that_is_over_reports_its_loss(window, session):
    session.live.reason, session.live.reported_loss = "done", 0.0779
    session.stateChanged.emit()
    assert "Done · training loss 0.0779" in child(window, "status_label").text()


def test_beside_another_run_that_is_shown_no_loss_of_the_one_that_is_over_is_reported(window, session):
    session.live.reason, session.live.reported_loss = "done", 0.0779
    session.shown = session.live.settled()
    session.shownChanged.emit()
    assert "training loss" not in child(window, "status_label").text()


def test_a_run_that_ends_with_an_earlier_state_says_which_and_why(window, session):
    live = session.live
    live.latest = dataclasses.replace(live.latest, best=dataclasses.replace(live.latest.learner, iteration=40))
    live.iteration, live.reason = 40, "done"
    session.stateChanged.emit()
    said = child(window, "status_label").text()
    assert "Done · the best state on validation tasks, of meta-iteration 40, is in use" in said
    session.advanced.emit()
    assert child(window, "iteration_label").text() == "40"
    assert child(window, "iteration_label").parent().unit.startswith("best of")


def test_a_run_that_diverged_says_what_it_went_back_to(window, session):
    live = session.live
    live.reason = "diverged"
    session.stateChanged.emit()
    assert child(window, "status_label").text().startswith("Diverged")
    live.latest = dataclasses.replace(live.latest, learner=dataclasses.replace(live.latest.learner, iteration=8400))
    session.stateChanged.emit()
    assert child(window, "status_label").text().startswith("Went back to 8\u2009400, before it diverged")


def test_the_header_says_of_when_scores_are_that_are_not_of_now(window, session):
    session.train(10)
    session.score()
    assert child(window, "unseen_label").accessibleName() == "unseen, 10 steps"
    session.train(1000)
    assert child(window, "unseen_label").accessibleName() == "unseen, at 10"


def test_the_header_names_the_run_that_its_figures_are_of(window, session):
    def subtitles() -> list[str]:
        texts = [label.text() for label in child(window, "header").findChildren(QLabel)]
        return [text for text in texts if "seed" in text or text.startswith("Shown")]

    session.train(10)
    old = session.live
    session.change(shots=4)
    assert subtitles() == ["Sinusoid · MAML (2nd order) · seed 7"]
    session.show_run(old.run_id)
    assert subtitles() == ["Shown: MAML · shots 10"]
    session.show_run(session.live.run_id)
    assert subtitles() == ["Sinusoid · MAML (2nd order) · seed 7"]


def test_a_learner_with_an_objective_of_its_own_reports_it_by_name(window, session):
    session.change(learner="article")
    session.live.reason, session.live.reported_loss = "done", 9.25
    session.stateChanged.emit()
    assert "Done · L + w·R 9.25" in child(window, "status_label").text()


@pytest.mark.parametrize(("family", "words"), [("sinusoid", "drag the points"), ("vectors", "drag the bars")])
def test_the_canvas_title_says_what_the_hand_drags(window, session, family, words):
    session.change(task_family=family, learner="maml")
    assert window.panels["task"].accessibleName().endswith(words)


def test_the_numbers_are_those_of_the_shown_run(window, session):
    session.train(1200)
    session.score()
    assert child(window, "iteration_label").text() == "1\u2009200"
    assert child(window, "speed_label").text() == "32\u2009400"
    assert child(window, "unseen_label").text() == "0.16"


def test_a_speed_that_is_not_known_yet_is_no_number(window, session):
    session.speed = 0.0
    session.train(1)
    assert child(window, "speed_label").text() == "–"


def test_presets_are_offered_and_loaded(window, session):
    box = child(window, "preset_box")
    assert [box.itemData(place) for place in range(box.count())] == list(PRESETS)
    assert box.currentIndex() == -1
    box.setCurrentIndex(box.findData("first-steps"))
    assert session.calls == [("load_preset", "first-steps")]
    session.change(shots=3)
    assert box.currentIndex() == -1


def test_the_title_names_the_program_and_the_file(window, session, tmp_path):
    assert "MetaLearn Playground" in window.windowTitle()
    session.documents.path = str(tmp_path / "mine.metalearn")
    session.documents.changed.emit()
    assert window.windowTitle() == "mine.metalearn – MetaLearn Playground"


def test_the_theme_button_goes_between_dark_and_light(window):
    child(window, "theme_button").click()
    assert not theme().is_dark
    child(window, "theme_button").click()
    assert theme().is_dark


# --- keys --------------------------------------------------------------------------------------------

KEYS = [(Qt.Key.Key_Space, "toggle"), (Qt.Key.Key_S, "step"), (Qt.Key.Key_R, "reset"), (Qt.Key.Key_N, "new_task")]


@pytest.mark.parametrize(("key", "call"), KEYS)
def test_a_bare_key_does_its_command(window, session, qtbot, key, call):
    qtbot.keyClick(window, key)
    assert [made[0] for made in session.calls] == [call]


def test_arrows_move_the_adaptation_step(window, session, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.keyClick(window, Qt.Key.Key_Left)
    assert session.unseen.step == 6


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_S, Qt.Key.Key_R, Qt.Key.Key_N, Qt.Key.Key_Left])
def test_no_key_fires_while_text_is_edited(window, session, qtbot, key):
    window.activateWindow()
    box = child(window, "shots")
    box.setFocus()
    qtbot.keyClick(box.lineEdit(), key)
    assert session.calls == []
    assert session.unseen.step == 5


@pytest.mark.parametrize("name", ["task_family_blobs", "learner_reptile"])
def test_space_runs_after_a_click_on_a_chip(window, session, qtbot, name):
    window.activateWindow()
    chip = child(window, name)
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert not chip.hasFocus()
    session.calls.clear()
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Space)
    assert [call[0] for call in session.calls] == ["toggle"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_N])
def test_keys_stay_the_windows_after_a_preset_is_chosen_by_hand(window, session, qtbot, key):
    window.activateWindow()
    box = child(window, "preset_box")
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    for pressed in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(box.view(), pressed)
    assert [call[0] for call in session.calls] == ["load_preset"]
    session.calls.clear()
    qtbot.keyClick(QApplication.focusWidget() or window, key)
    assert [call[0] for call in session.calls] == [dict(KEYS)[key]]
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Right)
    assert session.unseen.step == 6


def test_arrows_move_the_adaptation_step_after_a_click_on_run(window, session, qtbot):
    window.activateWindow()
    qtbot.mouseClick(child(window, "run_button"), Qt.MouseButton.LeftButton)
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Right)
    assert session.unseen.step == 6


def test_a_focused_button_keeps_space_and_a_focused_slider_the_arrows(window, session, qtbot):
    qtbot.keyClick(child(window, "step_button"), Qt.Key.Key_Space)
    assert [call[0] for call in session.calls] == ["step"]
    slider = child(window, "shots_slider")
    place = slider.value()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() > place
    assert session.unseen.step == 5


def test_tab_shows_a_ring_round_what_has_the_focus(window, qtbot):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    child(window, "run_button").setFocus()
    assert not child(window, "focus_ring").isVisible()
    qtbot.keyClick(child(window, "run_button"), Qt.Key.Key_Tab)
    ring = child(window, "focus_ring")
    assert ring.isVisible()
    focused = window.focusWidget()
    assert ring.geometry().contains(focused.rect().translated(focused.mapTo(window, QPoint(0, 0))))


@pytest.mark.parametrize(("name", "room"), [("tasks_title", 4), ("compare_button", 2), ("num_hidden_layers", -2)])
def test_the_ring_touches_neither_words_nor_neighbours(window, qtbot, name, room):
    """room: between what is painted of the ring and the widget's own edge; its line is 2 wide."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    focused, ring = child(window, name), child(window, "focus_ring")
    focused.setFocus()
    ring.follow()
    inner = ring.geometry().adjusted(2, 2, -2, -2)
    place = QRect(focused.mapTo(window, QPoint(0, 0)), focused.size())
    assert place.left() - inner.left() >= room
    neighbours = [child(window, f"{name}_{other}") for other in ("plus", "minus")] if "num" in name else []
    for one in neighbours:
        assert ring.geometry().intersected(QRect(one.mapTo(window, QPoint(0, 0)), one.size())).width() <= 1


def test_the_ring_round_a_why_is_off_the_words_before_it(window, qtbot):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    panel, ring = child(window, "adaptation_panel"), child(window, "focus_ring")
    panel._why.setFocus()
    ring.follow()
    words = panel._hint.mapTo(window, panel._hint.rect().topRight()).x()
    assert ring.isVisible()
    assert ring.geometry().left() > words + 1


@pytest.mark.parametrize("change", [lambda one: one.resize(1024, 700), lambda one: one.zoom.choose(1.5)])
def test_the_ring_stays_round_what_has_the_keyboard_when_that_moves(window, qtbot, change):
    window.resize(1920, 1080)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    target, ring = child(window, "export_button"), child(window, "focus_ring")
    target.setFocus()
    ring.follow()
    before = ring.geometry()
    change(window)
    qtbot.waitUntil(lambda: ring.geometry() != before)
    corner = target.mapTo(window, QPoint(0, 0))
    assert ring.geometry().adjusted(3, 3, -3, -3) == QRect(corner, target.size())


@pytest.mark.parametrize("family", ["sinusoid", "blobs", "vectors", "glyphs", "ratings", "table"])
def test_a_canvas_that_tab_comes_to_has_one_ring(window, session, table, qtbot, family):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    session.change(**({"data": table, "task_family": "csv"} if family == "table" else {"task_family": family}))
    canvas, ring = window.panels["task"].surface, child(window, "focus_ring")
    bare = canvas.grab().toImage()
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    ring.follow()
    assert canvas.grab().toImage() != bare
    assert not ring.isVisible()
    window.focusNextPrevChild(True)
    assert ring.isVisible()


def test_a_button_has_no_frame_within_the_ring(window, qtbot):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    title = child(window, "tasks_title")
    bare = title.grab().toImage()
    title.setFocus(Qt.FocusReason.TabFocusReason)
    assert title.grab().toImage() == bare


def test_undo_and_redo_have_their_keys(window, session, qtbot):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    session.change(shots=3)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.settings.episodes.shots == 10
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert session.settings.episodes.shots == 3


def test_undo_takes_back_a_number_that_was_typed_while_its_box_is_still_in_hand(window, session, qtbot):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    box = child(window, "shots")
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "5")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert session.settings.episodes.shots == 5
    qtbot.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.settings.episodes.shots == 10
    qtbot.keyClicks(box, "7")
    qtbot.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (box.text(), session.settings.episodes.shots) == ("10", 10)  # what is being typed goes first


# --- messages, files, end ------------------------------------------------------------------------------


def test_a_message_lies_under_the_header_and_its_action_is_done(window, session):
    bar = child(window, "message_bar")
    assert not bar.isVisible()
    session.messageRaised.emit(Message("It diverged.", "error", "Restart", "reset"))
    assert bar.isVisible()
    assert bar.height() == 48
    assert bar.width() < window.width() / 2
    session.messageRaised.emit(Message("long " * 400, "error", "Restart", "reset"))
    assert window.rect().contains(bar.geometry())
    child(window, "message_action").click()
    assert session.calls == [("reset",)]
    assert not bar.isVisible()


@pytest.mark.parametrize("view", ["", "inside", "presenter"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_message_moves_nothing_and_leaves_the_header_free(window, session, qtbot, size, view):
    window.resize(*size)
    if view:
        window.show_view(view)
    qtbot.wait(80)
    before = _in_sight(window)
    session.messageRaised.emit(Message("long " * 400, "error", "Restart", "reset"))
    qtbot.wait(80)
    bar = child(window, "message_bar")
    assert _in_sight(window) == before
    assert bar.geometry().top() >= scaled(HEADER_HEIGHT)
    assert bar.geometry().bottom() < scaled(HEADER_HEIGHT) + window.height() // 10
    child(window, "message_close").click()
    qtbot.wait(80)
    assert _in_sight(window) == before


def test_escape_closes_a_message_before_it_leaves_a_view(window, session, qtbot):
    window.show_view("inside")
    session.messageRaised.emit(Message("It diverged.", "error", "Restart", "reset"))
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not child(window, "message_bar").isVisible()
    assert child(window, "inside_view").isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not child(window, "inside_view").isVisible()


def test_escape_closes_a_sheet_before_the_message_behind_it(window, session, qtbot):
    session.messageRaised.emit(Message("It diverged.", "error", "Restart", "reset"))
    window.show_palette()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert child(window, "message_bar").isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not child(window, "message_bar").isVisible()


def _in_sight(window) -> dict[str, QRect]:
    """Where cards, buttons, and what scrolls lie."""
    bar = child(window, "message_bar")
    found = [one for kind in (Panel, QPushButton, QScrollArea) for one in window.findChildren(kind)]
    return {
        one.objectName(): QRect(one.mapTo(window, QPoint(0, 0)), one.size())
        for one in found
        if one.isVisible() and not bar.isAncestorOf(one)
    }


def test_a_message_with_choices_does_its_action_to_the_chosen_one(window, session, qtbot, monkeypatch):
    chosen = []
    monkeypatch.setattr(session.documents, "recoveries", lambda: ["one", "two"], raising=False)
    monkeypatch.setattr(session.documents, "open_recovery", chosen.append, raising=False)
    session.messageRaised.emit(
        Message("2 sessions", "info", "Open one", "documents.open_recovery", "documents.recoveries")
    )
    child(window, "message_action").click()
    menu = child(window, "message_choices")
    assert [action.text() for action in menu.actions()] == ["one", "two"]
    assert menu.isVisible()
    assert child(window, "message_bar").isVisible()
    menu.actions()[1].trigger()
    menu.close()
    assert chosen == [1]
    assert not child(window, "message_bar").isVisible()


def test_information_stays_while_the_pointer_is_at_it(window, session, qtbot, monkeypatch):
    monkeypatch.setattr(message_bar, "INFO_MS", 20)
    monkeypatch.setattr(message_bar, "HELD_MS", 20)
    bar, close = child(window, "message_bar"), child(window, "message_close")
    QCursor.setPos(close.mapToGlobal(close.rect().center()))
    session.messageRaised.emit(Message("Something"))
    qtbot.wait(200)
    assert bar.isVisible()
    QCursor.setPos(window.mapToGlobal(window.rect().bottomLeft()))
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=5000)


def test_an_empty_message_clears_the_bar(window, session):
    session.messageRaised.emit(Message("Something", "warning"))
    session.messageRaised.emit(Message(""))
    assert not child(window, "message_bar").isVisible()


def test_nothing_in_the_window_keeps_a_drop_from_it(window):
    window.show_view("presenter")
    takers = [one for one in window.findChildren(QWidget) if one.acceptDrops() and one.window() is window]
    assert takers == []


def test_a_drop_on_a_card_that_was_torn_off_means_its_window(window, session):
    panel = window.panels["meta_loss"]
    panel.toggle_detached()
    data = QMimeData()
    data.setText(session.documents.link())
    event = QDropEvent(
        QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    session.change(shots=3)
    panel.window().dropEvent(event)
    assert session.settings.episodes.shots == 10
    panel.toggle_detached()


def test_a_card_that_was_torn_off_and_put_back_still_has_its_menus(window, qtbot):
    panel = window.panels["tasks"]
    panel.toggle_detached()
    own = panel.window()
    panel.toggle_detached()
    qtbot.waitUntil(lambda: not shiboken6.isValid(own))
    window.choose_family("images")
    shown = [menu for menu in panel.findChildren(DataMenu) if menu.isVisible()]
    assert len(shown) == 1
    shown[0].close()


def test_a_chosen_file_that_is_no_data_is_refused_in_a_line(window, session, tmp_path, monkeypatch):
    picture = tmp_path / "cat.png"
    picture.write_bytes(b"PNG")
    monkeypatch.setattr("metalearn_gui.ui.main_window.ask_data_path", lambda parent: str(picture))
    said = []
    session.messageRaised.connect(said.append)
    window.ask_import()
    assert len(said) == 1
    assert said[0].text.startswith("No tasks can be made of cat.png; choose a table")
    assert said[0].about == REFUSAL  # a good file takes it back


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["run.metalearn"], None),
        (["picture.png"], "No tasks can be made of picture.png; choose a table"),
        (["README.md"], "No tasks can be made of README.md; choose a table"),
        (["a.csv", "b.csv"], "2 files were dropped; drop one file or one folder at a time"),
    ],
)
def test_a_dropped_session_is_opened_and_other_files_are_refused_in_a_line(window, session, names, said, tmp_path):
    heard, data = [], QMimeData()
    session.messageRaised.connect(heard.append)
    for name in names:
        (tmp_path / name).touch()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in names])
    dropped = (data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entering = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, *dropped)
    window.dragEnterEvent(entering)
    assert entering.isAccepted()  # else it is refused without a word
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, *dropped))
    assert session.calls == ([("open", str(tmp_path / "run.metalearn"))] if said is None else [])
    assert [message.text.startswith(said) for message in heard] == ([] if said is None else [True])


def test_a_file_that_is_not_there_is_refused_for_that(window, session, tmp_path):
    heard, gone = [], str(tmp_path / "gone.csv")
    session.messageRaised.connect(heard.append)
    window.take_data(gone)
    assert [message.text for message in heard] == [f"There is no file or folder {gone}; choose another one"]


def test_one_comes_back_to_now_from_a_past_moment_in_any_view(window, session, qtbot):
    session.score()
    session.show_moment(session.shown.moments[0].iteration)
    readout = window._header._iteration
    assert "Back to now" in readout.toolTip()
    session.unseen.set_held({"w0": np.ones(3)})
    window.commands.by_key["now"].trigger()
    assert (session.moment, session.unseen.held) == (None, {})
    assert readout.toolTip() == ""


@pytest.mark.parametrize("from_help", [False, True])
def test_ctrl_q_closes_the_window_as_its_button_does(window, session, qtbot, from_help):
    if from_help:
        window.show_help()
    top = window.findChild(QWidget, "help_window") if from_help else window
    qtbot.keyClick(top, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not window.isVisible()
    assert session.calls[-1] == ("close",)


@pytest.mark.parametrize("view", ["task", "inside", "presenter"])
def test_the_bar_says_that_a_moment_is_past_and_a_press_there_leads_back_to_now(window, session, qtbot, view):
    session.train(100)
    session.score()
    if view != "task":
        window.show_view(view)
    readout = next(figure for figure in window.findChildren(MomentFigure) if figure.isVisible())
    unit = readout.unit
    session.show_moment(100)
    assert readout.unit == "past" != unit
    assert readout._unit.palette().color(QPalette.ColorRole.WindowText) == theme().palette.accent_text
    qtbot.mouseClick(readout, Qt.MouseButton.LeftButton)
    assert (session.moment, readout.unit) == (None, unit)
    assert readout._unit.palette().color(QPalette.ColorRole.WindowText) == theme().palette.muted
    qtbot.mouseClick(readout, Qt.MouseButton.LeftButton)
    assert session.calls.count(("show_moment", None)) == 1


def test_closing_ends_the_session_and_asks_nothing(window, session):
    window.close()
    assert session.calls == [("close",)]
    assert not window.isVisible()


def test_a_damaged_memory_of_the_window_still_opens_it(session, qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("METALEARN_HOME", str(tmp_path))
    damaged = "[General]\ngeometry=abc\nzoom=big\nall_settings=1, 2\n[floating]\nruns=abc\n"
    (tmp_path / "window.ini").write_text(damaged, "utf-8")
    window = MainWindow(session, remember=True)
    qtbot.addWidget(window)
    window.show()
    qtbot.wait(0)  # cards that floated come a moment later
    assert window.isVisible()
    assert not window.panels["runs"].is_detached


@pytest.mark.parametrize("room", [QSize(1366, 728), QSize(1920, 1040)])
def test_a_first_window_is_no_larger_than_its_screen(session, qtbot, tmp_path, monkeypatch, room):
    monkeypatch.setenv("METALEARN_HOME", str(tmp_path))
    monkeypatch.setattr(MainWindow, "screen", lambda self: SimpleNamespace(availableSize=lambda: room))
    window = MainWindow(session, remember=True)
    qtbot.addWidget(window)
    assert window.size() == QSize(1440, 900).boundedTo(room)
    assert window.isMaximized() is (room.width() < 1440)  # with its frame it would be larger


def test_geometry_is_remembered_only_when_asked(session, qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("METALEARN_HOME", str(tmp_path))
    kept = []
    for remember in (False, True):
        window = MainWindow(session, remember)
        qtbot.addWidget(window)
        window.show()
        window.resize(1030, 710)
        window.close()
        kept.append([path.name for path in tmp_path.iterdir()])
    assert kept == [[], ["window.ini"]]
    again, fresh = MainWindow(session, remember=True), MainWindow(session)
    qtbot.addWidget(again)
    qtbot.addWidget(fresh)
    assert (fresh.width(), fresh.height()) == (1440, 900)
    assert again.width() < 1100  # the offscreen platform's screen is small: Qt fits the window to it


def test_cards_that_float_are_found_again_where_they_were_and_no_others(session, qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("METALEARN_HOME", str(tmp_path))
    window, place = MainWindow(session, remember=True), QRect(40, 50, 460, 340)
    qtbot.addWidget(window)
    window.show()
    for key in ("runs", "gallery"):
        window.panels[key].toggle_detached()
    window.panels["gallery"].window().close()
    window.panels["runs"].window().setGeometry(place)
    window.close()
    again = MainWindow(session, remember=True)
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(lambda: again.panels["runs"].is_detached)
    assert again.panels["runs"].window().geometry() == place
    assert [key for key, panel in again.panels.items() if panel.is_detached] == ["runs"]
    again.panels["runs"].window().close()  # back where it belongs
    assert again.panels["runs"].window() is again


def test_a_card_of_the_view_inside_that_floats_is_found_again(session, qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("METALEARN_HOME", str(tmp_path))
    window, place = MainWindow(session, remember=True), QRect(40, 50, 560, 440)
    qtbot.addWidget(window)
    window.show()
    window.cards.tear_off("clocks")
    qtbot.waitUntil(lambda: "clocks" in window.cards.floating())
    window.cards.panel("clocks").window().setGeometry(place)
    window.close()
    again = MainWindow(session, remember=True)
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(lambda: list(again.cards.floating()) == ["clocks"])
    assert again.cards.panel("clocks").window().geometry() == place
    assert again.transport is session  # the task is shown, not the view that the card is from
    assert [key for key, panel in again.panels.items() if panel.is_detached] == []


def test_a_card_whose_screen_is_gone_floats_within_the_one_that_is_left(session, qtbot):
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.show()
    panel = window.panels["runs"]
    panel.toggle_detached()
    panel.window().move(9000, 9000)
    gone = panel.floats_at
    panel.window().close()
    panel.float_at(gone)
    assert panel.window().screen().availableGeometry().intersects(panel.window().frameGeometry())


def test_windows_come_and_go(qtbot):
    session = FakeSession()
    gone = []
    for _ in range(5):
        window = MainWindow(session)
        window.show()
        session.train(2)
        gone.append(weakref.ref(window))
        window.close()
        window.deleteLater()
        del window
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [place for place, window in enumerate(gone) if window() is not None] == []


def test_what_is_to_stay_is_still_there_when_other_information_has_left(window, session, qtbot):
    bar = child(window, "message_bar")
    session.messageRaised.emit(Message("two sessions", "info", "Open one", "documents.open_recovery", stays=True))
    assert not bar._fade.isActive()
    session.messageRaised.emit(Message("saved", "info"))
    assert bar._fade.isActive()


# --- large windows and low columns --------------------------------------------------------------------


@pytest.mark.parametrize(("size", "expected"), [((1920, 1200), 1.0), ((3840, 2160), 1.5)])
def test_a_window_of_very_many_pixels_is_larger_until_somebody_chooses(window, size, expected):
    window.resize(*size)
    assert theme().zoom == expected
    window.zoom.choose(1.1)
    assert theme().zoom == 1.1
    window.commands.by_key["actual_size"].trigger()
    assert theme().zoom == expected
    window.resize(1440, 900)
    assert theme().zoom == 1.0


def test_all_words_grow_with_the_zoom(window):
    def sizes() -> dict[QWidget, int]:
        texts = [*window.findChildren(QLabel), *window.findChildren(QPushButton)]
        code = window.findChildren(QPlainTextEdit)
        return {one: one.font().pixelSize() for one in (*[one for one in texts if one.text()], *code)}

    window.resize(3840, 2160)
    window.show_export()  # built there
    window.zoom.choose(1.0)
    before = sizes()
    window.zoom.choose(1.5)
    assert {one: size for one, size in sizes().items() if abs(size - 1.5 * before[one]) > 0.5} == {}


def test_gaps_come_back_with_the_zoom(window):
    grid = next(one for one in window.findChild(QWidget, "help_window").findChildren(QGridLayout))
    gaps = grid.horizontalSpacing(), grid.verticalSpacing()
    window.resize(1920, 1080)
    window.zoom.choose(1.5)
    assert (grid.horizontalSpacing(), grid.verticalSpacing()) == tuple(round(1.5 * gap) for gap in gaps)
    window.zoom.choose(1.0)
    assert (grid.horizontalSpacing(), grid.verticalSpacing()) == gaps


@pytest.mark.parametrize("key", ["task", "runs", "adaptation"])
def test_a_card_has_the_same_type_in_a_window_of_its_own(window, qtbot, key):
    def sizes() -> dict[str, int]:
        labels = panel.findChildren(QLabel)
        return {f"{place} {label.text()}": label.font().pixelSize() for place, label in enumerate(labels)}

    window.resize(3840, 2160)
    panel = window.panels[key]
    before = sizes()
    panel.toggle_detached()
    QApplication.processEvents()
    assert sizes() == before
    panel.toggle_detached()
    QApplication.processEvents()
    assert sizes() == before


@pytest.mark.parametrize("size", [(1440, 900), (3840, 2160)])
def test_the_help_cuts_no_letters(window, qtbot, size):
    window.resize(*size)
    shown = window.findChild(QWidget, "help_window")
    with qtbot.waitExposed(shown):
        shown.show()
    labels = shown.findChildren(QLabel)
    assert [label.text() for label in labels if label.height() < label.fontMetrics().height()] == []


def test_the_help_comes_with_the_keyboard_and_goes_by_the_same_key(window, session, qtbot):
    qtbot.waitUntil(window.isActiveWindow)
    shown = window.findChild(QWidget, "help_window")
    qtbot.keyClick(window, Qt.Key.Key_F1)
    qtbot.waitUntil(shown.isActiveWindow)
    qtbot.keyClick(shown, Qt.Key.Key_N)
    assert session.calls[-1] == ("new_task",)
    qtbot.keyClick(shown, Qt.Key.Key_F1)
    assert not shown.isVisible()


@pytest.mark.parametrize("size", [(1440, 900), (3840, 2160)])
def test_another_theme_leaves_type_as_large_as_it_was(window, size):
    def sizes() -> list[int]:
        return [label.font().pixelSize() for label in window.findChildren(QLabel)]

    window.resize(*size)
    theme().set_mode("light")
    before = sizes()
    theme().set_mode("dark")
    assert sizes() == before
    assert window.panels["task"]._title.font().pixelSize() == round(12 * theme().zoom)
    window.resize(1440, 900)
    assert theme().zoom == 1.0


def test_four_runs_are_in_sight_in_the_smallest_window(window, session, qtbot):
    window.resize(1024, 700)
    for learner in ("reptile", "cavia", "cnp"):
        session.train(100)
        session.score()
        session.change(learner=learner)
    session.train(100)
    session.score()
    qtbot.wait(50)
    table = window.panels["runs"].table
    rows = [table.visualRect(table.model().index(row, 0)) for row in range(4)]
    assert table.viewport().rect().contains(rows[0].united(rows[3]))
    assert child(window, "compare_icon").isVisible()  # in the place of the line below the table


def test_runs_stand_open_below_a_card_for_which_there_is_no_room(window, session, qtbot):
    window.resize(1024, 700)
    session.set_settings(preset("ratings"))
    session.train(100)
    session.score()
    qtbot.wait(80)
    assert window.panels["cold_start"].is_collapsed
    assert not window.panels["runs"].is_collapsed


def test_runs_stand_open_in_the_smallest_window_beside_a_verdict(window, session, qtbot, monkeypatch):
    monkeypatch.setattr(VerdictLine, "show_verdict", lambda line, *_, **__: (line.setText("It pays"), line.show()))
    window.resize(1024, 700)
    session.train(1200)
    session.score()
    qtbot.wait(80)
    panels = window.panels
    assert not panels["runs"].is_collapsed
    row = panels["runs"].table.visualRect(panels["runs"].model.index(0, 0))
    assert panels["runs"].table.viewport().rect().contains(row)
