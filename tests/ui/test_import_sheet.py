"""The sheet for tables: a guess, other roles, errors in it, and one change of settings at the end."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget

from metalearn_gui.ui.import_sheet import ImportSheet
from metalearn_gui.ui.import_sheet.preview import KIND_ROLE
from metalearn_gui.ui.import_sheet.tables import TableSheet
from metalearn_gui.ui.main_window import MainWindow
from metalearn_gui.ui.zoom import set_zoom


@pytest.fixture
def sheet(session, qtbot, table):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1100, 800)
    window.show()
    made = TableSheet(session, window)
    made.open(table)
    qtbot.waitUntil(lambda: start(made).isEnabled())
    yield made
    window.close()


def start(sheet: TableSheet) -> QPushButton:
    return sheet.findChild(QPushButton, "import_start")


def test_a_guess_is_imported_as_one_change_that_can_be_undone(sheet, session, table, qtbot):
    before = session.settings
    qtbot.mouseClick(start(sheet), Qt.MouseButton.LeftButton)
    tasks = session.settings.tasks
    assert (tasks.data, tasks.task_column, tasks.inputs, tasks.targets) == (table, "sensor", "x,city", "y")
    assert not sheet.isVisible()
    session.undo()
    assert session.settings == before


def test_a_columns_head_stands_over_its_cells(sheet):
    preview = sheet._preview
    model = preview.model()
    align = Qt.ItemDataRole.TextAlignmentRole
    for column in range(model.columnCount()):
        assert model.headerData(column, Qt.Orientation.Horizontal, align) == model.data(model.index(0, column), align)
    cells = preview.visualRect(model.index(0, 0)).united(preview.visualRect(model.index(3, 0)))
    chip = preview.head.chip(0)
    ink = inked(preview.viewport().grab(cells).toImage())
    assert abs(ink - chip.left() + cells.left()) <= 2


def test_a_columns_head_is_as_much_larger_as_type_is(sheet, qtbot):
    preview = sheet._preview

    def sizes() -> list[int]:
        preview.resize(preview.size())
        chip = preview.head.chip(0)
        return [chip.height(), chip.bottom(), preview.head.sizeHint().height(), preview.rowHeight(0)]

    before = sizes()
    try:
        set_zoom(1.5)
        after = sizes()
    finally:
        set_zoom(1.0)
    assert after == pytest.approx([1.5 * number for number in before], abs=2)


def inked(picture: QImage) -> int:
    """The leftmost column of pixels that is not all ground."""
    ground = picture.pixelColor(0, 0)
    columns = range(picture.width())
    return next(x for x in columns if any(picture.pixelColor(x, y) != ground for y in range(picture.height())))


@pytest.mark.parametrize("tasks", [2, 3, 12])
def test_the_rows_and_the_tasks_that_are_told_add_up(session, qtbot, tmp_path, tasks):
    """Rows without a target and those of a task that is too small are left out, and are told, too."""
    lines = [f"s{task},{row},{'' if row == 5 else row * task}" for task in range(tasks) for row in range(25)]
    (tmp_path / "t.csv").write_text("\n".join(["sensor,x,y", *lines, "tiny,1,1"]), "utf-8")
    window = QWidget()
    qtbot.addWidget(window)
    sheet = TableSheet(session, window)
    sheet.open(str(tmp_path / "t.csv"))
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    rows, *remarks = sheet.note.text().split("; ")
    said = [int(number) for number in re.findall(r"\d+", rows)]
    assert said[0] == sum(said[1:]) == 25 * tasks + 1
    assert said[-1] == tasks + 1
    assert rows.endswith("left out")
    assert ("training tasks are validated on" in remarks) == (said[2] == 0)
    counts = [int(number) for number in re.findall(r"\d+", sheet._results()[0])]
    assert counts[0] == sum(counts[1:]) == tasks


def test_enter_imports_and_on_a_button_presses_that_button(sheet, session, qtbot):
    cancel, before = sheet.findChild(QPushButton, "import_cancel"), session.settings
    cancel.setFocus()
    qtbot.keyClick(cancel, Qt.Key.Key_Return)
    assert not sheet.isVisible()
    assert session.settings == before
    sheet.appear()
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert not sheet.isVisible()
    assert session.settings.tasks.task_column == "sensor"


def test_cancel_leaves_the_settings_as_they_were(sheet, session, qtbot):
    before = session.settings
    qtbot.mouseClick(sheet.findChild(QPushButton, "import_cancel"), Qt.MouseButton.LeftButton)
    assert session.settings == before
    assert session.undo_stack.count() == 0


def test_a_press_on_a_columns_head_gives_it_another_role(sheet, session, qtbot):
    choose_in_head(sheet, qtbot, 3, "ignored")
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    start(sheet).click()
    assert session.settings.tasks.inputs == "x"


def test_a_category_that_comes_out_is_a_class_and_brings_a_learner_for_classes(sheet, session, qtbot):
    sheet.set_role("city", "target")
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    start(sheet).click()
    assert (session.settings.tasks.kind, session.settings.tasks.targets) == ("classification", "city")


def choose_in_head(sheet: TableSheet, qtbot, column: int, text: str) -> None:
    """Press a column's head, and an entry of its menu."""
    preview = sheet.findChild(QWidget, "import_preview")
    above = preview.head.chip(column).center() - QPoint(0, 40)
    qtbot.mouseClick(preview.head.viewport(), Qt.MouseButton.LeftButton, pos=above)
    menu = preview.findChild(QMenu, "import_roles")
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()


def press_chip(sheet: TableSheet, qtbot, column: int) -> None:
    head = sheet.findChild(QWidget, "import_preview").head
    qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=head.chip(column).center())


def test_a_press_on_a_chip_turns_an_input_into_a_target_and_back(sheet, session, qtbot):
    press_chip(sheet, qtbot, 1)
    press_chip(sheet, qtbot, 2)
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    start(sheet).click()
    assert (session.settings.tasks.inputs, session.settings.tasks.targets) == ("y,city", "x")


def test_space_turns_an_input_into_a_target(sheet, session, qtbot):
    preview = sheet.findChild(QWidget, "import_preview")
    preview.setCurrentIndex(preview.model().index(0, 1))
    qtbot.keyClick(preview, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    start(sheet).click()
    assert session.settings.tasks.targets == "x,y"


def test_enter_on_a_cell_asks_about_its_column_and_does_not_import(sheet, session, qtbot):
    preview, before = sheet.findChild(QWidget, "import_preview"), session.settings
    preview.setCurrentIndex(preview.model().index(0, 1))
    qtbot.keyClick(preview, Qt.Key.Key_Return)
    assert sheet.isVisible()
    assert session.settings == before
    (menu,) = preview.findChildren(QMenu, "import_roles")
    menu.close()


def test_a_class_and_a_number_change_places_with_a_press(sheet, session, qtbot):
    press_chip(sheet, qtbot, 3)
    press_chip(sheet, qtbot, 2)
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    start(sheet).click()
    tasks = session.settings.tasks
    assert (tasks.predicts, tasks.inputs, tasks.targets) == ("numbers", "x,city", "y")


def test_predicting_another_kind_takes_a_column_that_can_come_out_so(sheet, session, qtbot):
    sheet._set_setting("predicts", "classes")
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    assert (sheet.ready().inputs, sheet.ready().targets, sheet.ready().output_dim) == ("x,y", "city", 2)
    sheet._set_setting("predicts", "numbers")
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    assert (sheet.ready().inputs, sheet.ready().targets) == ("x,city", "y")


def test_columns_are_narrower_where_all_of_them_fit_then(sheet, qtbot, tmp_path):
    names = [f"c{place}" for place in range(7)]
    rows = [",".join([f"t{row % 5}", *(str(row + place) for place in range(7))]) for row in range(120)]
    (tmp_path / "wide.csv").write_text("\n".join([",".join(["task", *names]), *rows]))
    sheet.window().resize(1024, 700)
    sheet.open(str(tmp_path / "wide.csv"))
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    head = sheet.findChild(QWidget, "import_preview").head
    assert head.chip(7).right() < head.viewport().width()


@pytest.mark.parametrize(
    ("rows", "told"), [(1, "1 row · 2 columns"), (60, "60 rows · 2 columns; the first 50 rows are")]
)
def test_the_size_of_a_table_says_how_much_of_it_is_shown_where_that_is_not_all(sheet, qtbot, tmp_path, rows, told):
    (tmp_path / "small.csv").write_text("a,b\n" + "1,x\n" * rows)
    sheet.open(str(tmp_path / "small.csv"))
    qtbot.waitUntil(lambda: f"small.csv · {told}" in sheet.subtitle.text())
    assert ("shown" in sheet.subtitle.text()) == (rows > 50)


def test_a_guessed_type_is_shown_and_can_be_corrected(sheet, session, qtbot):
    preview = sheet.findChild(QWidget, "import_preview")
    assert preview.model().headerData(1, Qt.Orientation.Horizontal, KIND_ROLE) == "number"
    choose_in_head(sheet, qtbot, 1, "category")
    assert preview.model().headerData(1, Qt.Orientation.Horizontal, KIND_ROLE) == "category"
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    assert preview.model().index(0, 1).data() == "0.5"
    start(sheet).click()
    assert [field.is_category for field in session.settings.tasks.fields.inputs] == [True, True]


def test_a_type_that_does_not_fit_is_refused_with_its_row_and_can_be_changed_again(sheet, qtbot):
    choose_in_head(sheet, qtbot, 3, "number")
    qtbot.waitUntil(lambda: "expected a finite number" in sheet.findChild(QLabel, "import_error").text())
    assert "row 2, column 'city' is 'a'" in sheet.findChild(QLabel, "import_error").text()
    assert not start(sheet).isEnabled()
    choose_in_head(sheet, qtbot, 3, "category")
    qtbot.waitUntil(lambda: start(sheet).isEnabled())


def test_a_target_that_becomes_a_category_is_a_class(sheet, session, qtbot):
    choose_in_head(sheet, qtbot, 2, "category")
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    start(sheet).click()
    assert session.settings.tasks.kind == "classification"


def test_a_second_table_is_imported_after_the_first(sheet, session, qtbot, tmp_path):
    start(sheet).click()
    (tmp_path / "b.csv").write_text("who,a,b\n" + "".join(f"p{n % 5},{n % 7},{2 * n}\n" for n in range(120)))
    sheet.open(str(tmp_path / "b.csv"))
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    start(sheet).click()
    tasks = session.settings.tasks
    assert (tasks.data, tasks.task_column, tasks.inputs) == (str(tmp_path / "b.csv"), "who", "a")


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
    assert not sheet.note.text()  # nothing is being read any more


def test_a_table_is_shown_in_the_sheet_before_the_window_takes_it(session, qtbot, table):
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.show()
    window.take_data(table)
    assert window.findChild(ImportSheet).isVisible()
    assert ("change", {"task_family": "csv"}) not in session.calls
    window.close()
