"""Sheets of images and of ratings: what was found is shown, a few settings are chosen, one change at the end."""

from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListWidget, QPushButton, QTableWidget, QWidget

from metalearn_gui.engine.images import IMAGES
from metalearn_gui.ui.import_sheet import SHEETS, ImportSheet
from tests.bridge.test_images import written
from tests.engine.movielens import as_zip, published


@pytest.fixture
def opened(session, qtbot):
    """Opens a path in a family's sheet, and waits until it can be imported."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1100, 800)
    window.show()

    def open_sheet(key: str, path: object) -> ImportSheet:
        sheet = SHEETS[key](session, window)
        sheet.open(str(path))
        qtbot.waitUntil(lambda: start(sheet).isEnabled() or bool(said(sheet)))
        return sheet

    yield open_sheet
    window.close()
    IMAGES.forget()


def start(sheet: ImportSheet) -> QPushButton:
    return sheet.findChild(QPushButton, "import_start")


def said(sheet: ImportSheet) -> str:
    return sheet.findChild(QLabel, "import_error").text()


def texts(sheet: ImportSheet) -> str:
    return " | ".join(label.text() for label in sheet.findChildren(QLabel))


def test_images_show_a_sample_and_who_is_held_out(opened, tmp_path):
    sheet = opened("images", written(tmp_path))
    samples = sheet.findChild(QListWidget)
    assert samples.count() == 24
    assert samples.item(0).toolTip() == "group0/class0 · 5"
    assert "120 images of 24 classes in 3 groups: group0, group1, group2" in texts(sheet)
    assert "8 unseen classes" in texts(sheet)


def test_images_are_imported_as_one_change_with_what_was_chosen(opened, session, qtbot, tmp_path):
    folder = written(tmp_path)
    sheet = opened("images", folder)
    for name, value in (("split_by", "class"), ("image_size", 8), ("ways", 2)):
        sheet.steps.changed.emit(name, value)
        qtbot.waitUntil(lambda: start(sheet).isEnabled())
    assert "7 unseen classes" in texts(sheet)
    session.set_settings(session.settings.replaced(shots=1, queries=2))
    count = session.undo_stack.count()
    start(sheet).click()
    tasks = session.settings.tasks
    assert (tasks.key, tasks.data, tasks.split_by, tasks.image_size, tasks.ways) == (
        "images",
        str(folder),
        "class",
        8,
        2,
    )
    assert session.undo_stack.count() == count + 1


def test_too_few_classes_are_said_and_can_be_mended(opened, qtbot, tmp_path):
    sheet = opened("images", written(tmp_path))
    sheet.steps.changed.emit("ways", 50)
    qtbot.waitUntil(lambda: "choose fewer ways" in said(sheet))
    assert not start(sheet).isEnabled()
    sheet.steps.changed.emit("ways", 3)
    qtbot.waitUntil(lambda: start(sheet).isEnabled())


def few(root, classes: int, copies: int):
    """A folder of so many class folders with so many images each."""
    for label in range(classes):
        (root / f"kind{label}").mkdir(parents=True)
        for copy in range(copies):
            Image.new("RGB", (9, 7), (20 * label, 90, 9 * copy)).save(root / f"kind{label}" / f"{copy}.png")
    return root


def test_of_few_classes_as_many_are_taken_at_a_time_as_unseen_tasks_have(opened, qtbot, tmp_path):
    sheet = opened("images", few(tmp_path / "own", 8, 20))
    assert said(sheet) == ""
    assert "160 images of 8 classes" in texts(sheet)
    assert sheet.steps.editors["ways"].value() == 2
    sheet.steps.changed.emit("colour", True)
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    sheet.steps.changed.emit("ways", 5)
    qtbot.waitUntil(lambda: bool(said(sheet)))
    assert said(sheet) == "Ways is 5; of 8 classes of images test gets 2: choose fewer ways"


def test_of_few_images_as_many_are_taken_at_a_time_as_a_class_has_and_that_is_said(opened, session, tmp_path):
    heard = []
    session.messageRaised.connect(heard.append)
    sheet = opened("images", few(tmp_path / "own", 8, 5))
    start(sheet).click()
    assert said(sheet) == ""
    episodes = session.settings.episodes
    assert session.settings.tasks.key == "images"
    assert (episodes.shots, episodes.queries) == (1, 4)
    assert heard[-1].text == "The smallest class has 5 images: shots are 1 and queries 4 now."


def test_one_image_of_a_class_is_refused_with_what_to_do(opened, session, tmp_path):
    sheet = opened("images", few(tmp_path / "own", 8, 1))
    before = session.settings
    start(sheet).click()
    assert "fewer than the" in said(sheet)
    assert "add images" in said(sheet)
    assert session.settings is before


def test_a_refused_value_is_not_followed_by_an_import_of_the_one_before(opened, session, tmp_path):
    sheet = opened("images", few(tmp_path / "own", 8, 20))
    before, field = session.settings, sheet.steps.editors["held_out"]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert said(sheet) == "Held out is 5.0; it must lie in [0.05, 0.9]"
    assert sheet.isVisible()
    assert session.settings is before


def test_what_leaves_a_split_without_classes_can_be_mended_in_the_sheet(opened, qtbot, tmp_path):
    sheet = opened("images", few(tmp_path / "own", 9, 20))
    sheet.steps.changed.emit("held_out", 0.9)
    qtbot.waitUntil(lambda: bool(said(sheet)))
    assert "validation gets 0: change what is held out, or give more classes" in said(sheet)
    sheet.steps.changed.emit("held_out", 0.3)
    qtbot.waitUntil(lambda: start(sheet).isEnabled())


def test_a_zip_without_images_is_refused_in_the_sheet(opened, tmp_path):
    (tmp_path / "a.zip").write_bytes(b"no zip")
    sheet = opened("images", tmp_path / "a.zip")
    assert "a.zip" in said(sheet)
    assert not start(sheet).isEnabled()


def test_a_published_set_of_ratings_shows_them_with_their_titles(opened, session, tmp_path):
    path = as_zip(tmp_path, "ml-latest", published("ml-latest"))
    sheet = opened("ratings", path)
    sample = sheet.findChild(QTableWidget)
    assert "Café" in sample.item(0, 2).text()
    assert "240 ratings by 12 users of 30 items" in texts(sheet)
    assert not sheet.steps.editors["user_column"].isVisible()
    start(sheet).click()
    assert (session.settings.tasks.key, session.settings.tasks.data) == ("ratings", str(path))


def test_columns_of_a_table_of_ratings_are_chosen_by_name(opened, session, qtbot, tmp_path):
    rows = [f"u{user},i{item},{(user * item) % 5 + 1},{item}" for user in range(12) for item in range(20)]
    (tmp_path / "own.csv").write_text("\n".join(["user,item,rating,weight", *rows]))
    sheet = opened("ratings", tmp_path / "own.csv")
    box = sheet.steps.editors["rating_column"]
    assert [box.itemText(place) for place in range(box.count())] == ["", "user", "item", "rating", "weight"]
    assert box.isVisible()
    sheet.steps.changed.emit("rating_column", "weight")
    qtbot.waitUntil(lambda: start(sheet).isEnabled())
    start(sheet).click()
    assert session.settings.tasks.rating_column == "weight"
