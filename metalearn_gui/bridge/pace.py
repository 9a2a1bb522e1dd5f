"""How fast it goes, of late, and how much memory it takes."""

from __future__ import annotations

import collections
import time

import psutil

WINDOW_SECONDS = 2.0
MEMORY_SECONDS = 1.0
SETTLING_SECONDS = 1.0  # a run begins with one meta-iteration and an evaluation: at that pace it would take hours
SETTLING_MARKS = 3


class Pace:
    """Tasks per second over the last two seconds."""

    def __init__(self) -> None:
        self._marks: collections.deque[tuple[float, int]] = collections.deque()
        self._began_at, self._num_marks = 0.0, 0

    def restart(self) -> None:
        """Forget: after a pause, an old mark would count the pause."""
        self._marks.clear()
        self._num_marks = 0

    def mark(self, tasks_seen: int) -> None:
        """So many tasks by now."""
        now = time.perf_counter()
        if not self._num_marks:
            self._began_at = now
        self._num_marks += 1
        self._marks.append((now, tasks_seen))
        while len(self._marks) > 2 and now - self._marks[0][0] > WINDOW_SECONDS:
            self._marks.popleft()

    @property
    def tasks_per_second(self) -> float:
        if len(self._marks) < 2:
            return 0.0
        (start, first), (end, last) = self._marks[0], self._marks[-1]
        return (last - first) / (end - start) if end > start else 0.0

    def seconds_for(self, num_tasks: int) -> float | None:
        """How long so many tasks take at this pace; None before it has settled."""
        pace = self.tasks_per_second
        return num_tasks / pace if pace > 0 and self._has_settled else None

    @property
    def _has_settled(self) -> bool:
        return self._num_marks >= SETTLING_MARKS and self._marks[-1][0] - self._began_at >= SETTLING_SECONDS


class Memory:
    """The memory of this process; asked at most once a second, for asking takes time."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._asked_at, self._megabytes = -MEMORY_SECONDS, 0.0

    @property
    def megabytes(self) -> float:
        now = time.perf_counter()
        if now - self._asked_at >= MEMORY_SECONDS:
            self._asked_at, self._megabytes = now, self._process.memory_info().rss / 1e6
        return self._megabytes
