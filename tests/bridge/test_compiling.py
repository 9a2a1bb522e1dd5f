"""The time that a compilation takes, beside that of the last one of its kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject

from metalearn_gui.bridge import compiling
from metalearn_gui.bridge.compiling import Compiling
from metalearn_gui.store import compile_times
from tests.bridge.conftest import small_settings


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its only value is what time it is."""
    now = [100.0]
    monkeypatch.setattr(compiling.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def counted(qapp: object) -> Iterator[Compiling]:
    owner = QObject()
    counted = Compiling(owner)
    yield counted
    counted.follow(None, is_cut_short=True)


def test_seconds_are_counted_and_the_next_of_its_kind_knows_them(counted: Compiling, clock: list[float]) -> None:
    counted.follow(small_settings())
    clock[0] += 7.4
    assert counted.text == "compiling, 7 s"
    counted.follow(None)
    counted.follow(small_settings(hidden_dim=5))
    clock[0] += 2.0
    assert counted.text == "compiling, 2 s; the last time it took 7 s"
    counted.follow(small_settings(learner="reptile"))
    assert counted.text == "compiling, 0 s"


@pytest.mark.parametrize(("seconds", "is_cut_short"), [(0.1, False), (5.0, True)])
def test_what_was_ready_or_cut_short_says_nothing_of_the_next(
    counted: Compiling, clock: list[float], seconds: float, is_cut_short: bool
) -> None:
    counted.follow(small_settings())
    clock[0] += seconds
    counted.follow(None, is_cut_short)
    assert compile_times.seconds_of(small_settings()) is None


def test_a_count_goes_on_while_the_same_settings_come_again(counted: Compiling, clock: list[float]) -> None:
    for _ in range(3):
        counted.follow(small_settings())
        clock[0] += 2.0
    assert counted.text == "compiling, 6 s"


def test_another_structure_begins_its_own_count(counted: Compiling, clock: list[float]) -> None:
    counted.follow(small_settings())
    clock[0] += 5.0
    counted.follow(small_settings(inner_steps=2))
    assert counted.text == "compiling, 0 s"
    assert compile_times.seconds_of(small_settings()) is None


def test_a_damaged_file_of_times_is_none(counted: Compiling) -> None:
    compile_times.remember_seconds(small_settings(), 3.0)
    compile_times._place().write_text("[1, 2]")
    assert compile_times.seconds_of(small_settings()) is None
