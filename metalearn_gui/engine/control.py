"""How the outside steers a running experiment: a budget of meta-iterations, and settings marked live.

No Qt: a script may use the same gate.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from typing import Any


class Gate:
    """A budget of meta-iterations. run = unlimited, pause = 0, step = + 1, close = none ever again."""

    def __init__(self, budget: float = math.inf) -> None:
        self._condition = threading.Condition()
        self._budget = budget
        self._closed = self._is_woken = self._gives_way = False

    def run(self) -> None:
        """Let the experiment go on without a bound."""
        self._set_budget(math.inf)

    def pause(self) -> None:
        """Take back what is left of the budget; the chunk under way still ends."""
        self._set_budget(0)

    def step(self, count: int = 1) -> None:
        """Allow `count` more meta-iterations, from a pause."""
        with self._condition:
            self._budget += count
            self._condition.notify_all()

    def close(self) -> None:
        """End the experiment at its next look; a closed gate stays closed."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def is_paused(self) -> bool:
        return not self._closed and self._budget == 0

    @property
    def is_unlimited(self) -> bool:
        return not self._closed and self._budget == math.inf

    def take_now(self, maximum: int) -> int | None:
        """Up to `maximum` of the budget; None while there is none; 0 once the gate is closed."""
        with self._condition:
            if self._closed:
                return 0
            if self._budget <= 0:
                return None
            taken = int(min(maximum, self._budget))
            self._budget -= taken
            return taken

    def give_way(self, gives_way: bool) -> None:
        """Whether something else is waited for on this machine: chunks are short then, with a rest after each."""
        with self._condition:
            self._gives_way = gives_way
            self._condition.notify_all()

    @property
    def gives_way(self) -> bool:
        return self._gives_way

    def rest(self, seconds: float) -> None:
        """Stand still so long where this gives way; no longer than it does, and not once the gate is closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._closed or not self._gives_way, seconds)

    def wake(self) -> None:
        """Let a paused experiment look round: there are other live values."""
        with self._condition:
            self._is_woken = True
            self._condition.notify_all()

    def wait(self) -> None:
        """Until there is a budget, the gate is closed, or it is woken."""
        with self._condition:
            self._condition.wait_for(lambda: self._closed or self._budget > 0 or self._is_woken)
            self._is_woken = False

    def _set_budget(self, budget: float) -> None:
        with self._condition:
            self._budget = budget
            self._condition.notify_all()


class LiveValues:
    """Changes of live settings on their way to a running experiment; the newest value of a name wins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changes: dict[str, Any] = {}

    def put(self, changes: Mapping[str, Any]) -> None:
        """Hand over values (already checked) that count from the next chunk on."""
        with self._lock:
            self._changes.update(changes)

    def take(self) -> dict[str, Any]:
        """What has come since the last call."""
        with self._lock:
            changes, self._changes = self._changes, {}
        return changes
