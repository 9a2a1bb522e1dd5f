"""The reading of a file of one's own: a generator that says how far it is, and returns what it has read."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")
PARTS = 1000  # of something longer


@dataclasses.dataclass(frozen=True)
class ReadSoFar:
    """Of images or bytes; total 0: not known yet."""

    done: int
    total: int


def stage(reading: Generator[ReadSoFar, None, T], first: float, last: float) -> Generator[ReadSoFar, None, T]:
    """The same reading as a part of something longer, from one share of it to another."""
    while True:
        try:
            so_far = next(reading)
        except StopIteration as end:
            result: T = end.value
            return result
        share = so_far.done / so_far.total if so_far.total else 0.0
        yield ReadSoFar(round(PARTS * (first + (last - first) * share)), PARTS)


def finished(reading: Generator[ReadSoFar, None, T]) -> T:
    """What a reading comes to, in one go."""
    while True:
        try:
            next(reading)
        except StopIteration as end:
            result: T = end.value
            return result
