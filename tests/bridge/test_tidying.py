from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject

from metalearn_gui.bridge import tidying
from metalearn_gui.bridge.tidying import Tidying


@pytest.fixture
def given_back(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the threads that gave memory back, four times in a second."""
    names: list[str] = []
    monkeypatch.setattr(tidying, "EVERY_MS", 250)
    monkeypatch.setattr(tidying, "return_pages", lambda: names.append(threading.current_thread().name))
    return names


def test_memory_goes_back_now_and_then_on_a_thread_of_its_own(given_back, qtbot):
    parent = QObject()
    Tidying(parent)
    qtbot.waitUntil(lambda: len(given_back) >= 2)
    assert set(given_back) == {"tidying"}


def test_a_hand_that_moves_is_not_held_up(given_back, qtbot):
    parent = QObject()
    tidy = Tidying(parent)
    tidy.give_way(True)
    qtbot.wait(600)
    assert given_back == []
    tidy.give_way(False)
    qtbot.waitUntil(lambda: bool(given_back))


def test_a_session_gives_memory_back_until_it_is_closed(given_back, session, qtbot):
    qtbot.waitUntil(lambda: bool(given_back))
    session.close()
    qtbot.wait(100)
    given_back.clear()
    session.unseen.handMoved.emit(False)
    qtbot.wait(600)
    assert given_back == []
