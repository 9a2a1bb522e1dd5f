from __future__ import annotations

import functools
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread

from metalearn_gui.bridge.latest import Latest, Request
from metalearn_gui.bridge.threads import busy_threads
from metalearn_gui.store.home import log_file


@pytest.fixture
def latest(qapp) -> Iterator[Latest]:
    latest = Latest("touch")
    yield latest
    assert latest.close(2.0)
    assert not busy_threads()


class Blocker:
    """Keeps the worker busy until it is told to go on."""

    def __init__(self, latest: Latest) -> None:
        self.begun, self.release = threading.Event(), threading.Event()
        latest.request("blocker", Request(self._wait, lambda _: None))
        assert self.begun.wait(5)

    def _wait(self) -> None:
        self.begun.set()
        self.release.wait(5)


def test_the_newest_request_of_a_key_wins(latest, qtbot) -> None:
    computed, delivered = [], []
    blocker = Blocker(latest)
    for number in range(50):
        latest.request("touch", Request(lambda number=number: computed.append(number) or number, delivered.append))
    blocker.release.set()
    qtbot.waitUntil(lambda: bool(delivered))
    qtbot.wait(20)
    assert computed == delivered == [49]


def test_a_lower_rank_comes_between_requests_of_a_higher_one(latest, qtbot) -> None:
    order: list[object] = []
    blocker = Blocker(latest)
    for index in range(3):
        latest.request(("gallery", index), Request(lambda index=index: index, order.append, rank=2))
    latest.request("touch", Request(lambda: "touch", order.append, rank=1))
    blocker.release.set()
    qtbot.waitUntil(lambda: len(order) == 4)
    assert order == ["touch", 0, 1, 2]


class Large:
    """An answer that is worth its memory."""


def test_a_worker_that_waits_keeps_nothing_of_what_it_answered(latest, qtbot) -> None:
    asked, made = Large(), []
    kept = [weakref.ref(asked)]

    def compute(what: Large) -> Large:
        answer = Large()
        kept.append(weakref.ref(answer))
        return answer

    latest.request("touch", Request(functools.partial(compute, asked), lambda _: made.append(True)))
    del asked
    qtbot.waitUntil(lambda: bool(made))
    qtbot.waitUntil(lambda: [one() for one in kept] == [None, None])


def test_results_arrive_on_the_thread_that_asked(latest, qtbot) -> None:
    threads = []
    latest.request(
        "touch",
        Request(
            lambda: QThread.currentThread().objectName(), lambda name: threads.append((name, QThread.currentThread()))
        ),
    )
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [("touch", latest.thread())]


def test_a_failure_is_told_and_the_next_request_is_answered(latest, qtbot) -> None:
    failed, delivered = [], []
    latest.request("touch", Request(lambda: 1 / 0, delivered.append, failed.append))
    qtbot.waitUntil(lambda: bool(failed))
    latest.request("touch", Request(lambda: 2, delivered.append, failed.append))
    qtbot.waitUntil(lambda: delivered == [2])
    assert failed == [f"Answering failed: ZeroDivisionError: division by zero. The details are in {log_file()}"]


def test_closing_drops_what_waits(qapp, qtbot) -> None:
    latest, computed = Latest("touch"), []
    blocker = Blocker(latest)
    latest.request("touch", Request(lambda: computed.append(1), lambda _: None))
    assert not latest.close(0.05)
    blocker.release.set()
    qtbot.waitUntil(lambda: not busy_threads())
    assert computed == []


def test_closing_can_finish_what_waits(qapp, qtbot) -> None:
    latest, computed = Latest("recovery"), []
    blocker = Blocker(latest)
    latest.request("write", Request(lambda: computed.append(1), lambda _: None))
    latest.close(0.0, drop=False)
    blocker.release.set()
    qtbot.waitUntil(lambda: not busy_threads())
    assert computed == [1]
