from __future__ import annotations

import copy
import dataclasses

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit

from metalearn_gui.store.records import Start
from metalearn_gui.ui.panels.runs import RunsPanel
from metalearn_gui.ui.run_marks import run_mark
from metalearn_gui.ui.run_names import fitted
from metalearn_gui.ui.runs_model import FIRST_STEP, IS_DRAWN_ROLE, LAST_STEP, NAME, START_ROLE, TASKS, TIME
from metalearn_gui.ui.runs_view import WIDTHS, cut
from metalearn_gui.ui.text import rounded_to_fit
from metalearn_gui.ui.theme import scaled, theme, ui_font


@pytest.fixture
def panel(session, qtbot):
    panel = RunsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(416, 243)
    QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Warning, panel)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


@pytest.fixture
def two_runs(panel, session):
    """The run of MAML, and the live and shown one of Reptile above it."""
    session.train(100)
    session.score()
    session.change(learner="reptile")
    return session.runs


def _texts(panel, row):
    return [panel.model.index(row, column).data() for column in range(TIME + 1)]


def _centre(panel, row, column=NAME):
    return panel.table.visualRect(panel.model.index(row, column)).center()


def test_a_run_is_a_row_with_its_figures_newest_first(panel, session, two_runs):
    assert panel.table.objectName() == "runs_table"
    assert _texts(panel, 0) == ["Reptile", "Sinusoid", "–", "–", "–"]
    name, tasks, first, last, time = _texts(panel, 1)
    assert (name, tasks, time) == ("MAML", "Sinusoid", "0:00")
    losses = two_runs[0].latest_scores.evaluation.learner.loss
    assert float(first) == pytest.approx(losses[1], rel=0.01)
    assert float(last) == pytest.approx(losses[-1], rel=0.01)
    assert panel.model.headerData(LAST_STEP, Qt.Orientation.Horizontal) == "10 steps"


def test_a_run_that_is_compared_tells_its_figures_as_they_come(panel, session, two_runs):
    other = two_runs[0]
    session.comparing.records = {other.run_id: other}
    other.compute_seconds = 65.0
    session.comparing.progressed.emit()
    assert _texts(panel, 1)[-1] == "1:05"
    panel.hide()
    other.compute_seconds = 66.0
    session.comparing.progressed.emit()
    panel.show()
    assert _texts(panel, 1)[-1] == "1:06"


def test_a_card_that_is_unfolded_says_how_far_its_run_has_gone_meanwhile(panel, session):
    session.train(10)
    panel.toggle_collapsed()
    session.live.compute_seconds = 77.0
    session.advanced.emit()
    panel.toggle_collapsed()
    assert _texts(panel, 0)[-1] == "1:17"


def test_the_last_figures_are_not_called_by_another_run_s_steps(panel, session):
    session.train(10)
    session.change(test_steps=1)
    assert panel.model.rowCount() == 2
    assert panel.model.headerData(LAST_STEP, Qt.Orientation.Horizontal) == "last step"


def test_a_run_of_classes_shows_the_share_that_was_right(panel, session):
    session.change(task_family="blobs", test_steps=1)
    session.train(1)
    session.score()
    accuracy = session.live.latest_scores.evaluation.learner.accuracy
    assert _texts(panel, 0)[FIRST_STEP : LAST_STEP + 1] == [f"{100 * accuracy[1]:.1f} %"] * 2
    assert "1 meta-iteration in 0:00" in panel.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_figures_of_the_live_run_follow_training(panel, session):
    session.train(1_000_000)
    session.score()
    assert panel.model.index(0, TIME).data() != "–"
    assert panel.model.index(0, LAST_STEP).data() != "–"


def test_a_click_lays_a_run_over_the_shown_one_and_takes_it_off_again(panel, session, two_runs, qtbot):
    for expected in ({two_runs[0].run_id}, set()):
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=_centre(panel, 1))
        assert session.overlays == expected
        assert panel.model.index(1, NAME).data(IS_DRAWN_ROLE) == bool(expected)


def test_a_click_on_the_shown_run_overlays_nothing(panel, session, two_runs, qtbot):
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=_centre(panel, 0))
    assert session.overlays == set()


def test_a_double_click_restores_and_leaves_the_overlays_as_they_were(panel, session, two_runs, qtbot):
    view = panel.table.viewport()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=_centre(panel, 1))
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=_centre(panel, 1))
    assert ("restore_run", two_runs[0].run_id) in session.calls
    assert session.overlays == set()


def test_keys_do_what_the_mouse_does(panel, session, two_runs, qtbot):
    panel.table.setCurrentIndex(panel.model.index(1, NAME))
    qtbot.keyClick(panel.table, Qt.Key.Key_Space)
    assert session.overlays == {two_runs[0].run_id}
    qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert ("restore_run", two_runs[0].run_id) in session.calls
    qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert [run.run_id for run in session.runs] == [session.live.run_id]


def test_keys_of_the_table_win_over_the_windows_shortcuts(panel):
    for key, is_ours in ((Qt.Key.Key_Space, True), (Qt.Key.Key_Delete, True), (Qt.Key.Key_S, False)):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(panel.table, event)
        assert event.isAccepted() == is_ours


def test_the_live_run_cannot_be_deleted_and_says_so(panel, session, two_runs, qtbot):
    session.train(3)
    panel.table.setCurrentIndex(panel.model.index(0, NAME))
    with qtbot.waitSignal(session.messageRaised) as said:
        qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert len(session.runs) == 2
    assert (said.args[0].action, said.args[0].text.endswith("Start again, and it can be deleted.")) == ("reset", True)
    menu = panel.row_menu(0)
    assert [action.isEnabled() for action in menu.actions() if action.text() == "Delete"] == [False]
    menu.close()


def test_f2_renames_in_place_even_while_figures_change(panel, session, two_runs, qtbot):
    panel.table.setCurrentIndex(panel.model.index(1, TIME))
    qtbot.keyClick(panel.table, Qt.Key.Key_F2)
    editor = panel.table.findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "short inner")
    session.train(10)
    session.runsChanged.emit()
    assert panel.table.findChild(QLineEdit) is editor
    qtbot.keyClicks(editor, " loop")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: two_runs[0].name == "short inner loop")
    assert panel.model.index(1, NAME).data() == "short inner loop"
    assert not [call for call in session.calls if call[0] == "restore_run"]  # the table's Return is not the editor's


def test_a_search_that_finds_nothing_says_so(panel, two_runs):
    panel._toggle_search()
    panel._search.setText("no such words")
    assert (panel._empty.isVisible(), panel._empty.text()) == (True, "No run has these words")
    panel._search.setText("")
    assert not panel._empty.isVisible()
    assert panel.table.isVisible()


def test_an_empty_name_is_refused(panel, session, two_runs):
    assert not panel.model.setData(panel.model.index(1, NAME), "   ")
    assert panel.model.index(1, NAME).data() == "MAML"


def test_a_diverged_run_says_so_in_the_colour_of_errors(panel, session, two_runs):
    two_runs[0].reason, two_runs[0].latest = "diverged", two_runs[0].initial  # it has nothing else to go back to
    session.runsChanged.emit()
    index = panel.model.index(1, LAST_STEP)
    assert index.data() == "diverges"
    assert index.data(Qt.ItemDataRole.ForegroundRole) == theme().palette.error


def test_a_run_that_went_back_to_a_good_state_tells_that_state_and_its_figures(panel, session, two_runs):
    run, last = two_runs[0], panel.model.index(1, LAST_STEP)
    figure = last.data()
    run.reason, run.latest = "diverged", dataclasses.replace(run.latest, learner=_at(run.latest.learner, 8400))
    session.runsChanged.emit()
    assert (last.data(), last.data(Qt.ItemDataRole.ForegroundRole)) == (figure, theme().palette.text)
    assert panel.model.index(1, NAME).data(START_ROLE) == "went back to 8\u2009400"
    assert "last good state, of meta-iteration 8\u2009400" in last.data(Qt.ItemDataRole.ToolTipRole)


def _at(learner, iteration):
    return dataclasses.replace(learner, iteration=iteration)


def test_the_tool_tip_tells_settings_seed_figures_and_escapes_names(panel, session, two_runs):
    session.rename_run(two_runs[0].run_id, "<b>x</b>")
    tip = panel.model.index(1, NAME).data(Qt.ItemDataRole.ToolTipRole)
    for part in ("&lt;b&gt;x", "MAML", "Sinusoid", f"seed {two_runs[0].settings.seed}", "100 meta-iterations"):
        assert part in tip


def test_every_other_run_has_a_shape_and_a_colour_of_its_own(panel, session):
    for seed in range(4):
        session.change(seed=100 + seed)
    marks = [run_mark(session, run) for run in session.runs]
    assert len({mark.shape for mark in marks}) == 5
    assert len({mark.color.name() for mark in marks}) == 5
    assert marks[-1].color == theme().palette.learner


def test_what_is_shown_is_said_in_words_too(panel, session, two_runs):
    session.set_overlay(two_runs[0].run_id, True)
    spoken = [panel.model.index(row, NAME).data(Qt.ItemDataRole.AccessibleTextRole) for row in (0, 1)]
    assert spoken == ["Reptile, shown", "MAML, overlaid"]


def test_without_runs_a_line_says_what_appears_here(panel, session):
    session.runs = []
    session.runsChanged.emit()
    assert panel._empty.isVisible()
    assert not panel.table.isVisible()
    assert panel.model.rowCount(QModelIndex()) == 0


def test_a_narrow_table_gives_up_the_tasks_and_so_does_one_of_the_same_tasks(panel, session, two_runs):
    assert panel.table.isColumnHidden(TASKS)
    session.change(task_family="harmonics")
    assert not panel.table.isColumnHidden(TASKS)
    panel.resize(320, 200)
    assert panel.table.isColumnHidden(TASKS)
    panel.grab()
    given_up = []
    for width in (320, 270):
        panel.resize(width, 200)
        given_up.append([column for column in (FIRST_STEP, LAST_STEP, TIME) if panel.table.isColumnHidden(column)])
    assert given_up == [[], [TIME]]


@pytest.mark.parametrize("zoom", [1.0, 1.25])
@pytest.mark.parametrize("text", ["0.00457", "0.000123", "−0.00457", "9.22e12", "99\u2009999", "100 %", "diverges"])
def test_no_figure_has_a_gap_in_it(qapp, zoom, text):
    theme().set_zoom(zoom)
    metrics = QFontMetrics(ui_font(12.5))
    for column in (FIRST_STEP, LAST_STEP):
        room = scaled(WIDTHS[column]) - 8
        shown = rounded_to_fit(text, lambda tried, room=room: metrics.horizontalAdvance(tried) <= room)
        assert metrics.horizontalAdvance(shown) <= room


def test_what_fits_without_the_learner_s_name_is_never_cut(qapp):
    metrics, said = QFontMetrics(ui_font(12.5)), "seed 7, α 0.01, shots 10"
    least = next(width for width in range(1000) if cut(said, fitted, metrics, width) == said)
    shown = {cut(f"MAML · {said}", fitted, metrics, width) for width in range(least, least + 80)}
    assert {text.partition(" · ")[2] or text for text in shown} == {said}


def test_rows_follow_whatever_happens_to_the_runs(panel, session):
    for seed in range(5):
        session.change(seed=50 + seed)
    session.delete_run(session.runs[2].run_id)
    session.runs = [session.runs[-1], *session.runs[:-1]]
    session.runsChanged.emit()
    rows = [panel.model.run_at(row).run_id for row in range(panel.model.rowCount())]
    assert rows == [run.run_id for run in reversed(session.runs)]


def test_the_menu_starts_a_run_from_these_weights_and_the_row_says_so(panel, session, two_runs):
    asked = []
    session.start_from = asked.append
    menu = panel.row_menu(1)
    next(action for action in menu.actions() if action.text() == "Start from these weights").trigger()
    menu.close()
    assert asked == [two_runs[0].run_id]
    two_runs[1].start = Start(two_runs[0].run_id, "<i>MAML</i>", 5, 6)
    session.runsChanged.emit()
    index = panel.model.index(0, NAME)
    assert index.data(START_ROLE) == "from <i>MAML</i>"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Reptile from <i>MAML</i>, shown"
    assert index.data(Qt.ItemDataRole.EditRole) == "Reptile"
    assert "5 of 6 parameters started from &lt;i&gt;MAML" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert [panel.model.index(1, column).data(START_ROLE) for column in (NAME, TIME)] == ["", ""]


def test_the_badge_is_painted_behind_the_name(panel, session, two_runs):
    before = panel.table.viewport().grab().toImage()
    two_runs[1].start = Start(two_runs[0].run_id, "MAML", 6, 6)
    session.runsChanged.emit()
    after = panel.table.viewport().grab().toImage()
    row = panel.table.visualRect(panel.model.index(0, NAME))
    changed = [x for x in range(row.width()) if before.pixel(x, row.center().y()) != after.pixel(x, row.center().y())]
    assert len(changed) > 30


@pytest.mark.parametrize("remark", [{"tags": "slide 4"}, {"note": "too slow"}])
def test_tags_or_a_note_leave_a_sign_in_a_table_however_narrow(panel, session, two_runs, remark):
    panel.resize(270, 243)
    before = panel.table.viewport().grab().toImage()
    session.remark_run(two_runs[0].run_id, **remark)
    after = panel.table.viewport().grab().toImage()
    row = panel.table.visualRect(panel.model.index(1, NAME))
    sign = QRect(row.right() - 16, row.center().y() - 6, 12, 12)
    assert before.copy(sign) != after.copy(sign)


def test_the_tool_tip_of_a_branch_says_where_it_left_which_run(panel, session, two_runs):
    two_runs[1].parent_id, two_runs[1].went_on_from = two_runs[0].run_id, 4000
    session.runsChanged.emit()
    tips = []
    for _ in range(2):
        tips.append(panel.model.index(0, NAME).data(Qt.ItemDataRole.ToolTipRole))
        session.delete_run(two_runs[0].run_id)
    assert "went on from meta-iteration 4\u2009000 of MAML" in tips[0]
    assert "went on from meta-iteration 4\u2009000<br>" in tips[1]


def test_figures_follow_a_run_whose_record_was_exchanged(panel, session):
    session.train(100)
    session.score()
    settled = copy.copy(session.live)
    settled.compute_seconds = 100.0
    session.runs[session.runs.index(session.live)] = session.live = session.shown = settled
    session.advanced.emit()
    row = next(row for row in range(panel.model.rowCount()) if panel.model.run_at(row).run_id == settled.run_id)
    assert panel.model.run_at(row) is settled
    assert panel.model.index(row, TIME).data() == "1:40"


def test_the_foot_gives_way_to_the_line_of_the_search(panel, session, two_runs):
    panel.resize(416, panel.wish + 40)
    assert panel._compare.isVisible()
    panel._search_button.click()
    assert not panel._compare.isVisible()
    panel._search_button.click()
    assert panel._compare.isVisible()


def test_comparing_is_asked_for_in_the_header_where_the_rows_take_the_foot(panel, two_runs, qtbot):
    wide, narrow = panel._compare, panel._compare_icon
    assert wide.isVisible()
    assert not narrow.isVisible()
    panel.resize(350, panel.wish)
    assert narrow.isVisible()
    assert not wide.isVisible()
    assert panel._lines_button.isVisible()
    with qtbot.waitSignal(panel.compareAsked):
        narrow.click()
