"""What every test of the window starts from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6

from metalearn_gui.bridge.picture_reading import PictureReading
from metalearn_gui.ui.main_window import MainWindow
from metalearn_gui.ui.overrides import catch_in_overrides
from metalearn_gui.ui.theme import register_fonts, theme, ui_font
from tests.ui.fake_session import FakeSession


@pytest.fixture(autouse=True)
def _dressed(qapp):
    catch_in_overrides()
    register_fonts()
    qapp.setStyle("Fusion")
    qapp.setFont(ui_font(13))
    theme().set_mode("dark")
    theme().set_zoom(1.0)  # a window of an earlier test may have been a large one


@pytest.fixture
def session():
    """A FakeSession; see fake_session.py."""
    return FakeSession()


@pytest.fixture(autouse=True)
def _read_pictures(monkeypatch):
    """A picture's thread ends with the test that had it read: no other test finds it busy."""
    sessions, ask = [], PictureReading.ask

    def remembered(reading, *asked):
        sessions.append(reading.parent())  # the reading goes with it
        ask(reading, *asked)

    monkeypatch.setattr(PictureReading, "ask", remembered)
    yield
    for session in sessions:
        session.pictures.close(5.0)


@pytest.fixture
def window(session, qtbot):
    """The whole window on it, shown."""
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def table(tmp_path):
    """Ten sensors of 24 rows, the last of 3."""
    rows = [
        f"s{task},{row}.5,{task * row}.25,{'ab'[row % 2]}" for task in range(10) for row in range(24 if task < 9 else 3)
    ]
    path = tmp_path / "sensors.csv"
    path.write_text("\n".join(["sensor,x,y,city", *rows]))
    return str(path)


@pytest.fixture(autouse=True)
def undo_stacks_are_emptied() -> Iterator[None]:
    """As a closing session does: a stack that the garbage collector finds deletes commands that are gone already."""
    yield
    for session in list(FakeSession.alive):
        if shiboken6.isValid(session):
            session.undo_stack.clear()
