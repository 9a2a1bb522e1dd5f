"""How fast it goes, of late, and how much memory it takes."""

from __future__ import annotations

import collections
import time

import psutil

WINDOW_SECONDS = 2.0
MEMORY_SECONDS = 1.0


class Pace:
    """Tasks per second over the last two seconds."""

    def __init__(self) -> None:
        self._marks: collections.deque[tuple[float, int]] = collections.deque()

    def restart(self) -> None:
        """Forget: after a pause, an old mark would count the pause."""
        self._marks.clear()

    def mark(self, tasks_seen: int) -> None:
        """So many tasks by now."""
        now = time.perf_counter()
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
        """How long so many tasks take at this pace; None while there is none."""
        pace = self.tasks_per_second
        return num_tasks / pace if pace > 0 else None


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
