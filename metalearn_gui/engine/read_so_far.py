"""The reading of a file of one's own: a generator that says how far it is, and returns what it has read."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class ReadSoFar:
    """Of images or bytes; total 0: not known yet."""

    done: int
    total: int


def finished(reading: Generator[ReadSoFar, None, T]) -> T:
    """What a reading comes to, in one go."""
    while True:
        try:
            next(reading)
        except StopIteration as end:
            result: T = end.value
            return result
