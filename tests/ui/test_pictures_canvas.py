"""The canvas of few-shot pictures: choosing, drawing, removing, and what it says."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QFontMetrics,
    QGuiApplication,
    QImage,
    QInputDevice,
    QMouseEvent,
    QPainter,
    QPen,
    QPointingDevice,
    QPointingDeviceUniqueId,
    QTabletEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from metalearn_gui.engine.images.one import picture_like
from metalearn_gui.engine.learners.base import View
from metalearn_gui.ui.canvas import picture_queries
from metalearn_gui.ui.canvas.drawing import Drawing, InkBox, ink_box, usual_ink_box
from metalearn_gui.ui.canvas.nearest import REACH, nearest_to
from metalearn_gui.ui.canvas.picture_layout import laid_out
from metalearn_gui.ui.canvas.picture_queries import Queries
from metalearn_gui.ui.canvas.picture_source import has_picture, picture_in
from metalearn_gui.ui.canvas.pictures import PicturesCanvas
from metalearn_gui.ui.canvas.pixels import crisp, ink_image, side_of, stroke_width, with_stroke
from metalearn_gui.ui.canvas.shares import most_probable
from metalearn_gui.ui.theme import theme, ui_font
from tests.ui.hand import click, drag, session_for

NO_KEYS = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def session():
    return session_for("glyphs", ways=3)


@pytest.fixture
def canvas(qtbot, session):
    widget = PicturesCanvas(session)
    qtbot.addWidget(widget)
    widget.resize(684, 352)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.mark.parametrize("size", [(684, 352), (1200, 700)])
def test_what_is_waited_for_is_readable_and_lies_over_no_class(canvas, session, size):
    canvas.resize(*size)
    session.unseen.adaptations = {}
    session.unseen.adaptedChanged.emit()
    before = canvas.grab().toImage()
    session.readiness = "loading TensorFlow"
    canvas.update()
    after = canvas.grab().toImage()
    places = [(x, y) for y in range(after.height()) for x in range(after.width())]
    changed = [QPointF(*at) for at in places if after.pixel(*at) != before.pixel(*at)]
    words = [at for at in changed if after.pixelColor(at.toPoint()) == theme().palette.muted]
    assert len(words) > 30
    line = canvas.placed.count_line.adjusted(-8, -4, 8, 8)
    assert all(line.contains(at) for at in changed)
    assert line.top() > canvas.placed.support[0].bottom() or line.left() > canvas.placed.support[-1].right()


@pytest.mark.parametrize("size", [(684, 352), (569, 350), (1200, 700)])
def test_a_note_on_a_picture_lies_neither_over_it_nor_under_the_pad(canvas, session, size):
    canvas.resize(*size)
    for box in canvas.placed.boxes:
        lines = canvas.hover_lines(box.center())
        width = max(QFontMetrics(ui_font(12, 600)).horizontalAdvance(line) for line in lines) + 20
        note = canvas._note_box(QSizeF(width, 26), box.center(), canvas.hover_about(box.center()))
        assert not note.intersects(box)
        assert not any(note.intersects(QRectF(one.geometry())) for one in (canvas.desk.pad, canvas.desk.tools))


def test_examples_stand_in_the_columns_of_their_classes(canvas, session):
    lefts = [box.left() for box in canvas.placed.support]
    for label in range(3):
        assert (
            len({left for left, own in zip(lefts, session.unseen.touched.support.y, strict=True) if own == label}) == 1
        )
    assert len(set(lefts)) == 3
    assert not any(a.intersects(b) for a in canvas.placed.support for b in canvas.placed.query)


@pytest.mark.parametrize("size", [(684, 352), (569, 350), (1200, 700)])
def test_the_line_around_the_nearest_example_is_whole_and_touches_no_other_class(canvas, size):
    canvas.resize(*size)
    boxes = canvas.placed.support
    for box in boxes:
        around = box.adjusted(-REACH, -REACH, REACH, REACH)
        assert QRectF(canvas.rect()).contains(around)
        assert not any(around.intersects(other) for other in boxes if other.left() != box.left())


def test_training_gives_way_to_a_pen_before_it_touches_the_paper(canvas, session):
    QTest.mouseMove(canvas.desk.pad, canvas.desk.pad.rect().center())
    assert ("note_hand",) in session.calls


def test_a_click_shows_a_picture_large_and_says_what_it_is(canvas, session):
    click(canvas, canvas.placed.query[1].center())
    assert canvas.row == len(session.unseen.touched.support.x) + 1
    assert "taken for class" in canvas.accessibleDescription()


def test_pictures_that_are_called_alike_are_told_apart_by_a_screen_reader(canvas, qtbot):
    canvas.setFocus()
    said = set()
    for _ in range(len(canvas.placed.boxes)):
        qtbot.keyClick(canvas, Qt.Key.Key_Right)
        said.add(canvas.accessibleDescription())
    assert len(said) == len(canvas.placed.boxes)


def stroke(canvas):
    middle = QPointF(canvas.desk.pad.rect().center())
    drag(canvas.desk.pad, middle - QPointF(30, 30), middle + QPointF(30, 30))


def pictures(session):
    return np.concatenate([session.unseen.touched.support.x, session.unseen.touched.query.x])


@pytest.mark.parametrize("part", ["support", "query"])
def test_a_stroke_on_the_pad_changes_the_chosen_picture_alone_and_is_taken_back(canvas, session, part):
    click(canvas, getattr(canvas.placed, part)[1].center())
    before = pictures(session)
    stroke(canvas)
    after = pictures(session)
    assert np.flatnonzero((after != before).any(axis=1)).tolist() == [canvas.row]
    assert after[canvas.row].sum() > before[canvas.row].sum()
    assert after.max() <= 1.0
    assert canvas._probabilities(canvas.row, 1) is not None
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    np.testing.assert_array_equal(pictures(session), before)
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    np.testing.assert_array_equal(pictures(session), after)


def test_the_eraser_takes_ink_away_and_an_empty_sheet_all_of_it(canvas, session):
    stroke(canvas)
    drawn = pictures(session)[canvas.row]
    canvas.desk.tools.findChild(QToolButton, "drawing_eraser").click()
    stroke(canvas)
    erased = pictures(session)[canvas.row]
    assert erased.sum() < drawn.sum()
    assert (erased <= drawn).all()
    canvas.desk.tools.findChild(QToolButton, "drawing_clear").click()
    assert not pictures(session)[canvas.row].any()
    canvas.desk.tools.findChild(QToolButton, "drawing_undo").click()
    np.testing.assert_array_equal(pictures(session)[canvas.row], erased)


def test_a_new_example_is_an_empty_sheet_of_the_chosen_class(canvas, session):
    click(canvas, canvas.placed.query[1].center())
    label, count = int(session.unseen.touched.query.y[1]), len(session.unseen.touched.support.x)
    canvas.desk.tools.findChild(QToolButton, "drawing_example").click()
    assert (canvas.row, len(session.unseen.touched.support.x)) == (count, count + 1)
    assert session.unseen.touched.support.y[count] == label
    stroke(canvas)
    assert session.unseen.touched.support.x[count].any()


def test_a_number_or_a_line_says_what_class_the_chosen_picture_is(canvas, session):
    QTest.keyClick(canvas, Qt.Key.Key_3)
    assert session.unseen.touched.query.y[0] == 2
    click(canvas, canvas.placed.lines.topLeft() + QPointF(30, 5))
    assert session.unseen.touched.query.y[0] == 0


def small_drawing(canvas):
    """A small cross near the upper left corner of an empty sheet, in two strokes."""
    canvas.desk.tools.findChild(QToolButton, "drawing_clear").click()
    paper = canvas.desk.pad.paper()
    corner, part = paper.topLeft() + QPointF(8, 8), paper.width() / 4
    drag(canvas.desk.pad, corner, corner + QPointF(part, part))
    drag(canvas.desk.pad, corner + QPointF(part, 0), corner + QPointF(0, part))


def test_a_small_drawing_in_a_corner_becomes_a_picture_like_the_others_of_the_task(canvas, session):
    usual, pen = usual_ink_box(canvas._rows.x), stroke_width(canvas._rows.x)
    small_drawing(canvas)
    made, drawn = pictures(session)[canvas.row], canvas.desk.pad.drawing.values
    assert ink_box(drawn).side < 0.5 * usual.side
    assert ink_box(drawn).centre.max() < 12
    assert ink_box(made).side == pytest.approx(usual.side, abs=1.5)
    assert ink_box(made).centre == pytest.approx(usual.centre, abs=1.0)
    assert stroke_width(made[None]) == pytest.approx(pen, rel=0.25)


def test_a_stroke_that_leaves_the_picture_as_it_is_says_nothing_of_its_class(canvas, session):
    small_drawing(canvas)
    assert session.unseen.touched.unnamed == {0}
    before = pictures(session)
    canvas.desk.pad.drawn.emit(canvas.desk.pad.drawing)  # longer, it is fitted to the same picture
    np.testing.assert_array_equal(pictures(session), before)
    assert session.unseen.touched.unnamed == {0}


def test_a_drawing_is_gone_on_with_where_the_hand_left_it(canvas, session):
    small_drawing(canvas)
    row, drawn = canvas.row, canvas.desk.pad.drawing.values
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.row == row
    np.testing.assert_array_equal(canvas.desk.pad.drawing.values, drawn)
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert 0 < canvas.desk.pad.drawing.values.sum() < drawn.sum()


def test_a_drawing_stays_as_it_is_where_it_is_not_to_fit_and_fits_again_at_a_press(canvas, session):
    small_drawing(canvas)
    fitted, fit = pictures(session)[canvas.row], canvas.desk.tools.findChild(QToolButton, "drawing_fit")
    fit.click()
    np.testing.assert_array_equal(pictures(session)[canvas.row], canvas.desk.pad.drawing.values)
    fit.click()
    np.testing.assert_array_equal(pictures(session)[canvas.row], fitted)


@pytest.mark.parametrize("zoom", [0.5, 1.0, 1.4])
@pytest.mark.parametrize("shift", [-2.0, 3.0])
def test_where_and_how_large_a_hand_draws_changes_next_to_nothing(zoom, shift):
    def drawn(zoom, shift):
        sheet = Drawing.on(np.zeros(28 * 28, np.float32))
        for start, end in (((8, 8), (18, 12)), ((18, 12), (10, 19)), ((9, 14), (16, 15))):
            part = tuple(
                QPointF(14 + shift, 14 + shift) + zoom * (QPointF(*at) - QPointF(14, 14)) for at in (start, end)
            )
            sheet = sheet.with_part(part, 2.0, erases=False, goes_on=False)
        return sheet

    box = InkBox(np.array([14.0, 14.0]), 20.0)
    one, other = drawn(1.0, 0.0), drawn(zoom, shift)
    apart = np.abs(one.fitted(box, 2.0) - other.fitted(box, 2.0)).sum()
    assert apart < 0.35 * one.fitted(box, 2.0).sum()
    if zoom != 1.0:
        assert np.abs(one.values - other.values).sum() > 2.0 * apart


def test_what_is_left_by_the_eraser_is_fitted():
    sheet = Drawing.on(np.zeros(28 * 28, np.float32))
    sheet = sheet.with_part((QPointF(4, 4), QPointF(14, 4)), 2.0, erases=False, goes_on=False)
    erased = sheet.with_part((QPointF(14, 2), QPointF(14, 6)), 2.0, erases=True, goes_on=False)
    box = InkBox(np.array([14.0, 14.0]), 20.0)
    assert ink_box(erased.values).side < ink_box(sheet.values).side - 1.0
    for drawing in (sheet, erased):
        assert ink_box(drawing.fitted(box, 2.0)).side == pytest.approx(20.0, abs=2.5)  # its end may have no cap


@pytest.mark.parametrize("width", [1.5, 2.0, 3.0])
def test_a_pen_draws_strokes_as_wide_as_it_measures(width):
    places = [QPointF(4, 5), QPointF(20, 9), QPointF(12, 24)]
    drawn = with_stroke(np.zeros(28 * 28, np.float32), places, width, erases=False)
    assert stroke_width(drawn[None]) == pytest.approx(width, rel=0.2)


def test_right_click_removes_an_example(canvas, session):
    count = len(session.unseen.touched.support.x)
    click(canvas, canvas.placed.support[0].center(), Qt.MouseButton.RightButton)
    assert len(session.unseen.touched.support.x) == count - 1


def test_arrows_walk_through_all_pictures(canvas, session):
    first = canvas.row
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.row == first - 1
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.row == first


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_pictures_are_in_the_themes_ink_on_its_paper(canvas, mode):
    theme().set_mode(mode)
    palette, image, large = theme().palette, canvas.grab().toImage(), canvas.placed.large
    pixels = canvas._rows.x[canvas.row].reshape(28, 28)

    def color_at(value):
        row, column = np.argwhere(pixels == value)[0]
        middle = large.topLeft() + QPointF(column + 0.5, row + 0.5) * (large.width() / 28)
        return image.pixelColor((middle * image.devicePixelRatio()).toPoint())

    assert color_at(0.0) == palette.background
    inked = color_at(pixels.max()).lightness()
    assert abs(inked - palette.text.lightness()) < abs(inked - palette.background.lightness())


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("width", [28.0, 57.3, 90.0, 170.4])
def test_a_crisp_picture_takes_whole_device_pixels_inside_its_box(width, ratio):
    box = QRectF(3.3, 7.8, width, width)
    drawn = crisp(box, 28, ratio)
    if drawn != box:
        scale = drawn.width() * ratio / 28
        assert scale == pytest.approx(round(scale))
        assert drawn.left() * ratio == pytest.approx(round(drawn.left() * ratio))
    assert 0.75 * width - 1e-6 <= drawn.width() <= width + 1e-6


@pytest.mark.parametrize(
    ("shots", "ways", "queries", "size"),
    [(1, 5, 75, (684, 330)), (10, 5, 50, (684, 300)), (1, 20, 100, (500, 260)), (5, 10, 50, (420, 160))],
)
def test_no_two_pictures_overlap_and_none_leaves_the_frame(shots, ways, queries, size):
    frame = QRectF(0, 0, *size)
    layout = laid_out(frame, np.tile(np.arange(ways), shots), ways, queries, 28, 1.0)
    boxes = [*layout.boxes, layout.large, layout.lines, *[layout.tools] * (not layout.tools.isEmpty())]
    assert (len(layout.support), len(layout.query)) == (shots * ways, queries)
    assert all(frame.adjusted(-0.5, -0.5, 0.5, 0.5).contains(box) for box in boxes)
    shrunk = [box.adjusted(0.5, 0.5, -0.5, -0.5) for box in boxes]
    assert not any(a.intersects(b) for place, a in enumerate(shrunk) for b in shrunk[:place])


def test_one_shot_has_the_queries_below_it_and_ten_beside():
    def below(shots):
        layout = laid_out(QRectF(0, 0, 684, 330), np.tile(np.arange(5), shots), 5, 50, 28, 1.0)
        return layout.query[0].top() > layout.support[-1].bottom()

    assert below(1)
    assert not below(10)


def test_three_numbers_a_pixel_are_its_colour():
    values = np.zeros((28 * 28, 3))
    values[29] = (1.0, 0.5, 0.0)
    image = ink_image(values.ravel(), QColor("black"), QColor("white"))
    assert side_of(28 * 28 * 3) == side_of(28 * 28) == 28
    assert image.pixelColor(1, 1).getRgb()[:3] == (255, 128, 0)
    assert image.pixelColor(0, 0).getRgb()[:3] == (0, 0, 0)


def test_where_classes_have_no_room_the_most_probable_come_first():
    assert most_probable(np.array([0.1, 0.6, 0.3]), 3) == [0, 1, 2]
    assert most_probable(np.array([0.1, 0.6, 0.3]), 2) == [1, 2]


def test_a_task_without_examples_is_drawn(canvas, session):
    for _ in range(len(session.unseen.touched.support.x)):
        session.unseen.remove_point(0)
    assert canvas.placed.support == []
    assert not canvas.grab().isNull()


def letter(paper: str, ink: str, size: int = 90) -> QImage:
    """A cross of ink on paper."""
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.fill(QColor(paper))
    painter = QPainter(image)
    painter.setPen(QPen(QColor(ink), size / 12))
    painter.drawLine(QPointF(0.25, 0.25) * size, QPointF(0.75, 0.75) * size)
    painter.drawLine(QPointF(0.75, 0.25) * size, QPointF(0.25, 0.75) * size)
    painter.end()
    return image


def dropped(canvas, data: QMimeData, at: QPointF) -> bool:
    """Whether a drop there was taken."""
    enter = QDragEnterEvent(at.toPoint(), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NO_KEYS)
    enter.ignore()
    canvas.dragEnterEvent(enter)
    if enter.isAccepted():
        canvas.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NO_KEYS))
    return enter.isAccepted()


@pytest.mark.parametrize(("paper", "ink"), [("white", "black"), ("black", "white")])
def test_a_dropped_file_takes_the_place_of_the_picture_under_it_with_ink_like_the_others(
    canvas, session, qtbot, tmp_path, paper, ink
):
    assert letter(paper, ink).save(str(tmp_path / "letter.PNG"), "PNG")
    data, before = QMimeData(), pictures(session)
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "letter.PNG"))])
    assert dropped(canvas, data, canvas.placed.support[1].center())
    qtbot.waitUntil(lambda: not np.array_equal(pictures(session), before))
    after = pictures(session)
    assert np.flatnonzero((after != before).any(axis=1)).tolist() == [1]
    assert canvas.row == 1
    picture = after[1].reshape(28, 28)
    assert picture[14, 14] > 0.9
    assert picture[0].max() == 0.0
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    np.testing.assert_array_equal(pictures(session), before)


def test_a_table_that_is_dropped_is_left_to_the_window(canvas, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "rows.csv"))])
    assert not dropped(canvas, data, canvas.placed.support[1].center())


def test_home_and_end_choose_the_first_example_and_the_last_query(canvas):
    QTest.keyClick(canvas, Qt.Key.Key_End)
    assert canvas.row == len(canvas.placed.boxes) - 1
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert canvas.row == 0


def test_what_is_pasted_is_packed_in_the_quickest_way() -> None:
    data = QMimeData()
    data.setImageData(letter("white", "black"))
    contents = picture_in(data)()
    packed = contents.index(b"IDAT") + 4
    assert contents[packed : packed + 2] == b"\x78\x01"  # zlib's own mark of its first level


@pytest.mark.parametrize("name", ["letter.webp", "letter.GIF", "letter.tif", "letter.TIFF"])
def test_a_file_of_any_format_that_is_read_can_be_dropped_and_pasted(canvas, session, qtbot, tmp_path, name):
    letter("white", "black").save(str(tmp_path / "letter.png"), "PNG")
    with Image.open(tmp_path / "letter.png") as image:
        image.convert("RGB").save(tmp_path / name)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name))])
    assert has_picture(data)  # as pasting asks
    assert dropped(canvas, data, canvas.placed.support[1].center())
    qtbot.waitUntil(lambda: pictures(session)[1].reshape(28, 28)[14, 14] > 0.9)
    assert pictures(session)[1].reshape(28, 28)[0].max() == 0.0


@pytest.mark.parametrize("name", ["letter.svg", "letter.HEIC", "letter.avif"])
def test_a_picture_of_another_format_is_told_which_ones_are_read(canvas, session, qtbot, tmp_path, name):
    said, data, before = [], QMimeData(), pictures(session)
    session.messageRaised.connect(said.append)
    (tmp_path / name).write_bytes(b"<svg></svg>")
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name))])
    assert dropped(canvas, data, canvas.placed.support[1].center())
    qtbot.waitUntil(lambda: bool(said))
    assert (
        said[-1].text
        == "The picture is not taken: damaged or no PNG, JPEG, BMP, GIF, TIFF or WebP; choose another one."
    )
    np.testing.assert_array_equal(pictures(session), before)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)


NO_PICTURES = {
    "damaged": lambda path: path.write_bytes(b"no picture at all"),
    "removed": lambda path: None,
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a tebibyte": huge,
}


@pytest.mark.parametrize("make", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_gives_no_picture_says_why_in_one_line_and_changes_nothing(canvas, session, qtbot, tmp_path, make):
    said, data, before = [], QMimeData(), pictures(session)
    session.messageRaised.connect(said.append)
    make(tmp_path / "letter.png")
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "letter.png"))])
    dropped(canvas, data, canvas.placed.support[1].center())
    qtbot.waitUntil(lambda: bool(said))
    assert "not taken" in said[-1].text
    assert "\n" not in said[-1].text
    assert said[-1].level == "warning"
    np.testing.assert_array_equal(pictures(session), before)


def held_back(session, monkeypatch) -> threading.Event:
    """What lets a picture that is being read go on."""
    leave, made = threading.Event(), picture_like

    def wait(*asked):
        assert threading.current_thread() is not threading.main_thread()
        leave.wait(10.0)
        return made(*asked)

    monkeypatch.setattr("metalearn_gui.bridge.picture_reading.picture_like", wait)
    return leave


def test_a_picture_is_decoded_while_the_window_answers_and_lands_only_where_it_was_dropped(
    canvas, session, qtbot, tmp_path, monkeypatch
):
    leave, said, data, before = held_back(session, monkeypatch), [], QMimeData(), pictures(session)
    session.messageRaised.connect(said.append)
    letter("white", "black").save(str(tmp_path / "letter.png"))
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "letter.png"))])
    dropped(canvas, data, canvas.placed.support[1].center())
    click(canvas, canvas.placed.support[2].center())
    assert canvas.row == 2
    leave.set()
    qtbot.waitUntil(lambda: bool(said))
    assert "too late" in said[-1].text
    np.testing.assert_array_equal(pictures(session), before)


def test_a_chosen_file_takes_the_place_of_the_chosen_picture(canvas, session, qtbot, tmp_path, monkeypatch):
    path = str(tmp_path / "letter.bmp")
    letter("white", "black").save(path)
    monkeypatch.setattr("metalearn_gui.ui.canvas.drawing_desk.ask_picture_path", lambda parent: path)
    before = pictures(session)
    canvas.desk.tools.findChild(QToolButton, "drawing_file").click()
    qtbot.waitUntil(lambda: not np.array_equal(pictures(session), before))
    assert np.flatnonzero((pictures(session) != before).any(axis=1)).tolist() == [canvas.row]


@pytest.mark.parametrize("part", ["support", "query"])
def test_the_keyboard_alone_draws_and_erases(canvas, session, part):
    canvas.choose_row(0 if part == "support" else len(session.unseen.touched.support.x))
    canvas.desk.tools.findChild(QToolButton, "drawing_clear").click()
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    row, before = canvas.row, pictures(session)
    QTest.keyClick(canvas, Qt.Key.Key_Up, control)
    np.testing.assert_array_equal(pictures(session), before)
    for _ in range(5):
        QTest.keyClick(canvas, Qt.Key.Key_Left, shift)
    drawn = pictures(session)[row]
    assert drawn.sum() > 4.0
    canvas.desk.tools.findChild(QToolButton, "drawing_eraser").click()
    QTest.keyClick(canvas, Qt.Key.Key_Right, shift)
    assert pictures(session)[row].sum() < drawn.sum()
    assert canvas.row == row


def test_a_pen_that_is_turned_around_erases_until_it_is_turned_back(canvas, session):
    stroke(canvas)
    drawn = pictures(session)[canvas.row]
    pad = canvas.desk.pad
    middle = QPointF(pad.rect().center())
    press_by_pen(pad, middle, QPointingDevice.PointerType.Eraser)
    erased = pictures(session)[canvas.row]
    assert erased.sum() < drawn.sum()
    press_by_pen(pad, middle, QPointingDevice.PointerType.Pen)
    assert pictures(session)[canvas.row].sum() > erased.sum()


def press_by_pen(pad, at: QPointF, end: QPointingDevice.PointerType) -> None:
    """What Qt sends for a pen on a tablet: its own event, and a mouse's where that is not taken."""
    device = QPointingDevice(
        "pen", 1, QInputDevice.DeviceType.Stylus, end, QInputDevice.Capability.Position, 1, 1, "",
        QPointingDeviceUniqueId(),
    )  # fmt: skip
    left, nothing = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    kinds = (
        (QEvent.Type.TabletPress, QEvent.Type.MouseButtonPress),
        (
            QEvent.Type.TabletRelease,
            QEvent.Type.MouseButtonRelease,
        ),
    )
    for (by_pen, by_mouse), held in zip(kinds, (left, nothing), strict=True):
        place = pad.mapToGlobal(at)
        event = QTabletEvent(by_pen, device, at, place, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, NO_KEYS, left, held)
        pad.tabletEvent(event)
        assert not event.isAccepted()
        QGuiApplication.sendEvent(pad, QMouseEvent(by_mouse, at, place, left, held, NO_KEYS))


def test_a_finger_draws(canvas, session):
    before, middle = pictures(session), canvas.desk.pad.rect().center()
    device = QTest.createTouchDevice()
    window = canvas.windowHandle()
    at = canvas.desk.pad.mapTo(canvas, middle)
    QTest.touchEvent(window, device).press(0, at, window).commit()
    QTest.touchEvent(window, device).move(0, at + QPoint(30, 20), window).commit()
    QTest.touchEvent(window, device).release(0, at + QPoint(30, 20), window).commit()
    assert np.flatnonzero((pictures(session) != before).any(axis=1)).tolist() == [canvas.row]


def test_the_example_nearest_to_the_chosen_query_is_marked_by_features_where_there_are_some(canvas, session):
    support, query = session.unseen.touched.support, session.unseen.touched.query
    count = len(support.x)
    session.unseen.move_query(1, support.x[2], int(query.y[1]))
    canvas.choose_row(count + 1)
    assert session.unseen.row == count + 1
    assert nearest_to(session.unseen, canvas._rows, canvas.row) == 2
    marked = canvas.grab().toImage()
    arrays = {"support": np.eye(count)[None], "query": np.tile(np.eye(count)[0], (1, len(query.x), 1))}
    session.unseen.views = [View("prototypes", arrays)]
    assert nearest_to(session.unseen, canvas._rows, canvas.row) == 0
    session.unseen.viewsChanged.emit()
    assert canvas.grab().toImage() != marked
    assert nearest_to(session.unseen, canvas._rows, 0) is None


def test_what_a_learner_shows_about_itself_is_painted_only_where_another_example_is_nearest(
    canvas, session, monkeypatch
):
    paints, paint = [], PicturesCanvas.paint_live
    monkeypatch.setattr(PicturesCanvas, "paint_live", lambda self, painter: paints.append(1) or paint(self, painter))
    count, queries = len(session.unseen.touched.support.x), len(session.unseen.touched.query.x)
    canvas.choose_row(count)

    def painted_near(example: int) -> int:
        arrays = {"support": np.eye(count)[None], "query": np.tile(np.eye(count)[example], (1, queries, 1))}
        session.unseen.views = [View("prototypes", arrays)]
        session.unseen.viewsChanged.emit()
        paints.clear()
        QApplication.processEvents()
        return len(paints)

    painted_near(1)
    assert painted_near(1) == 0
    assert painted_near(2) == 1


# --- queries are painted once ---------------------------------------------------------------------------


def test_what_is_kept_of_the_queries_is_what_painting_anew_shows(canvas, session):
    def is_as_new():
        kept = canvas.grab().toImage()
        canvas._queries = Queries()
        return kept == canvas.grab().toImage()

    before = canvas.grab().toImage()
    click(canvas, canvas.placed.query[2].center())
    assert canvas.grab().toImage() != before
    assert is_as_new()
    canvas.grab()
    stroke(canvas)
    assert is_as_new()
    session.unseen.set_step(0)
    assert is_as_new()
    canvas.resize(569, 350)
    assert is_as_new()
    theme().set_mode("light" if theme().is_dark else "dark")
    assert is_as_new()


def test_a_stroke_paints_the_query_it_is_on_alone(canvas, monkeypatch):
    click(canvas, canvas.placed.query[2].center())
    canvas.grab()
    painted = []
    plain = picture_queries.draw_query

    def watched(painter, query, colors):
        painted.append(query.box)
        plain(painter, query, colors)

    monkeypatch.setattr(picture_queries, "draw_query", watched)
    stroke(canvas)
    canvas.grab()
    assert painted
    assert all(box == canvas.placed.query[2] for box in painted)
