"""The curve's own behaviour: axes, adding, hovering."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QApplication

from metalearn_gui.ui.canvas.axes import Axes, grown, settled, ticks
from metalearn_gui.ui.canvas.beyond import in_lines
from metalearn_gui.ui.canvas.curve import CurveCanvas
from metalearn_gui.ui.canvas.direct_labels import _boxes, _hidden
from metalearn_gui.ui.canvas.legend_box import EDGE, _emptiest, draw_legend_box
from metalearn_gui.ui.theme import ui_font
from tests.ui.hand import click, drag, handle, mouse, session_for, set_points

FRAME = QRectF(30, 0, 600, 300)


@pytest.fixture
def sinusoid():
    return session_for("sinusoid")


@pytest.fixture
def curve(qtbot, sinusoid):
    widget = CurveCanvas(sinusoid)
    qtbot.addWidget(widget)
    widget.resize(684, 352)
    widget.show()
    return widget


def empty_place(curve: CurveCanvas) -> QPointF:
    frame = curve.frame()
    places = [
        QPointF(frame.left() + frame.width() * across, frame.top() + frame.height() * down)
        for across in np.linspace(0.1, 0.9, 9)
        for down in np.linspace(0.1, 0.6, 6)
    ]
    return next(place for place in places if curve.handle_at(place) is None)


def test_click_on_empty_space_adds_a_point_there(curve, sinusoid):
    place = empty_place(curve)
    count = len(sinusoid.unseen.touched.support.x)
    click(curve, place)
    assert len(sinusoid.unseen.touched.support.x) == count + 1
    added = handle(curve, count)
    assert abs(added.x() - place.x()) < 0.01
    assert abs(added.y() - place.y()) < 0.01


def test_a_learner_that_took_no_step_is_drawn_too(curve, sinusoid, qtbot):
    learner = sinusoid.unseen.adaptations["learner"]
    start = dataclasses.replace(learner, on_grid=learner.on_grid[:1])
    sinusoid.unseen.adaptations = {**sinusoid.unseen.adaptations, "learner": start}
    with qtbot.captureExceptions() as errors:
        sinusoid.unseen.adaptedChanged.emit()
        curve.grab()
    assert not errors


def test_a_paint_that_fails_is_told_and_the_window_goes_on(curve, sinusoid, qtbot, monkeypatch):
    monkeypatch.setattr(curve, "paint_live", lambda painter: painter.end() and 1 / 0)
    with qtbot.captureExceptions() as errors:
        curve.update()
        QApplication.processEvents()
    assert [kind for kind, _, _ in errors] == [ZeroDivisionError]


def shows_legend(curve) -> bool:
    """Whether there is room for its legend."""
    empty = QImage(curve.size(), QImage.Format.Format_ARGB32)
    empty.fill(Qt.GlobalColor.transparent)
    image = empty.copy()
    painter = QPainter(image)
    draw_legend_box(painter, curve.frame(), curve.legend_labels(), np.empty((0, 2)))
    painter.end()
    return image != empty


def test_how_sure_the_learner_is_lies_around_its_curve_and_is_told_under_the_mouse(curve, sinusoid):
    plain, place = curve.grab().toImage(), empty_place(curve)
    assert "±" not in "".join(curve.hover_lines(place))
    learner = sinusoid.unseen.adaptations["learner"]
    sure = dataclasses.replace(learner, deviation=np.full_like(learner.on_grid, 0.25))
    sinusoid.unseen.adaptations = {**sinusoid.unseen.adaptations, "learner": sure}
    sinusoid.unseen.adaptedChanged.emit()
    assert curve.hover_lines(place)[1].endswith("± 0.5000")
    x, y = 0.0, float(np.interp(0.0, sinusoid.unseen.touched.grid[:, 0], sure.on_grid[curve.shown_step, :, 0]))
    inside, outside = (curve.axes().point(x, y + half).toPoint() for half in (0.4, 0.6))
    banded = curve.grab().toImage()
    assert curve.legend_labels()["learner"].endswith("95 % band")
    assert shows_legend(curve)
    assert banded.pixelColor(inside) != plain.pixelColor(inside)
    assert banded.pixelColor(outside) == plain.pixelColor(outside)


def test_click_outside_the_frame_adds_nothing(curve, sinusoid):
    count = len(sinusoid.unseen.touched.support.x)
    click(curve, QPointF(3, 348))
    assert len(sinusoid.unseen.touched.support.x) == count


def test_dragged_point_lands_under_the_hand(curve, sinusoid):
    goal = curve.frame().center() + QPointF(40, 30)
    drag(curve, handle(curve, 4), goal)
    landed = handle(curve, 4)
    assert abs(landed.x() - goal.x()) < 0.01
    assert abs(landed.y() - goal.y()) < 0.01


def test_a_point_goes_beyond_the_trained_inputs_and_the_view_shows_where_they_end(curve, sinusoid):
    plain = curve.grab().toImage()
    drag(curve, handle(curve, 0), QPointF(5000, -5000))
    x, y = sinusoid.unseen.touched.support.x[0, 0], sinusoid.unseen.touched.support.y[0, 0]
    assert x == 7.5
    assert y == pytest.approx(curve.axes().y_range[1], abs=1e-5)
    assert curve.axes().x_range == (-7.5, 7.5)
    sinusoid.unseen.touched = dataclasses.replace(sinusoid.unseen.touched, truth=None)
    sinusoid.unseen.adaptations = {}
    curve.follow()
    wide, axes = curve.grab().toImage(), curve.axes()
    inside, outside = (axes.point(x, 0.7).toPoint() for x in (4.5, 6.5))
    ground = plain.pixelColor(curve.frame().topLeft().toPoint() + QPoint(20, 12))
    assert wide.pixelColor(inside) == ground
    assert wide.pixelColor(outside) != ground


def test_where_trust_ends_is_said_in_whole_words_in_any_width(qapp):
    font = QFontMetrics(ui_font(12))
    wide, narrow = (font.horizontalAdvance(text) + 1 for text in ("not trained here", "not trained"))
    assert in_lines("not trained here", font, wide) == ["not trained here"]
    assert in_lines("not trained here", font, narrow) == ["not trained", "here"]
    assert in_lines("not trained here", font, font.horizontalAdvance("trained")) == ["not", "trained", "here"]
    assert in_lines("not trained here", font, font.horizontalAdvance("train")) == []


def test_a_view_that_reaches_beyond_stays_until_the_points_are_put_back(curve, sinusoid):
    drag(curve, handle(curve, 0), QPointF(5000, 100))
    drag(curve, handle(curve, 0), curve.frame().center())
    assert curve.axes().x_range == (-7.5, 7.5)
    sinusoid.unseen.restore_task()
    assert curve.axes().x_range == (-5.0, 5.0)


def test_the_keyboard_alone_goes_beyond(curve, sinusoid, qtbot):
    for _ in range(len(sinusoid.unseen.touched.support.x)):
        qtbot.keyClick(curve, Qt.Key.Key_Right)
    rightmost = int(np.argmax(sinusoid.unseen.touched.support.x[:, 0]))
    curve.choose(rightmost)
    for _ in range(120):
        qtbot.keyClick(curve, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert sinusoid.unseen.touched.support.x[rightmost, 0] == 7.5


def test_the_best_possible_curve_is_drawn_where_it_is_not_the_truth(curve, sinusoid):
    support, grid = sinusoid.unseen.touched.support, sinusoid.unseen.touched.grid[:, 0]
    assert "best" not in curve.legend_labels()
    set_points(sinusoid, support.x, support.y + np.float32(1.5) * np.cos(support.x))
    assert curve.legend_labels()["best"] == "best possible"
    place = curve.axes().point(0.0, 0.0)
    assert any(line.startswith("best possible") for line in curve.hover_lines(place))
    drawn = curve._drawn_curves()["best"]
    fitted = sinusoid.unseen.touched.truth[:, 0] + 1.5 * np.cos(grid)
    np.testing.assert_allclose(drawn, curve.axes().pixels(grid, fitted), atol=0.05)
    set_points(sinusoid, support.x[:1], support.y[:1])
    assert "best" not in curve.legend_labels()


@pytest.mark.parametrize(("learner", "start"), [("maml", "meta-learned start"), ("scratch", "random start")])
def test_the_legend_says_what_the_start_is(curve, learner, start):
    curve.session.change(learner=learner)
    assert curve.legend_labels()["before"] == f"before adapting ({start})"


def test_axis_stands_still_while_dragging_and_grows_for_a_point_beyond_it(curve, sinusoid):
    before = curve.axes()
    mouse(curve, QEvent.Type.MouseButtonPress, handle(curve, 0))
    support = sinusoid.unseen.touched.support
    y = support.y.copy()
    y[1] = 9.0
    set_points(sinusoid, support.x, y)
    assert curve.axes() == before
    mouse(curve, QEvent.Type.MouseButtonRelease, handle(curve, 0))
    assert curve.axes().y_range[1] >= 9.0


def test_new_task_brings_the_axis_back(curve, sinusoid):
    before = curve.axes()
    support = sinusoid.unseen.touched.support
    set_points(sinusoid, support.x, support.y + 20.0)
    assert curve.axes() != before
    sinusoid.unseen.new_task()
    assert curve.axes() == before


def test_axis_moves_for_more_room_or_for_far_less():
    base = (-5.0, 5.0)
    assert settled((-5.0, 5.0), (-5.0, 7.0), base) == (-5.0, 7.0)
    assert settled((-5.0, 9.0), (-5.0, 7.0), base) == (-5.0, 9.0)
    assert settled((-15.0, 15.0), (-5.0, 7.0), base) == (-5.0, 7.0)


def test_axis_comes_back_once_a_runaway_curve_is_tamed(curve, sinusoid):
    calm = curve.axes()
    tame = sinusoid.unseen.adaptations["learner"]
    sinusoid.unseen.adaptations["learner"] = type(tame)(tame.on_grid * 1e6, tame.loss, None)
    sinusoid.unseen.adaptedChanged.emit()
    assert curve.axes().y_range[1] > 10.0
    sinusoid.unseen.adaptations["learner"] = tame
    sinusoid.unseen.adaptedChanged.emit()
    assert curve.axes() == calm


def test_insert_key_fills_the_widest_gap(curve, sinusoid, qtbot):
    set_points(sinusoid, np.array([[-5.0], [-4.0], [5.0]], np.float32), np.zeros((3, 1), np.float32))
    added = curve.insert()
    assert added == 3
    assert sinusoid.unseen.touched.support.x[3, 0] == pytest.approx(0.5, abs=1e-4)


def test_hover_beside_the_points_tells_truth_before_and_after(curve, sinusoid):
    place = empty_place(curve)
    lines = curve.hover_lines(place)
    x = curve.axes().numbers(place)[0]
    truth = np.interp(x, sinusoid.unseen.touched.grid[:, 0], sinusoid.unseen.touched.truth[:, 0])
    assert len(lines) == 4
    assert f"{truth:.4f}".replace("-", "\N{MINUS SIGN}") in lines[3]


def test_curve_is_interrupted_where_it_is_not_finite():
    axes = Axes(FRAME, (0.0, 4.0), (0.0, 1.0))
    lines = axes.polylines(np.arange(5.0), np.array([0.1, 0.2, np.nan, 0.3, 0.4]))
    assert [line.size() for line in lines] == [2, 2]


def test_pixels_and_numbers_are_inverse():
    axes = Axes(FRAME, (-5.0, 5.0), (-2.0, 3.0))
    assert axes.numbers(axes.point(1.25, -0.5)) == pytest.approx((1.25, -0.5))


@pytest.mark.parametrize(("low", "high"), [(-5.3, 5.3), (0.0, 1.0), (-0.001, 0.002), (1e5, 9e5)])
def test_ticks_are_few_round_and_inside(low, high):
    values = ticks(low, high, 5)
    assert 3 <= len(values) <= 9
    assert all(low - 1e-9 <= value <= high + 1e-9 for value in values)


def test_axis_that_holds_everything_does_not_grow():
    assert grown((-5.0, 5.0), (-4.0, 5.0)) == (-5.0, 5.0)
    assert grown((-5.0, 5.0), (-4.0, 5.5)) == (-5.0, 6.0)


def test_the_legend_leaves_the_corner_where_points_lie():
    lower_left = _emptiest(FRAME, 60.0, 22.0, np.zeros((1, 2)))
    point = np.array([[lower_left.center().x(), lower_left.center().y()]])
    assert lower_left.left() == FRAME.left() + EDGE
    assert not _emptiest(FRAME, 60.0, 22.0, point).intersects(lower_left)


def test_on_a_stage_each_curve_carries_its_name_clear_of_points(curve, sinusoid):
    line = np.stack([np.linspace(0, 400, 201), np.full(201, 150.0)], axis=1)
    box = min(_boxes(QRectF(0, 0, 400, 300), line, 60, 16), key=lambda one: _hidden(one, line, []))
    assert _hidden(box, line, []) == 0
    curve.names_curves = True
    assert set(curve.legend_labels()) <= set(curve._drawn_curves())
