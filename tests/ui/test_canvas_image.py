"""The pictures' own behaviour: choosing one, painting on it, what answers."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from metalearn_gui.ui.canvas import CANVASES
from metalearn_gui.ui.canvas.answered import Answered
from metalearn_gui.ui.canvas.image import CAPTION, ImageCanvas
from metalearn_gui.ui.canvas.pixels import cells_between, grey_image, grey_span, psnr_text, tiled
from metalearn_gui.ui.text import exact_text
from metalearn_gui.ui.theme import theme
from tests.ui.hand import click, double_click, drag, handle, session_for, spoil

SIDE = 8


@pytest.fixture
def picture_session():
    return session_for("denoise", form="picture", side=SIDE)


@pytest.fixture
def canvas(qtbot, picture_session):
    widget = CANVASES[picture_session.settings.tasks.view](picture_session)
    qtbot.addWidget(widget)
    widget.resize(684, 330)
    widget.show()
    return widget


def cell(box: QRectF, column: int, row: int) -> QPointF:
    return QPointF(box.left() + (column + 0.5) * box.width() / SIDE, box.top() + (row + 0.5) * box.width() / SIDE)


def thumb(canvas: ImageCanvas, row: int) -> QPointF:
    return canvas._thumb_boxes()[row].center()


def test_signals_stay_bars_and_pictures_get_the_image_canvas(canvas):
    assert canvas.objectName() == "image_canvas"
    assert session_for("denoise").settings.tasks.view == "vector"


@pytest.mark.parametrize("by", ["mouse", "keys"])
def test_the_query_picture_that_is_shown_first_can_be_painted_at_once(canvas, picture_session, qtbot, by):
    before, said = picture_session.unseen.touched, []
    picture_session.messageRaised.connect(said.append)
    if by == "mouse":
        box = canvas.boxes()["noisy"]
        drag(canvas, cell(box, 1, 3), cell(box, 6, 3))
    else:
        qtbot.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.row == len(before.support.x)
    after = picture_session.unseen.touched
    changed = np.argwhere(after.query.x != before.query.x)
    assert {row for row, _ in changed.tolist()} == {0}
    assert len(changed) == (6 if by == "mouse" else 1)
    assert np.array_equal(after.support.x, before.support.x)
    assert np.array_equal(after.query.y, before.query.y)
    assert said == []
    assert canvas._prediction(1) is not None


def test_a_query_pictures_target_can_be_painted_and_its_thumb_takes_none_away(canvas, picture_session):
    before = picture_session.unseen.touched
    click(canvas, cell(canvas.boxes()["target"], 4, 4))
    painted = picture_session.unseen.touched
    assert np.flatnonzero(painted.query.y[0] != before.query.y[0]).tolist() == [4 * SIDE + 4]
    click(canvas, thumb(canvas, len(before.support.x)), Qt.MouseButton.RightButton)
    assert picture_session.unseen.touched is painted


def test_the_line_around_what_the_keyboard_acts_on_crosses_no_picture_and_no_name(large_canvas):
    out = large_canvas.ring_outside - 1  # half its width
    inside = large_canvas.frame().adjusted(-out, -out, out, out)
    assert all(inside.contains(box.adjusted(0, -CAPTION, 0, 0)) for box in large_canvas.boxes().values())


def test_what_is_waited_for_stands_where_the_answers_will_be(canvas):
    boxes, note = canvas.boxes(), canvas.note_frame()
    assert note.intersects(boxes["before"])
    assert not [key for key in ("noisy", "target") if note.intersects(boxes[key])]


def test_a_stroke_leaves_noise_on_every_cell_it_passes_and_nowhere_else(canvas, picture_session):
    click(canvas, thumb(canvas, 2))
    before, box = picture_session.unseen.touched.support, canvas.boxes()["noisy"]
    drag(canvas, cell(box, 1, 3), cell(box, 6, 3))
    after = picture_session.unseen.touched.support
    changed = np.argwhere(after.x != before.x)
    assert {row for row, _ in changed.tolist()} == {2}
    assert {place for _, place in changed.tolist()} == {3 * SIDE + column for column in range(1, 7)}
    assert np.array_equal(after.y, before.y)


def stroke(canvas, session, kind: str, strength: int = 50) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What comes in before and after a stroke along the fourth line of a support picture, and its target."""
    click(canvas, thumb(canvas, 2))
    canvas._bar.chips[kind].click()
    canvas._bar.slider.setValue(strength)
    before, box = session.unseen.touched.support.x[2].copy(), canvas.boxes()["noisy"]
    drag(canvas, cell(box, 1, 3), cell(box, 6, 3))
    support = session.unseen.touched.support
    return tuple(values.reshape(SIDE, SIDE) for values in (before, support.x[2], support.y[2]))


@pytest.fixture
def large_canvas(canvas):
    canvas.resize(684, 400)
    assert canvas._bar.isVisible()
    return canvas


def test_stripes_are_whole_lines_that_are_off_alike(large_canvas, picture_session):
    before, after, _ = stroke(large_canvas, picture_session, "stripes", strength=5)
    off = (after - before)[3]
    assert np.ptp(off) < 1e-5 < np.abs(off).max()
    assert np.array_equal(np.delete(after, 3, 0), np.delete(before, 3, 0))


def test_salt_and_pepper_leaves_some_numbers_as_they_are(large_canvas, picture_session):
    before, after, _ = stroke(large_canvas, picture_session, "impulses", strength=5)
    changed = (after != before)[3, 1:7]
    assert 0 < changed.sum() < 6
    assert np.abs((after - before)[3, 1:7])[changed] == pytest.approx(
        np.full(changed.sum(), 0.15 * np.ptp(large_canvas._span)), rel=1e-3
    )


def test_the_eraser_leaves_the_target_where_it_has_passed(large_canvas, picture_session):
    before, after, target = stroke(large_canvas, picture_session, "erase")
    assert np.array_equal(after[3, 1:7], target[3, 1:7])
    assert np.array_equal(np.delete(after, 3, 0), np.delete(before, 3, 0))


def test_a_low_canvas_has_room_for_pictures_before_brushes(large_canvas):
    large_canvas.resize(684, 220)
    assert not large_canvas._bar.isVisible()
    assert large_canvas.boxes()["noisy"].bottom() < large_canvas._thumb_boxes()[0].top()


@pytest.mark.parametrize(
    ("error", "text"), [(0.0, "∞ dB"), (0.2, "20.0 dB"), (4.0, "\N{MINUS SIGN}6.0 dB"), (np.nan, "–")]
)
def test_nearness_to_the_target_is_said_in_decibels(error, text):
    assert psnr_text(np.full(16, 0.5 + error), np.full(16, 0.5)) == text


def test_a_painted_picture_still_has_a_prediction(canvas, picture_session):
    click(canvas, thumb(canvas, 0))
    click(canvas, canvas.boxes()["noisy"].center())
    assert canvas._prediction(1) is not None
    painted = picture_session.unseen.touched.support.x[0]
    assert (picture_session.unseen.touched.grid == painted).all(axis=1).sum() == 1


def test_a_stroke_on_the_target_turns_what_it_begins_on(canvas, picture_session):
    click(canvas, thumb(canvas, 1))
    box, place = canvas.boxes()["target"], 4 * SIDE + 4
    was_dark = picture_session.unseen.touched.support.y[1, place] < sum(canvas._span) / 2
    click(canvas, cell(box, 4, 4))
    assert picture_session.unseen.touched.support.y[1, place] == pytest.approx(canvas._span[int(was_dark)], abs=1e-6)


def test_dragging_a_thumb_paints_nothing(canvas, picture_session):
    before = picture_session.unseen.touched
    drag(canvas, handle(canvas, 1), canvas.boxes()["noisy"].center())
    assert picture_session.unseen.touched is before
    assert canvas.row == 1


def test_insert_takes_a_query_picture_into_the_support_set_and_delete_out_again(canvas, picture_session, qtbot):
    wanted = picture_session.unseen.touched.query.x[0].copy()
    qtbot.keyClick(canvas, Qt.Key.Key_Insert)
    assert np.array_equal(picture_session.unseen.touched.support.x[-1], wanted)
    assert canvas.row == len(picture_session.unseen.touched.support.x) - 1
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert not (picture_session.unseen.touched.support.x == wanted).all(axis=1).any()


def test_right_click_on_a_thumb_removes_its_picture(canvas, picture_session):
    count = len(picture_session.unseen.touched.support.x)
    click(canvas, handle(canvas, 1), Qt.MouseButton.RightButton)
    assert len(picture_session.unseen.touched.support.x) == count - 1


def test_arrows_walk_through_all_pictures_and_say_which(canvas, qtbot):
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.accessibleDescription() == "query picture 2 of 10"
    for _ in range(2):
        qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.accessibleDescription() == "support picture 10 of 10"


def test_the_keyboard_alone_paints_noise_and_then_a_pattern(canvas, picture_session, qtbot):
    canvas.choose_row(1)
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    before = picture_session.unseen.touched
    qtbot.keyClick(canvas, Qt.Key.Key_Up, control)
    assert picture_session.unseen.touched is before
    qtbot.keyClick(canvas, Qt.Key.Key_Left, shift)
    noisy = picture_session.unseen.touched.support
    assert np.flatnonzero(noisy.x[1] != before.support.x[1]).tolist() == [SIDE * (SIDE // 2 - 1) + SIDE // 2 - 1]
    np.testing.assert_array_equal(noisy.y, before.support.y)
    for _ in range(SIDE // 2 + 1):
        qtbot.keyClick(canvas, Qt.Key.Key_Right, control)
    qtbot.keyClick(canvas, Qt.Key.Key_Down, shift)
    painted = picture_session.unseen.touched.support
    assert np.flatnonzero(painted.y[1] != noisy.y[1]).tolist() == [SIDE * (SIDE // 2 + 1) + SIDE // 2]
    np.testing.assert_array_equal(painted.x, noisy.x)
    assert canvas.row == 1
    qtbot.keyClick(canvas, Qt.Key.Key_Z, control)
    np.testing.assert_array_equal(picture_session.unseen.touched.support.y, noisy.y)
    canvas.grab()


def test_hover_tells_the_cells_number(canvas, picture_session):
    lines = canvas.hover_lines(cell(canvas.boxes()["target"], 2, 1))
    assert exact_text(picture_session.unseen.touched.query.y[0, SIDE + 2]) in lines[0]


def test_double_click_restores_the_task(canvas, picture_session):
    double_click(canvas, canvas.boxes()["noisy"].center())
    assert ("restore_task",) in picture_session.calls


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_without_predictions_or_with_none_that_is_a_number_it_still_draws(canvas, picture_session, mode):
    theme().set_mode(mode)
    spoil(picture_session)
    canvas.grab()
    picture_session.unseen.adaptations = {}
    picture_session.unseen.adaptedChanged.emit()
    canvas.grab()
    assert canvas.adaptation is None


def test_empty_sets_can_be_drawn_and_touched(canvas, picture_session, qtbot):
    for _ in range(len(picture_session.unseen.touched.support.x)):
        picture_session.unseen.remove_point(0)
    click(canvas, canvas.frame().center())
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    canvas.grab()
    assert len(canvas.handle_pixels()) == len(picture_session.unseen.touched.query.x)


def test_greys_span_the_bulk_of_the_numbers() -> None:
    values = np.concatenate([np.linspace(0.0, 1.0, 1000), [50.0, np.nan]])
    low, high = grey_span(values)
    assert 0.0 <= low < 0.05
    assert 0.95 < high <= 1.0
    image = grey_image(np.array([0.0, 1.0, np.nan, 9.0]), (0.0, 1.0))
    assert [image.pixelColor(place % 2, place // 2).red() for place in range(4)] == [0, 255, 0, 255]


@pytest.mark.parametrize("count", [1, 2, 4, 6])
@pytest.mark.parametrize("area", [QRectF(0, 0, 684, 260), QRectF(5, 7, 240, 100)])
def test_tiles_are_square_inside_their_area_and_apart(area, count) -> None:
    boxes = tiled(area, count, 12, 20)
    assert len(boxes) == count
    assert all(box.width() == box.height() and area.adjusted(-0.1, -0.1, 0.1, 0.1).contains(box) for box in boxes)
    assert not any(one.intersects(other) for place, one in enumerate(boxes) for other in boxes[:place])


def test_a_stroke_outside_the_picture_passes_no_cell() -> None:
    box = QRectF(10, 10, 80, 80)
    assert cells_between(box, QPointF(0, 0), QPointF(5, 90), SIDE) == []
    assert cells_between(box, QPointF(11, 11), QPointF(11, 11), SIDE) == [0]


@pytest.mark.parametrize("width", [70, 110, 240])
def test_a_small_drawing_lies_in_the_middle_of_its_tile(picture_session, width):
    unseen, tile = picture_session.unseen, QImage(width, 120, QImage.Format.Format_ARGB32)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    drawn = Answered(picture_session.settings.tasks, unseen.touched, unseen.adaptations["learner"])
    ImageCanvas.paint_small(painter, QRectF(0, 0, width, 120), drawn)
    painter.end()
    columns = [x for x in range(width) if any(tile.pixelColor(x, y).alpha() for y in range(120))]
    assert columns[0] == pytest.approx(width - 1 - columns[-1], abs=2)
