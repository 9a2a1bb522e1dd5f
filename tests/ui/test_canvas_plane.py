"""The plane's own behaviour: classes, regions, the strip."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QAbstractButton, QApplication

from metalearn_gui.ui.canvas.markers import SHAPES, class_color
from metalearn_gui.ui.canvas.plane import STROKE_GAP, PlaneCanvas
from metalearn_gui.ui.canvas.plane_strip import StripSummary
from metalearn_gui.ui.canvas.regions import as_table, border_pen, boundaries, probabilities_at, region_image
from metalearn_gui.ui.theme import small_capitals_font
from metalearn_gui.ui.zoom import set_zoom
from tests.ui.hand import click, drag, handle, mouse, session_for


@pytest.fixture
def blobs():
    return session_for("blobs", ways=5)


@pytest.fixture
def plane(qtbot, blobs):
    return shown(qtbot, PlaneCanvas(blobs))


def shown(qtbot, widget):
    qtbot.addWidget(widget)
    widget.resize(684, 352)
    widget.show()
    return widget


def empty_place(plane: PlaneCanvas) -> QPointF:
    frame = plane.frame()
    places = [
        QPointF(frame.left() + frame.width() * across, frame.top() + frame.height() * down)
        for across in np.linspace(0.1, 0.9, 9)
        for down in np.linspace(0.1, 0.9, 9)
    ]
    return next(place for place in places if plane.handle_at(place) is None)


def square_grid(side: int) -> np.ndarray:
    line = np.linspace(-1, 1, side, dtype=np.float32)
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)


def painted_of(widgets):
    """How often these have been painted since."""

    class Counter(QObject):
        count = 0

        def eventFilter(self, watched, event):
            self.count += event.type() == QEvent.Type.Paint
            return False

    QApplication.processEvents()
    counter = Counter(widgets[0].window())
    for widget in widgets:
        widget.installEventFilter(counter)
    return lambda: counter.count


def answer_again(session):
    """The same answers once more, as new ones."""
    paths = session.unseen.adaptations
    session.unseen.adaptations = {key: dataclasses.replace(path) for key, path in paths.items()}
    session.unseen.adaptedChanged.emit()


def test_digit_picks_the_class_that_a_click_places(plane, blobs, qtbot):
    qtbot.keyClick(plane, Qt.Key.Key_4)
    click(plane, empty_place(plane))
    assert blobs.unseen.touched.support.y[-1] == 3


def test_shift_and_a_drag_paint_a_stroke_of_the_chosen_class_that_one_undo_takes_back(plane, blobs, qtbot):
    qtbot.keyClick(plane, Qt.Key.Key_3)
    before, start = blobs.unseen.touched.support, empty_place(plane)
    drag(plane, start, start + QPointF(10 * STROKE_GAP + 1, 0), Qt.KeyboardModifier.ShiftModifier)
    painted = blobs.unseen.touched.support
    assert len(painted.x) == len(before.x) + 11
    assert (painted.y[-11:] == 2).all()
    pixels = plane.handle_pixels()[-11:]
    np.testing.assert_allclose(np.hypot(*np.diff(pixels, axis=0).T), STROKE_GAP, atol=0.01)
    click(plane, start)  # what was painted is let go: a gesture of its own, which changes nothing
    qtbot.keyClick(plane, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(plane, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    np.testing.assert_array_equal(blobs.unseen.touched.support.x, before.x)


def test_a_stroke_leaves_no_points_outside_the_plane(plane, blobs):
    count, frame = len(blobs.unseen.touched.support.x), plane.frame()
    start = QPointF(frame.left() + STROKE_GAP / 2, frame.center().y())
    drag(plane, start, start - QPointF(6 * STROKE_GAP, 0), Qt.KeyboardModifier.ShiftModifier)
    assert len(blobs.unseen.touched.support.x) == count + 1


def with_points_at(plane: PlaneCanvas, share: float) -> QImage:
    """The plane with its first query point and its first support point at this share of the range, to the right."""
    unseen, high = plane.session.unseen, plane.family.input_range()[1]
    sets = {name: getattr(unseen.touched, name) for name in ("query", "support")}
    for points in sets.values():
        points.x[0] = share * high, share * high / 2
    unseen.taskChanged.emit()
    return plane.grab().toImage()


def test_points_beyond_the_plane_are_held_at_its_edge_with_an_arrow(plane, blobs):
    frame = plane.frame().toAlignedRect()
    beside, edge = QRect(frame.right() + 2, 0, 12, plane.height()), QRect(frame.right() - 30, 0, 30, plane.height())
    inside, beyond = with_points_at(plane, 0.5), with_points_at(plane, 1.04)
    assert beyond.copy(beside) == inside.copy(beside)
    assert beyond.copy(edge) != inside.copy(edge)
    assert with_points_at(plane, 0.5).copy(edge) == inside.copy(edge)
    with_points_at(plane, 1.04)
    place = handle(plane, 0)
    assert plane.frame().contains(place)
    drag(plane, place, plane.frame().center())
    np.testing.assert_allclose(blobs.unseen.touched.support.x[0], 0.0, atol=0.01)


def test_digit_beyond_the_ways_changes_nothing(plane, qtbot):
    qtbot.keyClick(plane, Qt.Key.Key_2)
    qtbot.keyClick(plane, Qt.Key.Key_9)
    assert plane.placing == 1


def test_zero_key_picks_the_tenth_class(qtbot):
    plane = shown(qtbot, PlaneCanvas(session_for("blobs", ways=10)))
    qtbot.keyClick(plane, Qt.Key.Key_0)
    assert plane.placing == 9


def test_strip_has_a_named_button_per_class_and_a_click_picks_it(plane):
    buttons = plane.findChildren(QAbstractButton)
    assert len(buttons) == 5
    assert "10" in buttons[2].accessibleName()
    buttons[2].click()
    assert plane.placing == 2


def test_strip_is_wide_enough_for_larger_type(plane):
    def words_fit() -> bool:
        room = plane.findChild(StripSummary).width()
        return QFontMetrics(small_capitals_font()).horizontalAdvance("what adapting changes") <= room

    assert words_fit()
    set_zoom(1.7)
    try:
        assert words_fit()
        assert plane.findChild(StripSummary).parentWidget().geometry().right() == plane.rect().right()
    finally:
        set_zoom(1.0)
    assert words_fit()


def test_strip_follows_the_number_of_ways(plane, blobs):
    blobs.change(ways=3)
    buttons = [button for button in plane.findChildren(QAbstractButton) if not button.isHidden()]
    assert len(buttons) == 3
    assert plane.placing < 3
    plane.grab()


def test_strip_gives_way_when_the_canvas_is_narrow(plane):
    plane.resize(320, 240)
    assert plane.frame().right() > 300
    plane.grab()


def test_dragged_point_keeps_its_class(plane, blobs):
    label = blobs.unseen.touched.support.y[4]
    goal = plane.frame().center()
    drag(plane, handle(plane, 4), goal)
    assert blobs.unseen.touched.support.y[4] == label
    assert abs(handle(plane, 4).x() - goal.x()) < 0.01


def test_dragged_point_stays_in_the_plane(plane, blobs):
    drag(plane, handle(plane, 0), QPointF(-900, 900))
    assert blobs.unseen.touched.support.x[0].tolist() == pytest.approx([blobs.settings.tasks.input_range()[0]] * 2)


def test_regions_take_the_colour_of_the_likeliest_class():
    grid = square_grid(12)
    probabilities = np.zeros((144, 2), np.float32)
    probabilities[grid[:, 0] < 0, 0] = probabilities[grid[:, 0] >= 0, 1] = 1.0
    image = region_image(as_table(grid, probabilities))
    left, right = image.pixelColor(1, 6), image.pixelColor(10, 6)
    assert abs(left.hslHue() - class_color(0).hslHue()) < 12
    assert abs(right.hslHue() - class_color(1).hslHue()) < 12


def test_table_does_not_depend_on_the_order_of_the_grid():
    grid = square_grid(7)
    probabilities = np.random.default_rng(0).random((49, 3))
    order = np.random.default_rng(1).permutation(49)
    assert np.array_equal(as_table(grid, probabilities), as_table(grid[order], probabilities[order]))


def test_values_between_grid_points_are_interpolated():
    grid = square_grid(9)
    table = as_table(grid, np.stack([grid[:, 0], grid[:, 1]], axis=1))
    points = np.array([[0.3, -0.7], [-1.0, 1.0], [0.99, 0.01]])
    assert probabilities_at(table, (-1.0, 1.0), points) == pytest.approx(points, abs=1e-6)


def test_boundary_runs_where_two_classes_are_as_likely():
    grid = square_grid(9)
    right = (grid[:, 0] + 1) / 2
    box = boundaries(as_table(grid, np.stack([right, 1 - right], axis=1))).boundingRect()
    assert (box.left(), box.right(), box.top(), box.bottom()) == pytest.approx((4.0, 4.0, 0.0, 8.0))


def test_a_slanting_boundary_has_no_stairs():
    grid = square_grid(9)
    upper = 0.5 + (grid[:, 1] - 0.7 * grid[:, 0]) / 4
    path = boundaries(as_table(grid, np.stack([upper, 1 - upper], axis=1)))
    ends = [path.elementAt(index) for index in range(path.elementCount())]
    assert len(ends) > 16
    assert all(4.0 - end.y == pytest.approx(0.7 * (end.x - 4.0), abs=1e-5) for end in ends)


def test_boundaries_part_each_of_three_classes_from_its_neighbours():
    grid = square_grid(9)
    table = as_table(grid, np.stack([-(grid[:, 0] + 0.7), 0 * grid[:, 0], grid[:, 0] - 0.4], axis=1))
    path = boundaries(table)
    columns = {round(path.elementAt(index).x, 2) for index in range(path.elementCount())}
    assert columns == {1.2, 5.6}


def test_one_class_everywhere_has_no_boundary():
    grid = square_grid(5)
    assert boundaries(as_table(grid, np.stack([1 + 0 * grid[:, 0], 0 * grid[:, 0]], axis=1))).isEmpty()


def test_comparing_draws_the_other_learners_boundary(plane, blobs):
    blobs.unseen.set_compared("transfer", False)
    blobs.unseen.set_compared("scratch", False)
    alone = plane.grab().toImage()
    blobs.unseen.set_compared("transfer", True)
    assert plane.grab().toImage() != alone


def test_the_strip_is_drawn_anew_only_for_another_answer(plane, blobs):
    summary = plane.findChild(StripSummary)
    summary.grab()
    state = summary._state
    plane.settle()
    assert summary._state.looks_like(state)
    blobs.unseen.set_step(0)
    assert not summary._state.looks_like(state)


def test_a_drag_leaves_the_buttons_of_the_classes_as_they_are_painted(plane, blobs, qtbot):
    mouse(plane, QEvent.Type.MouseButtonPress, handle(plane, 0))
    painted = painted_of(plane.findChildren(QAbstractButton))
    mouse(plane, QEvent.Type.MouseMove, plane.frame().center())
    answer_again(blobs)
    QApplication.processEvents()
    assert painted() == 0
    qtbot.keyClick(plane, Qt.Key.Key_3)
    QApplication.processEvents()
    assert painted() > 0


def test_an_answer_paints_the_plane_once_and_its_strip_after_it(plane, blobs, qtbot):
    painted, summary = painted_of([plane]), painted_of([plane.findChild(StripSummary)])
    answer_again(blobs)
    answer_again(blobs)
    QApplication.processEvents()
    assert (painted(), summary()) == (1, 0)
    qtbot.waitUntil(lambda: summary() > 0)
    assert (painted(), summary()) == (1, 1)


def test_an_answer_sorts_the_grid_once_for_the_learner_and_once_for_all_beside_it(plane, blobs, monkeypatch):
    sorts = []
    monkeypatch.setattr(
        "metalearn_gui.ui.canvas.plane.as_table", lambda grid, found: sorts.append(len(found)) or as_table(grid, found)
    )
    answer_again(blobs)
    assert sorts == [2, 2]


def test_ten_classes_differ_in_shape_and_in_colour_from_their_neighbours():
    assert len(SHAPES) == 10
    assert len({tuple((e.x, e.y) for e in elements(shape)) for shape in SHAPES}) == 10
    assert len({class_color(index).name() for index in range(10)}) == 10


def elements(path):
    return [path.elementAt(index) for index in range(path.elementCount())]


@pytest.mark.parametrize("ratio", [1, 2])
def test_a_border_is_as_thick_on_a_screen_of_finer_pixels(qapp, ratio: int):
    image = QImage(20 * ratio, 20 * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    with QPainter(image) as painter:
        painter.scale(5.0, 5.0)  # a table's steps
        painter.setPen(border_pen(painter, QColor("white"), 3.0))
        painter.drawLine(QPointF(0.0, 2.0), QPointF(4.0, 2.0))
    lit = sum(image.pixelColor(10 * ratio, y).red() > 127 for y in range(image.height()))
    assert lit == 3 * ratio
