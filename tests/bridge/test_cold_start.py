"""Cold start is tried when asked for, on a thread of its own."""

from __future__ import annotations

import pytest

from metalearn_gui.bridge.cold_start import ColdStart
from metalearn_gui.engine.ratings.quadrants import QUADRANTS
from metalearn_gui.store.records import RunRecord
from tests.engine.small import small_settings
from tests.store.sessions import trained_run


@pytest.fixture(scope="module")
def run() -> RunRecord:
    return trained_run(small_settings("ratings", "maml", test_steps=1, num_iterations=2))


@pytest.fixture
def cold_start(run, qapp, monkeypatch):
    monkeypatch.setattr("metalearn_gui.bridge.cold_start.NUM_TASKS", 10)
    found = ColdStart(lambda: run, qapp)
    yield found
    assert found.close(60.0)


def test_quadrants_come_one_by_one_and_say_of_what_they_are(cold_start, run, qtbot) -> None:
    counts = []
    cold_start.changed.connect(lambda: counts.append(len(cold_start.found)))
    cold_start.ask()
    assert cold_start.is_busy
    qtbot.waitUntil(lambda: not cold_start.is_busy, timeout=60_000)
    assert [one.name for one in cold_start.found] == list(QUADRANTS)
    assert cold_start.tried == (run.run_id, run.iteration)
    assert set(counts) >= {0, len(QUADRANTS)}


def test_what_is_cancelled_ends_and_can_be_asked_again(cold_start, qtbot) -> None:
    cold_start.ask()
    cold_start.cancel()
    assert not cold_start.is_busy
    cold_start.ask()
    qtbot.waitUntil(lambda: not cold_start.is_busy, timeout=60_000)
    assert len(cold_start.found) == len(QUADRANTS)


def test_a_split_without_users_says_so(cold_start, run, qtbot, monkeypatch) -> None:
    failed = []
    cold_start.failed.connect(failed.append)
    monkeypatch.setattr(run, "settings", run.settings.replaced(min_ratings=1000))
    cold_start.ask()
    qtbot.waitUntil(lambda: not cold_start.is_busy, timeout=60_000)
    assert "min_ratings" in failed[0]
    assert cold_start.found == []
