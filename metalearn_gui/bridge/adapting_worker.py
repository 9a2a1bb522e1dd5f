"""The worker that adapts to the tasks on the screen: what is compiled for it, and whose answers still count."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Any

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.adapter import Adapter
from metalearn_gui.bridge.latest import Latest, Request
from metalearn_gui.bridge.shown import Shown
from metalearn_gui.bridge.touches import TouchedTask

# Ranks of requests, lower goes first: one uncompiled picture of what has none, and only then what takes seconds.
# To inspect is uncompiled and takes up to half a second, so it has a thread of its own: no hand waits for it.
FIRST, WARMING, TOUCHING, FOLLOWING, SHOWING, MAKING_ROOM, INSPECTING = range(7)


class AdaptingWorker(QObject):
    """Answers the newest request of each key. A learner is warm once its adaptation is compiled."""

    warmed = Signal(object)  # Shown.structure: warm from now on
    failed = Signal(str)

    def __init__(self, compile: bool, parent: QObject) -> None:
        super().__init__(parent)
        self.adapter = Adapter(compile)
        self._compiles = compile
        self._latest, self._inspecting = Latest("touch", self), Latest("inspect", self)
        self._warm: set[tuple[object, ...]] = set()
        self._series = 0

    def is_warm(self, shown: Shown) -> bool:
        """Whether it answers at a hand's pace."""
        return not self._compiles or self.has_compiled(shown)

    def has_compiled(self, shown: Shown) -> bool:
        """Whether its adaptation is compiled; never where nothing is."""
        return shown.structure in self._warm and self.adapter.has_compiled(shown.settings)

    def warm_up(self, shown: Shown, tasks: tuple[TouchedTask, ...]) -> None:
        """Compile what these tasks ask for."""
        if not self.is_warm(shown):
            self._compile("warm", shown, tasks, WARMING)

    def make_room(self, shown: Shown, tasks: tuple[TouchedTask, ...]) -> None:
        """Compile for what tasks of a warm learner have grown to, before it feels slow."""
        if self._compiles and self.is_warm(shown):
            self._compile("room", shown, tasks, MAKING_ROOM)

    def begin_series(self) -> None:
        """What `ask` was asked before is answered no more."""
        self._series += 1

    def ask(self, key: Hashable, compute: Callable[[], Any], take: Callable[[Any], None], rank: int) -> None:
        """Have something computed that counts until the next series begins."""
        series = self._series

        def deliver(result: Any) -> None:
            if series == self._series:
                take(result)

        self.request(key, Request(compute, deliver, self.failed.emit, rank))

    def request(self, key: Hashable, request: Request) -> None:
        """Have something computed that counts whatever comes after."""
        latest = self._inspecting if request.rank == INSPECTING else self._latest
        latest.request(key, request)

    def close(self, seconds: float) -> bool:
        """End the threads; wait so long for each at most. Whether they have ended."""
        ended = [latest.close(seconds) for latest in (self._latest, self._inspecting)]
        return all(ended)

    def _compile(self, key: str, shown: Shown, tasks: tuple[TouchedTask, ...], rank: int) -> None:
        compute = functools.partial(shown.warm_up, self.adapter, tasks)
        take = functools.partial(self._take, shown.structure, self.is_warm(shown))
        self.request(key, Request(compute, take, self.failed.emit, rank))

    def _take(self, structure: tuple[object, ...], was_warm: bool, _: None) -> None:
        self._warm.add(structure)
        if not was_warm:
            self.warmed.emit(structure)
