"""The sheet for tables: a guess, other roles, errors in it, and one change of settings at the end."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget

from metalearn_gui.ui.import_sheet.sheet import ImportSheet
from metalearn_gui.ui.main_window import MainWindow


@pytest.fixture
def sheet(session, qtbot, table):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1100, 800)
    window.show()
    made = ImportSheet(session, window)
    made.open(table)
    qtbot.waitUntil(lambda: start(made).isEnabled())
    yield made
    window.close()


def start(sheet: ImportSheet) -> QPushButton:
    return sheet.findChild(QPushButton, "import_start")


def test_a_guess_is_imported_as_one_change_that_can_be_undone(sheet, session, table, qtbot):
    before = session.settings
    qtbot.mouseClick(start(sheet), Qt.MouseButton.LeftButton)
    tasks = session.settings.tasks
    assert (tasks.data, tasks.task_column, tasks.inputs, tasks.targets) == (table, "sensor", "x,city", "y")
    assert not sheet.isVisible()
    session.undo()
    assert session.settings == before


def test_cancel_leaves_the_settings_as_they_were(sheet, session, qtbot):
    before = session.settings
    qtbot.mouseClick(sheet.findChild(QPushButton, "import_cancel"), Qt.MouseButton.LeftButton)
    assert session.settings == before
    assert session.undo_stack.count() == 0


def test_a_press_on_a_columns_head_gives_it_another_role(sheet, session, qtbot):
    preview = sheet.findChild(QWidget, "import_preview")
    qtbot.mouseClick(preview.head.viewport(), Qt.MouseButton.LeftButton, pos=preview.head.chip(3).center())
    menu = preview.findChild(QMenu, "import_roles")
    next(action for action in menu.actions() if action.text() == "ignored").trigger()
    menu.close()
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    start(sheet).click()
    assert session.settings.tasks.inputs == "x"


def test_a_category_that_comes_out_is_a_class_and_brings_a_learner_for_classes(sheet, session, qtbot):
    sheet.set_role("city", "target")
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    start(sheet).click()
    assert (session.settings.tasks.kind, session.settings.tasks.targets) == ("classification", "city")


def test_without_a_task_column_the_sheet_says_what_is_missing(sheet):
    sheet.set_role("sensor", "ignored")
    assert "one task" in sheet.findChild(QLabel, "import_error").text()
    assert not start(sheet).isEnabled()


def test_tasks_that_are_too_small_are_named(sheet):
    assert any("s9" in label.text() for label in sheet.findChildren(QLabel))


def test_a_file_that_is_no_table_is_refused_in_the_sheet(sheet, qtbot, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_bytes(b"a,b\n1,\0\n")
    sheet.open(str(path))
    qtbot.waitUntil(lambda: "bad.csv" in sheet.findChild(QLabel, "import_error").text())
    assert not start(sheet).isEnabled()


def test_a_table_is_shown_in_the_sheet_before_the_window_takes_it(session, qtbot, table):
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.show()
    window.take_data(table)
    assert window.findChild(ImportSheet).isVisible()
    assert ("change", {"task_family": "csv"}) not in session.calls
    window.close()
