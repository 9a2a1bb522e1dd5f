"""What every canvas promises, whatever it draws."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.ui.canvas import CANVASES
from metalearn_gui.ui.theme import theme
from tests.engine.small import FAMILIES
from tests.ui.hand import click, double_click, drag, handle, mouse, session_for, set_points, spoil


@pytest.fixture(params=sorted(key for key in FAMILIES if TASKS[key].view not in ("pictures", "ratings")))
def family(request):
    return request.param


@pytest.fixture
def touched_session(family):
    return session_for(family)


@pytest.fixture
def surface(qtbot, touched_session):
    widget = CANVASES[touched_session.settings.tasks.view](touched_session)
    qtbot.addWidget(widget)
    widget.resize(684, 352)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def num_points(session) -> int:
    return len(session.unseen.touched.support.x)


def colors_of(image: QImage) -> int:
    raw = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint32)
    return len(np.unique(raw))


def test_name_says_the_view_and_screen_readers_get_one(surface, touched_session):
    assert surface.objectName() == f"{touched_session.settings.tasks.view}_canvas"
    assert surface.accessibleName()


def test_drag_moves_the_point_through_the_session(surface, touched_session):
    start = handle(surface, 2)
    before = np.array(touched_session.unseen.touched.support.x), np.array(touched_session.unseen.touched.support.y)
    drag(surface, start, start + QPointF(-25, 18 if start.y() < 100 else -18))
    after = touched_session.unseen.touched.support
    changed = np.flatnonzero([not np.array_equal(after.x[i], before[0][i]) for i in range(len(after.x))])
    moved = len(changed) == 1 or not np.array_equal(after.y, before[1])
    assert moved
    assert num_points(touched_session) == len(before[0])


def test_home_and_end_choose_the_first_and_the_last(surface, qtbot):
    qtbot.keyClick(surface, Qt.Key.Key_End)
    last = surface.described()
    qtbot.keyClick(surface, Qt.Key.Key_Home)
    first = surface.described()
    assert first != last
    qtbot.keyClick(surface, Qt.Key.Key_Left)
    assert surface.described() == last


def test_a_screen_reader_hears_nothing_of_what_was_deleted(surface, qtbot):
    surface.choose(len(surface.handle_pixels()) - 1)
    said = surface.accessibleDescription()
    qtbot.keyClick(surface, Qt.Key.Key_Delete)
    assert said
    assert surface.accessibleDescription() != said
    assert surface.accessibleDescription() == surface.described()


def test_delete_again_and_again_takes_away_one_after_the_other(surface, touched_session, qtbot):
    surface.setFocus()
    while surface.chosen is None:
        qtbot.keyClick(surface, Qt.Key.Key_Right)
    count = num_points(touched_session)
    for _ in range(count - 1):
        qtbot.keyClick(surface, Qt.Key.Key_Delete)
    assert num_points(touched_session) == 1


def test_after_a_delete_the_keyboard_has_what_followed(qtbot):
    session = session_for("sinusoid")
    curve = CANVASES["curve"](session)
    qtbot.addWidget(curve)
    curve.show()
    curve.setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(curve, key)
    third = curve.described().partition(": ")[2]
    qtbot.keyClick(curve, Qt.Key.Key_Left)
    qtbot.keyClick(curve, Qt.Key.Key_Delete)
    assert curve.accessibleDescription().endswith(third)
    for key in (Qt.Key.Key_End, Qt.Key.Key_Left):
        qtbot.keyClick(curve, key)
    before_last = curve.described().partition(": ")[2]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Delete):
        qtbot.keyClick(curve, key)
    assert curve.accessibleDescription().endswith(before_last)


def test_a_new_task_finds_the_keyboard_at_one_of_its_points(surface, qtbot):
    surface.setFocus()
    qtbot.keyClick(surface, Qt.Key.Key_Right)
    qtbot.keyClick(surface, Qt.Key.Key_N)
    assert surface.accessibleDescription()
    assert surface.accessibleDescription() == surface.described()


def test_the_line_that_says_where_the_keyboard_is_lies_on_the_canvas(surface):
    out = surface.ring_outside + 1  # half its width
    assert QRectF(surface.rect()).contains(surface.frame().adjusted(-out, -out, out, out))


def test_moves_between_two_paints_become_one_and_the_newest_wins(surface, touched_session, qtbot, monkeypatch):
    asked = []
    move_point = touched_session.unseen.move_point
    monkeypatch.setattr(touched_session.unseen, "move_point", lambda *where: (asked.append(where), move_point(*where)))
    start = handle(surface, 0)
    step = QPointF(0, 1) if start.y() < 100 else QPointF(0, -1)
    mouse(surface, QEvent.Type.MouseButtonPress, start)
    for count in range(1, 31):
        mouse(surface, QEvent.Type.MouseMove, start + step * count)
    assert len(asked) == 1
    qtbot.waitUntil(lambda: len(asked) == 2)
    mouse(surface, QEvent.Type.MouseButtonRelease, start + step * 30)
    assert len(asked) == 2
    assert abs(handle(surface, 0).y() - (start + step * 30).y()) < 0.01


def test_release_before_a_paint_still_moves_to_the_last_place(surface, touched_session):
    start = handle(surface, 0)
    step = QPointF(0, 1) if start.y() < 100 else QPointF(0, -1)
    mouse(surface, QEvent.Type.MouseButtonPress, start)
    for count in (5, 15, 25):
        mouse(surface, QEvent.Type.MouseMove, start + step * count)
    mouse(surface, QEvent.Type.MouseButtonRelease, start + step * 25)
    assert abs(handle(surface, 0).y() - (start + step * 25).y()) < 0.01


def test_training_gives_way_to_a_hand_that_comes_over_a_point(surface, touched_session):
    call, at = ("note_hand",), handle(surface, 0)
    mouse(surface, QEvent.Type.MouseMove, QPointF(surface.rect().bottomRight()))
    assert call not in touched_session.calls
    mouse(surface, QEvent.Type.MouseMove, at)
    assert call in touched_session.calls


def test_right_click_removes_a_point(surface, touched_session):
    count = num_points(touched_session)
    click(surface, handle(surface, 1), Qt.MouseButton.RightButton)
    assert num_points(touched_session) == count - 1


def test_double_click_restores_the_task(surface, touched_session):
    double_click(surface, handle(surface, 0))
    assert ("restore_task",) in touched_session.calls


def test_two_quick_taps_apart_are_no_double_click(surface, touched_session, qtbot):
    device, window = QTest.createTouchDevice(), surface.window().windowHandle()
    frame = surface.frame()
    for corner in (frame.topLeft() + QPointF(20, 20), frame.bottomRight() - QPointF(20, 20)):
        at = surface.mapTo(surface.window(), corner).toPoint()
        QTest.touchEvent(window, device).press(0, at, window).commit()
        QTest.touchEvent(window, device).release(0, at, window).commit()
    assert ("restore_task",) not in touched_session.calls


def test_keyboard_alone_chooses_moves_adds_and_removes(surface, touched_session, qtbot):
    count = num_points(touched_session)
    surface.setFocus()
    qtbot.keyClick(surface, Qt.Key.Key_Right)
    assert surface.chosen is not None
    first = surface.chosen
    qtbot.keyClick(surface, Qt.Key.Key_Right)
    assert surface.chosen != first
    before = handle(surface, surface.chosen)
    up = before.y() > surface.frame().center().y()
    qtbot.keyClick(surface, Qt.Key.Key_Up if up else Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert abs(abs(handle(surface, surface.chosen).y() - before.y()) - 6.0) < 0.01
    qtbot.keyClick(surface, Qt.Key.Key_Insert)
    assert num_points(touched_session) == count + 1
    qtbot.keyClick(surface, Qt.Key.Key_Right)
    qtbot.keyClick(surface, Qt.Key.Key_Delete)
    assert num_points(touched_session) == count


def test_chosen_point_is_described_to_a_screen_reader(surface, qtbot):
    qtbot.keyClick(surface, Qt.Key.Key_Right)
    assert "1" in surface.accessibleDescription()


def test_n_draws_a_new_task(surface, touched_session, qtbot):
    qtbot.keyClick(surface, Qt.Key.Key_N)
    assert ("new_task",) in touched_session.calls


def test_focused_canvas_wins_arrows_over_window_shortcuts(surface):
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(surface, event)
    assert event.isAccepted()


def test_hover_tells_exact_values(surface):
    lines = surface.hover_lines(handle(surface, 0))
    assert lines
    assert any(character.isdigit() for character in "".join(lines))


def test_new_task_lets_go_of_the_grabbed_point(surface, touched_session):
    mouse(surface, QEvent.Type.MouseButtonPress, handle(surface, 3))
    touched_session.unseen.new_task()
    assert surface.grabbed is None


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_draws_more_than_its_ground_in_both_themes(surface, mode):
    theme().set_mode(mode)
    surface.setFocus()
    assert colors_of(surface.grab().toImage()) > 40


def test_empty_support_set_can_be_drawn_and_touched(surface, touched_session, qtbot):
    support = touched_session.unseen.touched.support
    set_points(touched_session, support.x[:0], support.y[:0])
    surface.grab()
    click(surface, surface.frame().center())
    qtbot.keyClick(surface, Qt.Key.Key_Right)
    qtbot.keyClick(surface, Qt.Key.Key_Delete)
    qtbot.keyClick(surface, Qt.Key.Key_Insert)
    surface.hover_lines(surface.frame().center())
    assert surface.chosen is None or surface.chosen < max(1, len(touched_session.unseen.touched.support.x))
    assert colors_of(surface.grab().toImage()) > 1


def test_predictions_that_are_not_numbers_can_be_drawn(surface, touched_session, qtbot):
    spoil(touched_session)
    assert colors_of(surface.grab().toImage()) > 1
    said = " ".join(surface.hover_lines(surface.frame().center()))
    assert "nan" not in said
    qtbot.keyClick(surface, Qt.Key.Key_Insert)


def test_thousand_points_can_be_drawn(surface, touched_session):
    support = touched_session.unseen.touched.support
    repeats = -(-1000 // len(support.x))
    x, y = np.concatenate([support.x] * repeats), np.concatenate([support.y] * repeats)
    set_points(touched_session, x[:1000], y[:1000])
    assert len(touched_session.unseen.touched.support.x) == 1000
    surface.grab()


def test_without_predictions_it_says_what_it_waits_for(surface, touched_session):
    touched_session.unseen.adaptations = {}
    touched_session.unseen.adaptedChanged.emit()
    quiet = surface.grab().toImage()
    touched_session.readiness = "loading TensorFlow"
    touched_session.readinessChanged.emit()
    assert surface.grab().toImage() != quiet


def test_adaptation_of_another_shape_is_not_drawn(surface, touched_session):
    adaptation = touched_session.unseen.adaptations["learner"]
    short = type(adaptation)(adaptation.on_grid[:, :3], adaptation.loss, adaptation.accuracy)
    touched_session.unseen.adaptations = {"learner": short}
    touched_session.unseen.adaptedChanged.emit()
    assert surface.adaptation is None
    surface.grab()


def test_static_layer_is_kept_while_a_point_is_dragged(surface, touched_session):
    surface.grab()
    kept = surface._static
    start = handle(surface, 0)
    drag(surface, start, start + QPointF(0, 10 if start.y() < 100 else -10))
    surface.grab()
    assert surface._static is kept


def test_theme_and_size_renew_the_static_layer(surface):
    surface.grab()
    kept = surface._static
    surface.resize(QSize(500, 300))
    surface.grab()
    assert surface._static is not kept
    kept = surface._static
    theme().set_mode("light")
    surface.grab()
    assert surface._static is not kept
