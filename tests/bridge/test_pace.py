from __future__ import annotations

from types import SimpleNamespace

import pytest

from metalearn_gui.bridge import pace as module
from metalearn_gui.bridge.pace import Memory, Pace


class Clock:
    """Stands in for the module `time`."""

    now = 100.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_the_pace_is_that_of_the_last_two_seconds(clock: Clock) -> None:
    pace, seen = Pace(), 0
    for tasks, num_marks in [(10, 20), (100, 5)]:  # slow, then fast
        for _ in range(num_marks):
            seen += tasks
            pace.mark(seen)
            clock.now += 0.5
    assert pace.tasks_per_second == pytest.approx(200.0)
    assert pace.seconds_for(1000) == pytest.approx(5.0)


def test_marks_further_apart_than_the_window_still_make_a_pace(clock: Clock) -> None:
    pace = Pace()
    for seen in (0, 30, 90):
        pace.mark(seen)
        clock.now += 10.0
    assert pace.tasks_per_second == pytest.approx(6.0)


def test_a_run_that_has_just_begun_foretells_no_end(clock: Clock) -> None:
    pace, seen = Pace(), 25
    pace.mark(seen)
    clock.now += 3.0  # the first evaluation
    pace.mark(seen + 25)
    assert pace.tasks_per_second > 0.0
    assert pace.seconds_for(1_750_000) is None  # it would say 58 hours
    for _ in range(10):
        clock.now += 0.1
        seen += 2_500
        pace.mark(seen)
    assert pace.seconds_for(1_750_000) == pytest.approx(70.0, rel=0.01)


def test_without_two_marks_there_is_no_pace(clock: Clock) -> None:
    pace = Pace()
    pace.mark(0)
    pace.mark(10)  # at the same moment
    assert pace.tasks_per_second == 0.0
    assert pace.seconds_for(1) is None
    clock.now += 1.0
    pace.mark(20)
    assert pace.tasks_per_second == pytest.approx(20.0)
    pace.restart()
    pace.mark(30)
    assert pace.tasks_per_second == 0.0


def test_memory_is_asked_for_at_most_once_a_second(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    told = iter([150_000_000, 250_000_000, 350_000_000])
    process = SimpleNamespace(memory_info=lambda: SimpleNamespace(rss=next(told)))
    monkeypatch.setattr(module, "psutil", SimpleNamespace(Process=lambda: process))
    memory, seen = Memory(), []
    for seconds in (0.0, 0.9, 0.1, 0.5, 0.5):
        clock.now += seconds
        seen.append(memory.megabytes)
    assert seen == [150.0, 150.0, 250.0, 250.0, 350.0]


def test_of_marks_within_the_window_the_oldest_counts(clock: Clock) -> None:
    pace = Pace()
    for seen in (0, 10, 40):
        pace.mark(seen)
        clock.now += 1.0
    assert pace.tasks_per_second == pytest.approx(20.0)
