"""The rows' own behaviour: choosing a row, dragging its targets, the losses."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF

from metalearn_gui.ui.canvas.rows import Rows, constant_text
from metalearn_gui.ui.canvas.vector import VectorCanvas, _width
from tests.ui.hand import click, drag, handle, session_for


@pytest.fixture
def rows_session():
    return session_for("vectors", input_dim=6, output_dim=4)


@pytest.fixture
def vector(qtbot, rows_session):
    widget = VectorCanvas(rows_session)
    qtbot.addWidget(widget)
    widget.resize(684, 352)
    widget.show()
    return widget


def row_place(vector: VectorCanvas, row: int) -> QPointF:
    axes = vector.loss_axes()
    return QPointF(axes.point(row, 0.0).x(), axes.frame.center().y())


def test_drag_changes_one_number_of_the_chosen_row_alone(vector, rows_session):
    before = rows_session.unseen.touched.support
    vector.choose_row(2)
    start = handle(vector, 1)
    drag(vector, start, QPointF(start.x() + 300, vector.axes().point(1, 0.25).y()))
    after = rows_session.unseen.touched.support
    assert np.array_equal(after.x, before.x)
    changed = np.argwhere(after.y != before.y)
    assert changed.tolist() == [[2, 1]]
    assert after.y[2, 1] == pytest.approx(0.25, abs=1e-6)


def test_press_in_a_column_takes_its_bar(vector, rows_session):
    click(vector, vector.axes().point(3, 0.5))
    assert rows_session.unseen.touched.support.y[0, 3] == pytest.approx(0.5, abs=1e-6)


def test_target_stays_in_the_outputs_range(vector, rows_session):
    drag(vector, handle(vector, 0), QPointF(handle(vector, 0).x(), -4000))
    assert rows_session.unseen.touched.support.y[0, 0] == 1.0


def test_another_row_keeps_the_number_that_the_keys_move(vector, rows_session, qtbot):
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(vector, key)
    before = rows_session.unseen.touched.support.y.copy()
    assert "row 2" in vector.accessibleDescription()
    qtbot.keyClick(vector, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert np.argwhere(rows_session.unseen.touched.support.y != before).tolist() == [[1, 1]]


def test_click_in_the_losses_chooses_the_row(vector):
    click(vector, row_place(vector, 7))
    assert vector.row == 7


def test_arrows_walk_through_support_and_query_rows(vector, qtbot):
    qtbot.keyClick(vector, Qt.Key.Key_Up)
    assert vector.row == 19
    assert vector.accessibleDescription() == "query row 10 of 10"
    qtbot.keyClick(vector, Qt.Key.Key_Down)
    assert vector.row == 0


def test_query_row_has_no_handles_and_cannot_be_dragged(vector, rows_session):
    vector.choose_row(12)
    before = rows_session.unseen.touched
    drag(vector, vector.axes().point(1, 0.5), vector.axes().point(1, 0.1))
    assert len(vector.handle_pixels()) == 0
    assert rows_session.unseen.touched is before


def test_insert_takes_a_query_row_into_the_support_set(vector, rows_session, qtbot):
    vector.choose_row(13)
    wanted = rows_session.unseen.touched.query.y[3].copy()
    qtbot.keyClick(vector, Qt.Key.Key_Insert)
    assert np.array_equal(rows_session.unseen.touched.support.y[-1], wanted)
    assert vector.row == 10


def test_losses_are_the_mean_squared_errors_of_all_rows(rows_session):
    touched = rows_session.unseen.touched
    targets = np.concatenate([touched.support.y, touched.query.y])
    losses = Rows(touched).losses(targets + np.repeat([0.5, 0.1], 10)[:, None])
    assert losses == pytest.approx([0.25] * 10 + [0.01] * 10, abs=1e-6)


def test_row_without_a_prediction_has_no_loss(rows_session):
    touched = dataclasses.replace(rows_session.unseen.touched, grid=rows_session.unseen.touched.query.x)
    losses = Rows(touched).losses(touched.query.y)
    assert np.isnan(losses[:10]).all()
    assert losses[10:].tolist() == [0.0] * 10


def test_dragged_target_raises_the_loss_of_its_own_row(vector, rows_session):
    before = vector._losses(5)[0]
    y = rows_session.unseen.touched.support.y[0].copy()
    y[0] = 0.0 if y[0] > 0.5 else 1.0
    rows_session.unseen._refresh_adaptations = lambda: None
    rows_session.unseen.move_point(0, rows_session.unseen.touched.support.x[0], y)
    assert vector._losses(5)[0] != before


def test_hover_over_a_loss_names_its_row(vector):
    lines = vector.hover_lines(row_place(vector, 11))
    assert lines[0] == "query row 2 of 10"


def test_constant_prediction_is_told_as_a_fraction():
    assert constant_text(1 / 12) == "1/12 = 0.0833"
    assert constant_text(0.0123456) == "0.0123"


def test_rows_of_another_width_are_taken_before_the_task_is_announced(vector, rows_session):
    rows_session.settings = rows_session.settings.replaced(output_dim=2)
    rows_session.live = rows_session.shown = rows_session._fresh_run()
    rows_session.unseen.draw()
    rows_session.unseen.adaptedChanged.emit()
    vector.grab()
    assert len(vector.handle_pixels()) == 2


def test_more_numbers_than_there_is_room_for_are_cut(qtbot):
    session = session_for("vectors", input_dim=900, output_dim=800)
    canvas = VectorCanvas(session)
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.show()
    canvas.grab()
    assert len(canvas.handle_pixels()) < 100


def test_the_room_for_the_lesson_is_measured_once(vector, monkeypatch):
    measured = []
    monkeypatch.setattr(
        "metalearn_gui.ui.canvas.vector.QFontMetricsF", lambda font: measured.append(1) or QFontMetricsF(font)
    )
    _width.cache_clear()
    frames = {vector.frame().height() for _ in range(9)}
    assert len(frames) == len(measured) == 1
