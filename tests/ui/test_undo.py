"""An undone setting in the window: the canvas shows the touched task again, as the hand has left it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine import ExperimentSettings, preset
from metalearn_gui.ui.main_window import MainWindow
from tests.bridge.test_unseen import SMALL_PICTURES
from tests.engine.small import small_settings
from tests.ui.hand import click, drag, handle
from tests.ui.test_canvas_shelf import star
from tests.ui.test_compare_view import OPTIONS


@pytest.fixture
def opened(qtbot):
    """Opens a window on these settings; its worker has not been loaded."""
    sessions = []

    def open_window(settings: ExperimentSettings) -> MainWindow:
        session = Session(settings, options=OPTIONS)
        sessions.append(session)
        window = MainWindow(session)
        qtbot.addWidget(window)
        window.resize(1440, 900)
        window.show()
        return window

    yield open_window
    for session in sessions:
        session.close()


def surface(window: MainWindow):
    return window.panels["task"].surface


@pytest.mark.parametrize("change", [{"shots": 8}, {"task_family": "blobs"}], ids=["shots", "another canvas"])
def test_a_dragged_point_lies_where_it_was_dragged_to_and_a_second_undo_lets_it_go(change, opened, qtbot) -> None:
    window = opened(small_settings())
    session, start = window.session, handle(surface(window), 0)
    drag(surface(window), start, start + QPointF(0, 40))
    moved = surface(window).handle_pixels()
    session.change(**change)
    changed = session.settings
    session.undo()
    np.testing.assert_allclose(surface(window).handle_pixels(), moved, atol=1)
    session.undo()
    assert handle(surface(window), 0) == start
    session.redo()
    np.testing.assert_allclose(surface(window).handle_pixels(), moved, atol=1)
    session.redo()
    assert session.settings == changed


@pytest.mark.parametrize("change", [{"shots": 2}, {"task_family": "moons"}], ids=["shots", "another canvas"])
def test_a_picture_that_was_drawn_on_is_large_again_and_its_strokes_go_one_by_one(change, opened, qtbot) -> None:
    window = opened(preset("glyphs").replaced(**SMALL_PICTURES))
    session, canvas = window.session, surface(window)
    row = canvas.row + 1
    canvas.choose_row(row)
    drawn = [canvas.desk.pad.drawing.values]
    for shift in (-20, 20):
        middle = QPointF(canvas.desk.pad.rect().center()) + QPointF(0, shift)
        drag(canvas.desk.pad, middle - QPointF(40, 0), middle + QPointF(40, 0))
        drawn.append(canvas.desk.pad.drawing.values)
    session.change(**change)
    assert session.unseen.row != row
    for values in reversed(drawn):
        session.undo()
        assert surface(window).row == session.unseen.row == row
        np.testing.assert_array_equal(surface(window).desk.pad.drawing.values, values)


def test_stars_that_were_given_stand_on_the_shelf_again(opened, qtbot) -> None:
    window = opened(small_settings("ratings"))
    session, own = window.session, surface(window).shelf.rated
    given = session.unseen.touched.support.y.copy()
    for stars in (1, 5):
        click(surface(window), star(surface(window), 0, stars))
    rated = session.unseen.touched
    assert not np.array_equal(rated.support.y, given)
    session.change(shots=7)
    session.undo()
    assert surface(window).touched is rated
    assert len(surface(window).shelf.rated) == len(own)
    for _ in range(2):
        session.undo()
    np.testing.assert_array_equal(session.unseen.touched.support.y, given)


def test_a_picture_that_is_copied_shows_the_chosen_row_and_leaves_it_chosen(opened, qtbot) -> None:
    window = opened(preset("glyphs").replaced(**SMALL_PICTURES))
    canvas = surface(window)
    canvas.choose_row(canvas.row + 1)
    copy = type(canvas)(window.session)
    qtbot.addWidget(copy)
    copy.settle()
    assert copy.row == canvas.row == window.session.unseen.row
    window.session.unseen.new_task()
    assert canvas.row == len(canvas.touched.support.x)  # its first query, as ever
