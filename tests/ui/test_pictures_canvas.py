"""The canvas of few-shot pictures: choosing, drawing, removing, and what it says."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from metalearn_gui.ui.canvas.pictures import PicturesCanvas
from tests.ui.hand import click, drag, session_for


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


def test_examples_stand_in_the_columns_of_their_classes(canvas, session):
    lefts = [box.left() for box in canvas.placed.support]
    for label in range(3):
        assert len({left for left, own in zip(lefts, session.touched.support.y, strict=True) if own == label}) == 1
    assert len(set(lefts)) == 3
    assert not any(a.intersects(b) for a in canvas.placed.support for b in canvas.placed.query)


def test_a_click_shows_a_picture_large_and_says_what_it_is(canvas, session):
    click(canvas, canvas.placed.query[1].center())
    assert canvas.row == len(session.touched.support.x) + 1
    assert "taken for class" in canvas.accessibleDescription()


def test_a_stroke_on_the_large_example_changes_that_example_alone(canvas, session):
    click(canvas, canvas.placed.support[0].center())
    before = np.array(session.touched.support.x)
    box = canvas.placed.large
    drag(canvas, box.center() - QPointF(30, 30), box.center() + QPointF(30, 30))
    after = session.touched.support.x
    assert np.flatnonzero((after != before).any(axis=1)).tolist() == [0]
    assert after[0].sum() > before[0].sum()
    assert after[0].max() <= 1.0


def test_a_query_cannot_be_drawn_on(canvas, session):
    click(canvas, canvas.placed.query[0].center())
    before = np.array(session.touched.support.x)
    box = canvas.placed.large
    drag(canvas, box.center(), box.center() + QPointF(30, 0))
    np.testing.assert_array_equal(session.touched.support.x, before)


def test_right_click_removes_an_example(canvas, session):
    count = len(session.touched.support.x)
    click(canvas, canvas.placed.support[0].center(), Qt.MouseButton.RightButton)
    assert len(session.touched.support.x) == count - 1


def test_arrows_walk_through_all_pictures(canvas, session):
    first = canvas.row
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.row == first - 1
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.row == first
