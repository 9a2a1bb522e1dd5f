"""Keys alone: Tab goes through every view and sheet as one reads it, Esc leaves, Enter does what a sheet is for."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.main_window import MainWindow
from metalearn_gui.ui.reading_order import as_read, move_focus
from metalearn_gui.ui.sheet import Sheet
from metalearn_gui.ui.views import VIEWS
from tests.engine.small import small_settings
from tests.ui.test_compare_view import OPTIONS

PLACES = ("", *sorted(VIEWS), "export", "table", "ratings", "images")


@pytest.fixture
def real_window(qtbot):
    session = Session(small_settings(), options=OPTIONS)
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    session.undo_stack.clear()
    session.close()


@pytest.fixture
def data(tmp_path, table):
    """A file of each kind that has a sheet, by its name in PLACES."""
    ratings = tmp_path / "ratings.csv"
    lines = [f"{user},{item},{1 + (user + item) % 5}" for user in range(20) for item in range(20)]
    ratings.write_text("\n".join(["userId,movieId,rating", *lines]))
    return {"table": table, "ratings": str(ratings), "images": str(tmp_path / "pictures")}


def go(window: MainWindow, place: str, data: dict[str, str]) -> QWidget:
    """What is shown there."""
    if place == "export":
        window.show_export()
    elif place in data:
        window.take_data(data[place], {"table": "csv"}.get(place, place))
    elif place:
        window.show_view(place)
    return next((sheet for sheet in window.findChildren(Sheet) if sheet.isVisible()), window)


def walk(window: MainWindow, qtbot, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """All that Tab comes to, until it comes round."""
    met: list[QWidget] = []
    while True:
        qtbot.keyClick(QApplication.focusWidget() or window, key)
        focused = QApplication.focusWidget()
        if focused is None or focused in met:
            return met
        met.append(focused)


def text_of(widget: QWidget) -> str:
    own = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or own


def edge(widget: QWidget, window: QWidget) -> QPoint:
    return widget.mapTo(window, QPoint(0, 0))


@pytest.mark.parametrize("place", PLACES)
def test_tab_reads_what_has_names_with_a_ring_round_each_and_esc_leaves(real_window, data, qtbot, place):
    shown = go(real_window, place, data)
    ring, met = real_window.findChild(QWidget, "focus_ring"), walk(real_window, qtbot)
    assert len(met) > 2
    assert [widget for widget in met if not text_of(widget)] == []
    assert all(shown.isAncestorOf(widget) for widget in met)
    focused = QApplication.focusWidget()
    assert ring.isVisible()
    assert ring.geometry().contains(focused.rect().translated(edge(focused, real_window)))
    for before, after in itertools.pairwise(met):
        here, there = edge(before, real_window), edge(after, real_window)
        if before.parentWidget() is after.parentWidget() and here.y() == there.y():
            assert here.x() < there.x()  # a row from the left
    assert walk(real_window, qtbot, Qt.Key.Key_Backtab)[:-1] == met[:0:-1]
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert real_window.findChild(QWidget, "view_stack").key == ""
    assert shown is real_window or not shown.isVisible()


@pytest.mark.parametrize("place", ["export", "table", "ratings", "images"])
def test_enter_in_a_sheet_presses_its_main_button(real_window, data, qtbot, monkeypatch, place):
    sheet, pressed = go(real_window, place, data), []
    assert sheet.main_button is not None
    monkeypatch.setattr(sheet.main_button, "click", lambda: pressed.append(place), raising=False)
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert pressed == [place]


def test_rows_come_before_columns_and_what_was_made_last_comes_where_it_stands(qtbot):
    root = QWidget()
    qtbot.addWidget(root)
    rows, line, column = QVBoxLayout(root), QHBoxLayout(), QVBoxLayout()
    last, low, right, left, first = (QPushButton(name, root) for name in ("last", "low", "right", "left", "first"))
    rows.addWidget(first)
    rows.addLayout(line)
    rows.addWidget(last)
    line.addWidget(left)
    line.addLayout(column)
    column.addWidget(right)
    column.addWidget(low)
    left.setMinimumHeight(100)
    root.show()
    assert [widget.text() for widget in as_read(root)] == ["first", "left", "right", "low", "last"]


def test_what_is_hidden_or_disabled_is_passed_over_and_nothing_at_all_is_said(qtbot):
    root = QWidget()
    qtbot.addWidget(root)
    buttons = [QPushButton(str(place), root) for place in range(3)]
    line = QHBoxLayout(root)
    for button in buttons:
        line.addWidget(button)
    root.show()
    buttons[0].hide()
    buttons[1].setEnabled(False)
    assert move_focus(root, forward=True)
    assert root.focusWidget() is buttons[2]
    buttons[2].setEnabled(False)
    assert not move_focus(root, forward=True)
