from __future__ import annotations

import gc
import random
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator

import pytest

from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.runner import MOST_BEHIND, Job, Runner
from metalearn_gui.bridge.threads import busy_threads
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.params import SettingError
from metalearn_gui.store.home import log_file
from tests.conftest import ROOT


class Counting:
    """A job that counts as far as its gate lets it, as fast as it can, and what arrived of it."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.counted = 0
        self.arrived: list[int] = []
        self.error: str | None = None
        self.job = Job("count", self._count, self.arrived.extend, self._end, self.gate)

    def _count(self) -> Iterator[int]:
        yield 0
        while (taken := self.gate.take_now(1)) != 0:
            if taken is None:
                self.gate.wait()
                continue
            self.counted += 1
            yield self.counted
            time.sleep(0.0002)

    def _end(self, error: str) -> None:
        assert self.error is None, "a job ends once"
        self.error = error


@pytest.fixture
def runner(qapp) -> Iterator[Runner]:
    runner = Runner("meta_train")
    yield runner
    assert runner.close(2.0)
    assert not busy_threads()


def test_a_job_runs_until_it_is_paused(runner, qtbot) -> None:
    count = Counting()
    runner.steer(count.job)
    assert runner.state is RunState.PREPARING
    qtbot.waitUntil(lambda: runner.state is RunState.RUNNING)
    qtbot.waitUntil(lambda: len(count.arrived) > 5)
    runner.pause()
    assert runner.state is RunState.PAUSED
    time.sleep(0.01)
    reached = count.counted
    qtbot.wait(60)
    assert count.counted == reached
    assert count.arrived == list(range(reached + 1))


def test_a_worker_that_waits_keeps_nothing_of_a_job_that_has_ended(runner, qtbot) -> None:
    def count_a_little() -> weakref.ref[Counting]:
        count = Counting()
        runner.steer(count.job)
        qtbot.waitUntil(lambda: len(count.arrived) > 5)
        runner.stop()
        qtbot.waitUntil(lambda: count.error is not None)
        return weakref.ref(count)

    kept = count_a_little()
    gc.collect()
    assert kept() is None


def test_a_step_adds_exactly_one(runner, qtbot) -> None:
    count = Counting()
    count.gate.pause()
    runner.steer(count.job)
    for expected in range(1, 6):
        runner.step()
        qtbot.waitUntil(lambda expected=expected: count.counted == expected)
        qtbot.waitUntil(lambda expected=expected: count.arrived[-1:] == [expected])
        assert runner.state is RunState.PAUSED
        qtbot.wait(20)
        assert count.counted == expected


def test_stop_while_paused_ends_the_job(runner, qtbot) -> None:
    count = Counting()
    runner.steer(count.job)
    qtbot.waitUntil(lambda: runner.state is RunState.RUNNING)
    runner.pause()
    runner.stop()
    assert runner.state is RunState.STOPPING
    qtbot.waitUntil(lambda: runner.state is RunState.IDLE)
    assert count.error == ""


def test_a_job_that_never_began_ends_at_once(runner) -> None:
    count = Counting()
    runner.steer(count.job, quiet_ms=10_000)
    assert runner.state is RunState.PREPARING
    runner.stop()
    assert runner.state is RunState.IDLE
    assert count.error == ""
    assert count.counted == 0


def test_of_jobs_in_quick_succession_only_the_last_begins(runner, qtbot) -> None:
    counts = [Counting() for _ in range(5)]
    for count in counts:
        runner.steer(count.job, quiet_ms=30)
    qtbot.waitUntil(lambda: len(counts[-1].arrived) > 3)
    assert [bool(count.arrived) for count in counts] == [False] * 4 + [True]


def test_a_failure_becomes_one_line_and_a_log(runner, qtbot) -> None:
    ends: list[str] = []

    def fail() -> Iterator[int]:
        yield 1
        raise ValueError("two\nlines")

    arrived: list[int] = []
    runner.steer(Job("Counting", fail, arrived.extend, ends.append))
    qtbot.waitUntil(lambda: bool(ends))
    assert ends == [f"Counting failed: ValueError: two lines. The details are in {log_file()}"]
    assert arrived == [1]
    assert "Traceback" in log_file().read_text(encoding="utf-8")
    assert runner.state is RunState.IDLE


def test_what_is_refused_is_its_own_line_and_no_fault(runner, qtbot) -> None:
    ends: list[str] = []

    def refuse() -> Iterator[int]:
        yield 1
        raise SettingError("Shots K is 0; it must be at least 1")

    runner.steer(Job("Counting", refuse, on_end=ends.append))
    qtbot.waitUntil(lambda: bool(ends))
    assert ends == ["Shots K is 0; it must be at least 1"]
    assert not log_file().exists()


def test_after_a_failure_the_next_job_runs(runner, qtbot) -> None:
    def fail() -> Iterator[int]:
        raise RuntimeError
        yield

    runner.submit(Job("fail", fail))
    count = Counting()
    runner.steer(count.job)
    qtbot.waitUntil(lambda: len(count.arrived) > 3)
    assert runner.state is RunState.RUNNING


def test_closing_while_native_code_runs_returns_at_once_and_the_thread_ends_by_itself(qapp, qtbot) -> None:
    runner = Runner("meta_train")

    def compile() -> Iterator[int]:
        time.sleep(0.8)  # like a compilation: nothing can interrupt it
        yield 1

    count = Counting()
    runner.submit(Job("compile", compile))
    runner.steer(count.job)
    qtbot.wait(50)
    assert not runner.close(0.1)
    assert busy_threads() == ["meta_train"]
    del runner
    qtbot.waitUntil(lambda: not busy_threads(), timeout=3000)
    assert count.counted == 0


def test_a_job_that_is_stopped_while_it_compiles_is_over_at_once_and_the_next_does_not_wait(runner, qtbot) -> None:
    is_compiled, next_one = threading.Event(), Counting()
    said: list[str] = []

    def compile() -> Iterator[int]:
        is_compiled.wait(20.0)  # like a compilation: nothing can interrupt it
        yield 1

    heard: list[int] = []
    runner.steer(Job("compile", compile, on_items=heard.extend, on_end=said.append))
    waiting = Counting()
    runner.submit(waiting.job)
    qtbot.wait(50)
    runner.stop()
    assert runner.state is RunState.IDLE
    assert said == [""]
    runner.steer(next_one.job)
    waiting.job.gate.close()
    qtbot.waitUntil(lambda: runner.state is RunState.RUNNING)
    is_compiled.set()
    qtbot.waitUntil(lambda: len(busy_threads()) == 1)
    runner.drain()
    assert (heard, said) == ([], [""])


def test_no_more_threads_are_left_behind_than_there_are_cores_to_spare(runner, qtbot) -> None:
    is_compiled = threading.Event()

    def compile() -> Iterator[int]:
        is_compiled.wait(20.0)
        yield 1

    for _ in range(5):
        runner.steer(Job("compile", compile))
        qtbot.wait(20)
        runner.stop()
    assert len(busy_threads()) == MOST_BEHIND + 1
    assert runner.state is RunState.STOPPING
    is_compiled.set()
    qtbot.waitUntil(lambda: runner.state is RunState.IDLE)
    qtbot.waitUntil(lambda: len(busy_threads()) <= 1)


def test_what_gives_way_to_a_hand_is_told_of_once_its_picture_has_been_asked_for(runner, qtbot, monkeypatch) -> None:
    for name, milliseconds in (("LATEST_MS", 60_000), ("SELDOM_MS", 100)):
        monkeypatch.setattr(f"metalearn_gui.bridge.runner.{name}", milliseconds)
    counting = Counting()
    runner.steer(counting.job)
    qtbot.waitUntil(lambda: bool(counting.arrived))
    runner.give_way(True)
    told = len(counting.arrived)
    qtbot.wait(150)
    assert counting.counted > told == len(counting.arrived)
    runner.use_pause()
    assert told == len(counting.arrived)  # the picture comes first
    qtbot.waitUntil(lambda: len(counting.arrived) > told)
    told = len(counting.arrived)
    monkeypatch.setattr("metalearn_gui.bridge.runner.SELDOM_MS", 60_000)
    runner.use_pause()  # nothing is due yet
    qtbot.wait(50)
    assert told == len(counting.arrived)
    runner.give_way(False)
    qtbot.waitUntil(lambda: len(counting.arrived) > told)


def test_a_dropped_runner_ends_its_thread(qapp, qtbot) -> None:
    runner = Runner("meta_train")
    count = Counting()
    runner.steer(count.job)
    qtbot.waitUntil(lambda: count.counted > 3)
    del runner
    qtbot.waitUntil(lambda: not busy_threads(), timeout=3000)


def test_a_thousand_presses_at_random_lose_nothing(runner, qtbot, qapp) -> None:
    chance = random.Random(4)
    counts: list[Counting] = []

    def start() -> None:
        counts.append(Counting())
        runner.steer(counts[-1].job, quiet_ms=chance.choice([0, 0, 1, 5]))

    presses = [start, runner.run, runner.pause, runner.step, runner.stop]
    for _ in range(1000):
        chance.choice(presses)()
        if chance.random() < 0.5:
            qapp.processEvents()
        if chance.random() < 0.05:
            time.sleep(0.005)
    runner.stop()
    qtbot.waitUntil(lambda: all(count.error is not None for count in counts), timeout=10_000)
    assert runner.state is RunState.IDLE
    for count in counts:
        assert count.error == ""
        assert count.arrived == list(range(len(count.arrived)))
        assert count.counted == max(0, len(count.arrived) - 1)
    assert sum(count.counted for count in counts) > 0
    assert busy_threads() == ["meta_train"]


def test_the_process_ends_soon_after_a_compilation_that_outlives_its_window() -> None:
    code = """
import threading, time
from PySide6.QtGui import QGuiApplication
from metalearn_gui.bridge.runner import Job, Runner
app = QGuiApplication([])
runner, begun = Runner(), threading.Event()
def compile():
    begun.set()
    time.sleep(1.0)
    yield
runner.submit(Job("compile", compile))
begun.wait()
assert not runner.close(0.05)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
