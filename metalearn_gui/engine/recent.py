"""Things that are made when first asked for; of many, those that were asked for last are kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Recent:
    """At most `limit` of them; None = all. Any thread may ask."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self._kept: dict[Hashable, Any] = {}  # oldest first
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for this key, or what `make` makes now."""
        with self._lock:
            found: T = self._kept.pop(key) if key in self._kept else make()
            self._kept[key] = found
            while self.limit is not None and len(self._kept) > self.limit:
                del self._kept[next(iter(self._kept))]
            return found

    def clear(self) -> None:
        """Let go of all of them."""
        with self._lock:
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)
