"""The command palette: what it finds, and what its keys do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from metalearn_gui.bridge.session import Message
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.presets import PRESETS
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.ui.actions import COMMANDS, GROUPS, PALETTE
from metalearn_gui.ui.palette.fuzzy import match
from metalearn_gui.ui.palette.rows import keys_of


@pytest.fixture
def window(window, qtbot):
    qtbot.waitUntil(window.isActiveWindow)  # shortcuts are the active window's
    return window


@pytest.fixture
def line(window, qtbot):
    """The palette's line, open."""
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert palette(window).isVisible()
    return window.findChild(QWidget, "palette_input")


def palette(window) -> QWidget:
    return window.findChild(QWidget, "command_palette")


def texts(window) -> list[str]:
    model = window.findChild(QWidget, "palette_list").model()
    return [model.row_at(place).found.entry.text for place in model.places()]


def test_letters_in_a_row_and_at_the_beginning_of_words_are_the_ones_that_match():
    assert match("mrate", "Meta learning rate").places == (0, 14, 15, 16, 17)
    assert match("lr", "Inner learning rate").places == (6, 15)
    assert match("rate meta", "Meta learning rate").places == (0, 1, 2, 3, 14, 15, 16, 17)


@pytest.mark.parametrize(
    ("query", "text"), [("xyz", "Meta-batch"), ("tabm", "batm"), ("a", ""), ("seed seeds", "Seed")]
)
def test_letters_that_are_not_there_in_order_match_nothing(query, text):
    assert match(query, text) is None


def test_a_whole_word_beats_letters_that_are_scattered():
    assert match("rate", "Meta learning rate").score > match("rate", "Regression as a test").score


@pytest.mark.parametrize(
    ("shortcut", "keys"),
    [
        ("Ctrl+K", ["Ctrl", "K"]),
        ("F4 or Ctrl+C", ["F4"]),
        ("Ctrl++", ["Ctrl", "+"]),
        ("Ctrl+-", ["Ctrl", "-"]),
        ("", []),
    ],
)
def test_a_shortcut_is_shown_key_by_key(shortcut, keys):
    assert keys_of(shortcut) == keys


def test_without_a_query_everything_is_offered(window, line):
    names = texts(window)
    assert {command.label for command in COMMANDS if command.key != PALETTE} <= set(names)
    assert {learner.label for learner in LEARNERS.values()} <= set(names)
    assert {family.label for family in TASKS.values()} <= set(names)
    assert {preset.label for preset in PRESETS.values()} <= set(names)
    assert len(names) > len(COMMANDS) + len(LEARNERS) + len(TASKS) + len(PRESETS) + 30


def test_a_typed_value_is_set_on_enter(window, session, line, qtbot):
    qtbot.keyClicks(line, "shots 5")
    assert texts(window)[0] == "Shots K = 5"
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert session.settings.episodes.shots == 5
    assert not palette(window).isVisible()


def test_a_whole_name_comes_before_names_that_begin_with_it(window, session, line, qtbot):
    qtbot.keyClicks(line, "lines")
    assert {"Lines", "Runs as lines"} <= set(texts(window))
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert session.settings.tasks.key == "linear"


@pytest.mark.parametrize("typed", ["activation tanh", "activation=tanh"])
def test_a_choice_is_set_by_its_word(session, line, qtbot, typed):
    qtbot.keyClicks(line, typed)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert session.settings.network.activation == "tanh"


def test_a_value_out_of_range_is_not_offered_but_refused_with_a_line(window, session, line, qtbot):
    said: list[Message] = []
    session.messageRaised.connect(said.append)
    qtbot.keyClicks(line, "shots 0")
    assert not any("= 0" in text for text in texts(window))
    assert "it must lie in [1, 1\u2009000]" in texts(window)[0]
    assert "(shots)" not in texts(window)[0]  # what a command line takes is of no use here
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "[1, 1\u2009000]" in said[-1].text
    assert session.settings.episodes.shots == 10


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700)], ids=str)
def test_enter_on_a_setting_goes_to_its_editor_wherever_it_is(window, qtbot, size):
    window.resize(*size)
    for name in ("meta_batch", "hidden_dim", "noise", "initialization"):
        qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClicks(window.findChild(QWidget, "palette_input"), name)
        qtbot.keyClick(window.findChild(QWidget, "palette_input"), Qt.Key.Key_Return)
        editor = window.findChild(QWidget, name)
        qtbot.waitUntil(lambda editor=editor: editor.isVisible() and QApplication.focusWidget() is editor)


def test_keys_move_through_the_list_and_tab_fills_in_a_name(window, line, qtbot):
    view = window.findChild(QWidget, "palette_list")
    first = view.currentIndex().row()
    qtbot.keyClick(line, Qt.Key.Key_Down)
    assert view.currentIndex().row() == first + 1
    qtbot.keyClick(line, Qt.Key.Key_Up)
    qtbot.keyClick(line, Qt.Key.Key_Up)
    assert view.currentIndex().row() == view.model().rowCount() - 1
    line.setText("inner learning")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert line.text() == "inner_learning_rate "
    assert QApplication.focusWidget() is line


def test_escape_leaves_and_nothing_typed_reaches_the_run(window, session, line, qtbot):
    qtbot.keyClicks(line, "sr n")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not palette(window).isVisible()
    assert session.calls == []


def test_a_learner_a_family_and_a_preset_are_chosen(window, session, qtbot):
    for typed, call in (
        ("Reptile", ("change", {"learner": "reptile"})),
        ("harmonics", "task_family"),
        ("The article's run", ("load_preset", "article")),
    ):
        qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClicks(window.findChild(QWidget, "palette_input"), typed)
        qtbot.keyClick(window.findChild(QWidget, "palette_input"), Qt.Key.Key_Return)
        assert call in (session.calls[-1], next(iter(session.calls[-1][1]), ""))


def test_a_sign_narrows_the_list_to_commands(window, line, qtbot):
    qtbot.keyClicks(line, ">re")
    assert "Reptile" not in texts(window)
    assert "Redo" in texts(window)


def test_what_is_not_there_is_said(window, line, qtbot):
    qtbot.keyClicks(line, "qqqq")
    assert texts(window) == []
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert palette(window).isVisible()

    for part in ("palette_input", "palette_list"):
        widget = window.findChild(QWidget, part)
        assert widget.isHidden() or palette(window).paper.rect().contains(widget.geometry())
    assert not line.geometry().intersects(palette(window)._foot.geometry())


@pytest.mark.parametrize(
    ("typed", "key", "acting"),
    [
        ("pays off", "adaptation", "adaptation_plot"),
        ("meta-loss", "meta_loss", "loss_plot"),
        ("runs", "runs", "runs_table"),
        ("drag the points", "task", "curve_canvas"),
        ("network", "network", "network_title"),
    ],
)
def test_a_folded_card_is_found_by_its_title_and_unfolded(window, line, qtbot, typed, key, acting):
    panel = window.panels[key]
    if not panel.is_collapsed:
        panel.toggle_collapsed()
    qtbot.keyClicks(line, typed)
    assert texts(window)[0] == panel.accessibleName()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not panel.is_collapsed)
    assert QApplication.focusWidget().objectName() == acting


def test_a_card_inside_is_brought_in_sight_wherever_one_is(window, line, qtbot):
    qtbot.keyClicks(line, "two clocks")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    clocks = window.findChild(QWidget, "clock_map")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is clocks)
    assert clocks.isVisible()


@pytest.mark.parametrize("view", ["task", "inside", "presenter"])
def test_a_key_leads_from_anywhere_to_the_task_and_its_keys_act_at_once(window, session, qtbot, view):
    if view != "task":
        window.show_view(view)
    before = session.unseen.touched.support.y.copy()
    qtbot.keyClick(window, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: QApplication.focusWidget().objectName() == "curve_canvas")
    assert QApplication.focusWidget().isVisible()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert (session.unseen.touched.support.y != before).any()


def test_a_key_leads_to_the_task_from_the_table_of_runs(window, session, qtbot):
    table = window.findChild(QWidget, "runs_table")
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: QApplication.focusWidget().objectName() == "curve_canvas")


def test_a_key_leads_to_the_task_in_its_own_window(window, session, qtbot):
    window.panels["task"].toggle_detached()
    qtbot.keyClick(window, Qt.Key.Key_T)
    surface = window.panels["task"].surface
    qtbot.waitUntil(lambda: QApplication.focusWidget() is surface)
    window.panels["task"].toggle_detached()


def test_the_keyboard_stays_with_the_task_when_another_kind_comes(window, session, qtbot):
    window.panels["task"].take_keyboard()
    session.change(task_family="blobs")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.panels["task"].surface)
    assert QApplication.focusWidget().objectName() == "plane_canvas"


def test_the_list_of_commands_closes_over_a_task_that_has_gone_meanwhile(window, session, qtbot):
    gone = window.panels["task"].surface
    window.panels["task"].take_keyboard()
    window.show_palette()
    session.change(task_family="blobs")
    qtbot.waitUntil(lambda: not isValid(gone))
    with qtbot.captureExceptions() as errors:
        qtbot.keyClick(window.findChild(QWidget, "palette_input"), Qt.Key.Key_Escape)
    assert not errors
    assert not palette(window).isVisible()


@pytest.fixture
def torn_off(window, qtbot):
    """The runs in a window of their own that is at the front."""
    panel = window.panels["runs"]
    panel.toggle_detached()
    with qtbot.waitActive(panel.window()):
        panel.window().activateWindow()
    yield panel.window()
    panel.toggle_detached()


@pytest.mark.parametrize(
    ("key", "modifiers", "goal"),
    [
        (Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier, "palette_input"),
        (Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier, "settings_search"),
        (Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier, "export_sheet"),
        (Qt.Key.Key_T, Qt.KeyboardModifier.NoModifier, "curve_canvas"),
    ],
)
def test_what_a_key_in_a_cards_own_window_opens_takes_the_keyboard(window, torn_off, qtbot, key, modifiers, goal):
    qtbot.keyClick(torn_off, key, modifiers)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None and QApplication.focusWidget().objectName() == goal)
    assert QApplication.activeWindow() is window


@pytest.mark.parametrize("key", [Qt.Key.Key_F2, Qt.Key.Key_Escape])
def test_the_keys_that_lead_back_to_the_task_leave_a_cards_own_window(window, torn_off, qtbot, key):
    qtbot.keyClick(torn_off, key)
    qtbot.waitUntil(window.isActiveWindow)


def test_escape_in_the_list_of_commands_leads_back_to_the_cards_own_window(window, torn_off, qtbot):
    before = QApplication.focusWidget()
    qtbot.keyClick(torn_off, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    line = window.findChild(QWidget, "palette_input")
    qtbot.waitUntil(line.hasFocus)
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is before)
    assert QApplication.activeWindow() is torn_off


def test_a_window_of_a_card_has_the_keyboard_where_its_keys_act_and_shows_where(torn_off, qtbot):
    assert QApplication.focusWidget().objectName() == "runs_table"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab)
    ring, target = torn_off.findChild(QWidget, "focus_ring"), QApplication.focusWidget()
    assert target.objectName() != "runs_table"
    assert ring.isVisible()
    assert ring.geometry().contains(target.mapTo(torn_off, target.rect().center()))


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700)], ids=str)
@pytest.mark.parametrize("key", ["gallery", "tasks"])
def test_a_card_is_torn_off_by_name(window, qtbot, size, key):
    window.resize(*size)
    window.show_palette()
    line = window.findChild(QWidget, "palette_input")
    line.setText(f"tear off {window.panels[key].accessibleName()}")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.panels[key].is_detached)
    window.panels[key].toggle_detached()


@pytest.mark.parametrize(("typed", "text"), [("F3", "Look inside"), ("ctrl+shift+c", "Compare learners")])
def test_commands_are_found_by_their_keys(window, line, qtbot, typed, text):
    line.setText(typed)
    assert texts(window)[0] == text


@pytest.mark.parametrize(("typed", "text"), [("theme", "Dark or light"), ("step", "Inner steps"), ("save", "Save")])
def test_a_command_s_own_word_beats_scattered_letters_and_no_name(window, line, typed, text):
    line.setText(typed)
    assert texts(window)[0] == text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("gif", "Export..."), ("onnx", "Export..."), ("zoom in", "Larger"), ("dark mode", "Dark or light"),
        ("shortcuts", "Help"), ("full screen", "Presenter"), ("load", "Open..."),
        ("screenshot", "Copy the task's picture"), ("movielens", "Import data..."),
        ("share url", "Copy link"), ("report", "Compare learners"),
    ],
)  # fmt: skip
def test_a_command_is_found_by_what_one_may_look_for(window, line, typed, text):
    line.setText(typed)
    assert texts(window)[0] == text


@pytest.mark.parametrize(
    ("typed", "family"), [("rate things", "Ratings"), ("rate", "Ratings"), ("draw one", "Glyphs"), ("drag", "Sinusoid")]
)
def test_tasks_are_found_by_what_the_hand_does_with_them_from_any_others(window, session, line, typed, family):
    session.change(task_family="blobs")
    line.setText(typed)
    assert family in texts(window)
    assert not ({"Ratings", "Glyphs", "Sinusoid"} - {family}) & set(texts(window))


def test_the_runs_are_drawn_as_lines_under_one_name(window, line):
    button = window.findChild(QWidget, "runs_lines_button")
    window.panels["runs"].show_lines()
    lines = window.panels["runs"].lines
    line.setText(button.accessibleName())
    assert texts(window)[0] == button.accessibleName() == lines.windowTitle()
    lines.close()


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("preset article", "preset", "The article's run"), ("article preset", "preset", "The article's run"),
        ("learner maml", "learner", "MAML"), ("task glyphs", "family", "Glyphs"),
    ],
)  # fmt: skip
def test_what_a_thing_is_helps_to_find_it(window, line, typed, kind, text):
    line.setText(typed)
    model = window.findChild(QWidget, "palette_list").model()
    first = model.row_at(model.places()[0]).found.entry
    assert (first.kind, first.text) == (kind, text)


def test_all_presets_are_found_by_what_they_are(window, line):
    line.setText("preset")
    assert {preset.label for preset in PRESETS.values()} <= set(texts(window))


def test_a_number_goes_to_a_setting_that_can_be_one(window, line):
    line.setText("lr 0.1")
    assert texts(window)[0] in ("Meta learning rate η = 0.1", "Inner learning rate α = 0.1")


def test_a_view_s_key_closes_the_palette(window, line, qtbot):
    qtbot.keyClick(line, Qt.Key.Key_F3)
    assert not palette(window).isVisible()
    assert window.findChild(QWidget, "inside_view").isVisible()


def test_runs_of_one_name_are_told_apart(window, session, qtbot):
    session.train(10)
    session.reset()
    session.train(10)
    window.show_palette()
    named = [name for name in texts(window) if name.startswith("MAML (") or name == "MAML 2"]
    assert len(named) == 1


def test_every_command_is_in_the_menu_of_its_group(window):
    menu = window.commands.menu()
    groups = [action.menu() for action in menu.actions() if action.menu() is not None]
    held = [[action.objectName() for action in group.actions()] for group in groups]
    expected = [[f"action_{command.key}" for command in COMMANDS if command.group == group] for group in GROUPS]
    assert held == expected
    menu.close()
