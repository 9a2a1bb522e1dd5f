"""Things that are made when first asked for; of many, those that were asked for last are kept."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


class Recent:
    """At most `limit` of them, and all that were asked for within `holding`. Any thread may ask."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept: dict[Hashable, Any] = {}  # oldest first
        self._held: set[Hashable] = set()
        self._is_holding = False
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for this key, or what `make` makes now."""
        with self._lock:
            found: T = self._kept.pop(key) if key in self._kept else make()
            self._kept[key] = found
            if self._is_holding:
                self._held.add(key)
            while len(self._kept) - len(self._held) > self.limit:
                del self._kept[next(one for one in self._kept if one not in self._held)]
            return found

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        """What is asked for meanwhile stays, whatever is asked for later."""
        self._is_holding = True
        try:
            yield
        finally:
            self._is_holding = False

    def release(self) -> None:
        """Hold on to none any more: of all there are, those that were asked for last stay."""
        with self._lock:
            self._held.clear()
            dropped = [self._kept.pop(key) for key in list(self._kept)[: max(0, len(self._kept) - self.limit)]]
        del dropped  # what takes its time to go keeps nobody who asks waiting

    @property
    def num_held(self) -> int:
        """How many stay whatever is asked for."""
        return len(self._held)

    def clear(self) -> None:
        """Let go of all of them."""
        with self._lock:
            self._kept.clear()
            self._held.clear()

    def __len__(self) -> int:
        return len(self._kept)
