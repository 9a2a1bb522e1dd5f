"""Choosing a zip or a folder: the field, its menu, the chip, and a drop on the window."""

from __future__ import annotations

import zipfile

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QPushButton, QToolButton

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.params import params_of
from metalearn_gui.engine.tasks.images import Images
from metalearn_gui.ui.data_files import DataMenu
from metalearn_gui.ui.header import Header
from metalearn_gui.ui.import_sheet import ImportSheet
from metalearn_gui.ui.import_sheet.images import ImageSheet
from metalearn_gui.ui.import_sheet.ratings import RatingsSheet
from metalearn_gui.ui.import_sheet.tables import TableSheet
from metalearn_gui.ui.main_window import MainWindow
from metalearn_gui.ui.panels.tasks import TasksPanel
from metalearn_gui.ui.text_boxes import PathBox
from tests.engine.movielens import as_folder, published

LONG = "/data/" + "a long way down/" * 8 + "characters.zip"


@pytest.fixture
def box(qtbot) -> PathBox:
    made = PathBox(next(spec for spec in params_of(Images) if spec.name == "data"))
    qtbot.addWidget(made)
    made.resize(220, 26)
    made.show()
    return made


@pytest.fixture
def dialogs(monkeypatch) -> list[tuple[str, str]]:
    """Which dialogs were opened, and where; each is answered with a path."""
    opened: list[tuple[str, str]] = []

    def ask_file(parent, title, start, pattern):
        opened.append(("zip", start))
        return "/data/omniglot.zip", pattern

    def ask_folder(parent, title, start):
        opened.append(("folder", start))
        return "/data/omniglot"

    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask_file)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", ask_folder)
    return opened


def choose(menu: QMenu, text: str) -> None:
    """Click an entry of an open menu."""
    assert menu.isVisible()
    next(action for action in menu.actions() if text in action.text()).trigger()
    menu.close()


def test_a_long_path_shows_its_end_and_is_whole_where_it_is_edited(box, qtbot):
    box.clearFocus()
    box.show_value(LONG)
    assert box.text().endswith("characters.zip")
    assert len(box.text()) < len(LONG)
    assert box.toolTip() == LONG
    with qtbot.waitActive(box):
        box.activateWindow()
    box.setFocus()
    qtbot.waitUntil(lambda: box.text() == LONG)
    box.clearFocus()
    qtbot.waitUntil(lambda: len(box.text()) < len(LONG))


def test_looking_at_a_long_path_asks_for_nothing(box, qtbot):
    box.show_value(LONG)
    with qtbot.assertNotEmitted(box.edited):
        box.editingFinished.emit()
        box.resize(120, 26)
        box.editingFinished.emit()


def test_a_typed_path_is_taken_when_editing_ends(box, qtbot):
    box.show_value(LONG)
    box.setText("/data/other.zip")
    with qtbot.waitSignal(box.edited) as edited:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert edited.args == ["/data/other.zip"]


@pytest.mark.parametrize(("entry", "path"), [("Zip", "/data/omniglot.zip"), ("Folder", "/data/omniglot")])
def test_the_button_offers_a_zip_or_a_folder(box, qtbot, dialogs, entry, path):
    box.show_value("/data/old/there.zip")
    button = box.findChild(QToolButton, "data_browse")
    assert button.accessibleName()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(box.edited) as edited:
        choose(box.findChild(DataMenu), entry)
    assert edited.args == [path]
    assert dialogs == [(entry.lower(), "/data/old")]


def test_a_dialog_that_is_left_changes_nothing(box, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    box.findChild(DataMenu).popup_at(box)
    with qtbot.assertNotEmitted(box.edited):
        choose(box.findChild(DataMenu), "Folder")


def asked(session) -> list[dict]:
    return [call[1] for call in session.calls if call[0] == "change"]


@pytest.fixture
def window(session, qtbot) -> MainWindow:
    made = MainWindow(session)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_chip_of_images_asks_for_them_and_stays_unchecked_until_they_are_there(session, qtbot, dialogs):
    panel = TasksPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    panel.findChild(QPushButton, "task_family_images").click()
    assert panel.findChild(QPushButton, "task_family_sinusoid").isChecked()
    with qtbot.waitSignal(panel.dataChosen) as chosen:
        choose(panel.findChild(DataMenu), "Zip")
    assert chosen.args == ["/data/omniglot.zip", "images"]
    assert session.calls == []


def test_the_chip_of_tables_and_its_path_open_the_sheet_and_change_nothing(session, window, qtbot, monkeypatch, table):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (table, ""))
    panel = window.panels["tasks"]
    panel.findChild(QPushButton, "task_family_csv").click()
    choose(panel.findChild(DataMenu), "Table")
    sheet = window.findChild(ImportSheet)
    qtbot.waitUntil(lambda: sheet.findChild(QPushButton, "import_start").isEnabled())
    assert asked(session) == []
    sheet.findChild(QPushButton, "import_start").click()
    field = panel.findChild(PathBox, "data")
    field.setText(table.replace("sensors", "missing"))
    field.editingFinished.emit()
    assert sheet.isVisible()
    qtbot.waitUntil(lambda: "missing" in sheet.findChild(QLabel, "import_error").text())
    assert session.settings.tasks.data == table


def test_the_columns_of_the_table_in_use_can_be_changed(session, window, qtbot, table):
    again = window.panels["tasks"].findChild(QPushButton, "tasks_change_columns")
    assert again.isHidden()
    session.change(task_family="csv", data=table, task_column="sensor", inputs="x", targets="y")
    assert not again.isHidden()
    again.click()
    sheet = window.findChild(ImportSheet)
    qtbot.waitUntil(lambda: sheet.findChild(QPushButton, "import_start").isEnabled())
    sheet.set_role("city", "input")
    qtbot.waitUntil(lambda: sheet.findChild(QPushButton, "import_start").isEnabled())
    sheet.findChild(QPushButton, "import_start").click()
    assert session.settings.tasks.inputs == "x,city"


def test_a_preset_of_images_asks_for_them_first(session, qtbot, dialogs):
    header = Header(session)
    qtbot.addWidget(header)
    header.show()
    before = header.presets.currentIndex()
    header.presets.setCurrentIndex(header.presets.findData("protonet"))
    assert header.presets.currentIndex() == before
    assert session.calls == []
    choose(header.findChild(DataMenu), "Folder")
    assert session.calls == [("load_preset", "protonet", "/data/omniglot")]


@pytest.mark.parametrize(
    ("name", "sheet"),
    [("characters.zip", ImageSheet), ("folder", ImageSheet), ("ml-latest-small", RatingsSheet),
     ("sensors.csv", TableSheet), ("notes.txt", None), ("missing.zip", None)],
)  # fmt: skip
def test_dropped_data_are_shown_in_the_sheet_of_their_kind(session, window, tmp_path, table, name, sheet):
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("no images")
    zipfile.ZipFile(tmp_path / "characters.zip", "w").close()
    as_folder(tmp_path, "ml-latest", published("ml-latest"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)
    found = window.findChildren(ImportSheet)
    assert [type(one) for one in found] == ([sheet] if sheet else [])
    assert all(one.isVisible() for one in found)
    assert asked(session) == []
    window.close()


def test_a_field_of_a_real_window_shows_the_path_that_was_read(qtbot, tmp_path):
    from tests.bridge.test_images import asked_for, written

    folder = written(tmp_path)
    session = Session()
    window = MainWindow(session)
    session.setParent(window)
    qtbot.addWidget(window)
    window.show()
    session.change(**asked_for(folder))
    qtbot.waitUntil(lambda: window.findChild(PathBox, "data") is not None)
    field = window.findChild(PathBox, "data")
    qtbot.waitUntil(lambda: field.toolTip() == str(folder))
    assert field.mapTo(window, QPoint(0, 0)).x() > 0
    window.close()


def test_the_card_says_where_a_table_has_no_rows_for_so_many_shots(session, qtbot, table):
    panel = TasksPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    said = panel.findChild(QLabel, "tasks_scarce")
    read = session.settings.replaced(task_family="csv", data=table, inputs="x", targets="y", shots=5).resolved()
    read.tasks.fields  # noqa: B018 - reads the rows, as the worker does
    session.take_settings(read)
    assert said.isHidden()
    session.change(shots=24)
    assert not said.isHidden()
    assert said.text() == "3 of 3 unseen tasks have no 24 rows for a support set: some come twice there."
    session.change(shots=23)
    assert said.isHidden()
