"""Work on a thread of its own, of which only what was asked for last is heard."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from PySide6.QtCore import QObject

from metalearn_gui.bridge.runner import Job, Runner
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.params import SettingError

QUIET_SECONDS = 0.3  # what is over sooner needs no bar

Hear = Mapping[type, Callable[[Any], None]]  # what to do with an item of each type
Work = Callable[[], Iterator[Any]]


class NewestWork:
    """hear: what to do with an item of each type that work yields; a SettingError that it raises is its last item."""

    def __init__(self, thread: str, hear: Hear, parent: QObject) -> None:
        self._runner = Runner(thread, parent)
        self._hear = hear
        self._job: Job | None = None
        self._began = 0.0

    @property
    def seconds(self) -> float:
        """Since the newest work was asked for."""
        return time.monotonic() - self._began

    def ask(self, name: str, work: Work, on_end: Callable[[str], None]) -> None:
        """Begin, in the place of what was asked for before. on_end: takes an error of ours, "" for none."""
        self.forget()
        gate = Gate()
        self._job = job = Job(name, functools.partial(_until_closed, work, gate), gate=gate)
        job.on_items = functools.partial(self._take, job)
        job.on_end = functools.partial(self._end, job, on_end)
        self._began = time.monotonic()
        self._runner.submit(job)

    def forget(self) -> bool:
        """Hear no more of it; whether there was something to wait for."""
        job, self._job = self._job, None
        if job is not None:
            job.gate.close()
        return job is not None

    def close(self, seconds: float) -> bool:
        """End the thread; wait so long at most. Whether it has ended."""
        self.forget()
        return self._runner.close(seconds)

    def _take(self, job: Job, items: list[Any]) -> None:
        for item in items:
            if job is self._job:
                self._hear[type(item)](item)

    def _end(self, job: Job, on_end: Callable[[str], None], error: str) -> None:
        if job is self._job:
            self._job = None
            on_end(error)


def _until_closed(work: Work, gate: Gate) -> Iterator[Any]:
    try:
        for item in work():
            if gate.is_closed:
                return
            yield item
    except SettingError as error:
        yield error
