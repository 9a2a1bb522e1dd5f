from __future__ import annotations

import gc
import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject

from metalearn_gui.bridge import tidying
from metalearn_gui.bridge.tidying import Tidying
from metalearn_gui.engine import backend
from metalearn_gui.engine.memory import return_free_memory


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


def test_what_was_due_while_a_hand_moved_is_done_when_it_rests_for_a_moment(given_back, qtbot):
    parent = QObject()
    tidy = Tidying(parent)
    for _ in range(8):  # it never rests as long as memory waits
        tidy.give_way(True)
        qtbot.wait(100)
        tidy.give_way(False)
        tidy.give_way(True)
    assert given_back


class Knot:
    """A cycle that notes which thread takes it away."""

    def __init__(self, threads: list[int]) -> None:
        self.own, self._threads = self, threads

    def __del__(self) -> None:
        self._threads.append(threading.get_ident())


def test_cycles_that_a_worker_leaves_are_taken_away_on_the_windows_thread_alone(qtbot):
    parent, threads = QObject(), []
    tidy = Tidying(parent)
    tidy.take_collecting_over()
    worker = threading.Thread(target=lambda: [Knot(threads) for _ in range(20_000)] and return_free_memory())
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: len(threads) > 1000)
    assert set(threads) == {threading.get_ident()}
    tidy.close()
    assert gc.isenabled()


def test_collecting_is_pythons_own_again_once_a_session_is_gone(qtbot):
    parent = QObject()
    Tidying(parent).take_collecting_over()
    assert not gc.isenabled()
    shiboken6.delete(parent)
    assert gc.isenabled()


def test_a_session_gives_memory_back_until_it_is_closed(given_back, session, qtbot):
    qtbot.waitUntil(lambda: bool(given_back))
    session.close()
    qtbot.wait(100)
    given_back.clear()
    session.unseen.handMoved.emit(False)
    qtbot.wait(600)
    assert given_back == []


def test_python_no_longer_collects_on_the_thread_that_loads_tensorflow(open_session, qtbot):
    session = open_session()
    assert not gc.isenabled()
    qtbot.waitUntil(lambda: session.can_run, timeout=60_000)
    assert gc.get_freeze_count() > 0
    session.close()
    assert gc.isenabled()


def test_what_was_loaded_is_looked_through_once(monkeypatch):
    monkeypatch.setattr(backend, "_settled", threading.Event())
    calls: list[str] = []
    monkeypatch.setattr(backend.gc, "collect", lambda: calls.append("collect"))
    monkeypatch.setattr(backend.gc, "freeze", lambda: calls.append("freeze"))
    backend.settle_collecting()
    backend.settle_collecting()
    assert calls == ["collect", "freeze"]
