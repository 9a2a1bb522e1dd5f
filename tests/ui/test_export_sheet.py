"""The export sheet: what is chosen is written while the window stays alive, and each file says how it is."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QProgressBar, QWidget

from metalearn_gui.bridge.threads import busy_threads
from metalearn_gui.engine.export import EXPORTERS
from metalearn_gui.engine.export.csv import Csv
from metalearn_gui.ui.export.formats import FORMATS
from metalearn_gui.ui.export.pictures import PICTURES
from metalearn_gui.ui.export.sheet import ExportSheet
from metalearn_gui.ui.export.writing import Stage

LIGHT = ("safetensors", "csv", "png")  # formats that need no TensorFlow


class Window(QWidget):
    """A window that notes the keys that reach it."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []
        self.editor = QLineEdit(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keys.append(event.key())


@pytest.fixture
def window(qtbot) -> Window:
    window = Window()
    window.resize(1440, 900)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def sheet(session, window, tmp_path: Path) -> ExportSheet:
    session.train(30)
    session.score()  # with a state of that meta-iteration
    sheet = ExportSheet(session, window)
    sheet.set_folder(tmp_path)
    sheet.open()
    return sheet


def choose(sheet: ExportSheet, *keys: str) -> None:
    for key, card in sheet.cards.items():
        card.setChecked(key in keys)


def write(qtbot, sheet: ExportSheet, *keys: str) -> dict[str, Stage | None]:
    """Choose, press Export, wait; the stages by key."""
    choose(sheet, *keys)
    with qtbot.waitSignal(sheet.writer.ended, timeout=20_000):
        qtbot.mouseClick(sheet.findChild(QWidget, "export_start"), Qt.MouseButton.LeftButton)
    return {key: card.stage for key, card in sheet.cards.items() if card.stage is not None}


@pytest.mark.parametrize("key", FORMATS)
def test_every_format_has_a_card_with_a_name(sheet: ExportSheet, key: str) -> None:
    card = sheet.findChild(QWidget, f"export_card_{key}")
    assert card is sheet.cards[key]
    assert FORMATS[key].file_name in card.accessibleName()


@pytest.mark.parametrize("key", FORMATS)
def test_picking_a_card_shows_the_lines_that_load_its_file(sheet: ExportSheet, key: str, session) -> None:
    sheet.pick(key)
    code = sheet.findChild(QWidget, "export_code")
    assert code.isHidden() == (key in PICTURES)
    code.copy()
    if key in EXPORTERS:
        assert Path(FORMATS[key].file_name).stem in QGuiApplication.clipboard().text()


def test_chosen_files_are_written_and_verified(qtbot, sheet: ExportSheet, tmp_path: Path) -> None:
    stages = write(qtbot, sheet, *LIGHT)
    assert stages == {"safetensors": Stage.VERIFIED, "csv": Stage.VERIFIED, "png": Stage.WRITTEN}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FORMATS[key].file_name for key in LIGHT)
    assert sheet.cards["csv"].progress.size == (tmp_path / "run.csv").stat().st_size
    assert not busy_threads()


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where exports go that nobody chose a folder for."""
    monkeypatch.setattr("metalearn_gui.ui.export.place._exports_folder", lambda: tmp_path / "exports")
    return tmp_path / "exports"


def test_a_run_s_own_folder_is_one_that_nothing_was_written_to_before(qtbot, session, window, documents) -> None:
    earlier = documents / "sinusoid-maml-run1" / "run.csv"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("of yesterday's session")
    session.train(30)
    session.score()
    sheet = ExportSheet(session, window)
    sheet.open()
    for _ in range(2):  # its own files it may replace
        assert write(qtbot, sheet, "csv") == {"csv": Stage.VERIFIED}
        assert sheet.folder == documents / "sinusoid-maml-run1-2"
    assert earlier.read_text() == "of yesterday's session"
    assert sorted(place.name for place in documents.iterdir()) == ["sinusoid-maml-run1", "sinusoid-maml-run1-2"]


def test_a_card_says_that_its_file_would_replace_one(qtbot, sheet: ExportSheet, tmp_path: Path) -> None:
    card = sheet.cards["csv"]
    assert "replaces" not in card.accessibleDescription()
    (tmp_path / "run.csv").touch()
    sheet.open()
    assert "replaces" in card.accessibleDescription()
    assert "replaces" not in sheet.cards["keras"].accessibleDescription()
    card.setChecked(False)
    assert "replaces" not in card.accessibleDescription()


def test_a_file_that_cannot_be_written_says_why_and_the_others_go_on(qtbot, sheet, tmp_path: Path) -> None:
    (tmp_path / "run.csv").mkdir()
    (tmp_path / "run.csv" / "kept").touch()
    stages = write(qtbot, sheet, *LIGHT)
    assert stages == {"safetensors": Stage.VERIFIED, "csv": Stage.FAILED, "png": Stage.WRITTEN}
    said = "run.csv is a folder of something else; move it away, or choose another place"  # its folder stands below
    assert sheet.cards["csv"].toolTip() == said


def test_a_folder_in_the_way_of_a_file_fails_every_file_in_one_line(qtbot, sheet, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    sheet.set_folder(tmp_path / "file" / "folder")
    assert set(write(qtbot, sheet, *LIGHT).values()) == {Stage.FAILED}
    assert "\n" not in sheet.cards["png"].toolTip()


def test_stop_finishes_the_file_under_way_and_begins_no_other(qtbot, sheet, monkeypatch, tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()
    write_csv = Csv.write

    def slow_write(self: Csv, subject: object, path: Path) -> None:
        begun.set()
        assert go_on.wait(10)
        write_csv(self, subject, path)

    monkeypatch.setattr(Csv, "write", slow_write)
    choose(sheet, "csv", "png")
    stop = sheet.findChild(QWidget, "export_stop")
    assert not stop.isVisible()
    with qtbot.waitSignal(sheet.writer.ended, timeout=20_000):
        sheet.start()
        assert begun.wait(10)
        qtbot.waitUntil(stop.isVisible)
        assert not sheet.findChild(QWidget, "export_start").isEnabled()
        qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
        go_on.set()
    assert sheet.cards["csv"].stage is Stage.VERIFIED
    assert sheet.cards["png"].stage is Stage.STOPPED
    assert sheet.cards["png"].accessibleDescription() == "stopped. not written"
    bar = sheet.findChild(QProgressBar)
    assert (bar.value(), bar.maximum()) == (1, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["run.csv"]
    assert not stop.isVisible()


def test_an_error_of_ours_fails_the_file_and_frees_the_sheet(qtbot, sheet, monkeypatch) -> None:
    def broken(self: Csv, subject: object, path: Path) -> None:
        raise RuntimeError("of ours")

    monkeypatch.setattr(Csv, "write", broken)
    stages = write(qtbot, sheet, "csv", "png")
    assert stages == {"csv": Stage.FAILED, "png": Stage.STOPPED}
    assert "of ours" in sheet.cards["csv"].toolTip()
    assert sheet.findChild(QWidget, "export_start").isEnabled()


def test_a_sheet_that_was_closed_reports_when_all_is_written(qtbot, sheet, session) -> None:
    messages: list[object] = []
    session.messageRaised.connect(messages.append)
    choose(sheet, "csv")
    with qtbot.waitSignal(sheet.writer.ended, timeout=20_000):
        sheet.start()
        sheet.hide()
    assert [message.text.startswith("1 of 1") for message in messages] == [True]


def test_the_window_closes_while_a_file_is_written(qtbot, sheet, window) -> None:
    choose(sheet, *LIGHT)
    sheet.start()
    window.close()
    qtbot.waitUntil(lambda: not busy_threads(), timeout=10_000)


def test_what_is_exported_is_the_run_at_the_press(qtbot, sheet, session, tmp_path: Path) -> None:
    choose(sheet, "csv")
    with qtbot.waitSignal(sheet.writer.ended, timeout=20_000):
        sheet.start()
        session.train(50)
    assert sheet.cards["csv"].stage is Stage.VERIFIED
    assert len((tmp_path / "run.csv").read_text().splitlines()) == 31


def test_nothing_chosen_leaves_nothing_to_press(sheet: ExportSheet) -> None:
    choose(sheet)
    assert not sheet.findChild(QWidget, "export_start").isEnabled()


def test_a_press_on_the_box_chooses_and_a_press_beside_it_only_shows(qtbot, sheet: ExportSheet) -> None:
    card = sheet.cards["savedmodel"]
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert not card.isChecked()
    assert "SavedModel" in sheet.findChild(QWidget, "export_format").text()
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(card.width() - 20, 20))
    assert card.isChecked()


def test_space_chooses_by_keyboard(qtbot, sheet: ExportSheet) -> None:
    card = sheet.cards["savedmodel"]
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_Space)
    assert card.isChecked()


def test_enter_exports_once_more_after_an_export_and_closes_nothing(qtbot, sheet, window, tmp_path) -> None:
    window.activateWindow()
    choose(sheet, "csv")
    sheet.findChild(QWidget, "export_start").setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    for _ in range(2):
        with qtbot.waitSignal(sheet.writer.ended, timeout=20_000):
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        assert sheet.isVisible()


def test_escape_closes_the_sheet_and_other_keys_do_not_reach_the_window(qtbot, sheet, window) -> None:
    qtbot.keyClick(sheet, Qt.Key.Key_R)
    qtbot.keyClick(sheet.cards["keras"], Qt.Key.Key_S)
    qtbot.keyClick(sheet.cards["keras"], Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert window.keys == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_tab_goes_around_inside_the_sheet(qtbot, sheet: ExportSheet, window: Window, key: Qt.Key) -> None:
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    sheet.pick("learner")
    sheet.cards["learner"].setFocus()
    seen = set()
    for _ in range(20):
        focused = QApplication.focusWidget()
        assert focused is sheet or sheet.isAncestorOf(focused)
        seen.add(focused.objectName())
        qtbot.keyClick(focused, key)
    assert {"export_card_learner", "export_copy", "export_folder", "export_start", "export_close"} <= seen


def test_arrows_reach_every_card(qtbot, sheet: ExportSheet) -> None:
    sheet.pick("keras")
    seen = {"keras"}
    for key in (
        *[Qt.Key.Key_Right] * 2,
        Qt.Key.Key_Down,
        *[Qt.Key.Key_Left] * 2,
        *[Qt.Key.Key_Down] * 2,
        Qt.Key.Key_Right,
    ):
        qtbot.keyClick(sheet.cards[sheet.picked], key)
        seen.add(sheet.picked)
    assert seen == {"keras", "savedmodel", "litert", "learner", "safetensors", "onnx", "python", "png", "svg"}


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700), (2560, 1440)])
def test_the_sheet_follows_the_window(sheet: ExportSheet, window: Window, size: tuple[int, int]) -> None:
    window.resize(*size)
    assert sheet.size() == window.size()
    paper = sheet.findChild(QWidget, "export_paper").geometry()
    assert sheet.rect().contains(paper)
    assert abs(paper.center().x() - sheet.rect().center().x()) <= 1
    assert paper.width() <= 1160
    assert paper.height() <= 768


def test_every_control_has_a_name(sheet: ExportSheet) -> None:
    named = [widget for widget in sheet.findChildren(QWidget) if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert named
    assert not [widget.objectName() for widget in named if not widget.accessibleName()]


def test_enter_on_a_card_writes_what_is_chosen(qtbot, sheet) -> None:
    choose(sheet, "csv")
    card = sheet.cards["png"]
    card.setFocus()
    with qtbot.waitSignal(sheet.writer.ended, timeout=20_000):
        qtbot.keyClick(card, Qt.Key.Key_Return)
    assert [key for key, one in sheet.cards.items() if one.stage is not None] == ["csv"]
