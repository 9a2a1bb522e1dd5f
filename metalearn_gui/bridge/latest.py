"""The newest request wins: a worker that answers what is asked last and drops what that made stale.

A dragged point asks 60 times a second, whatever an answer takes. Only the newest request of each key
waits; requests of a lower rank go first, so a touch comes between two tasks of the gallery.
"""

from __future__ import annotations

import dataclasses
import functools
import threading
import weakref
from collections.abc import Callable, Hashable
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from metalearn_gui.bridge.threads import Thread, log_failure
from metalearn_gui.engine.params import SettingError
from metalearn_gui.store.session_file import StoreError


@dataclasses.dataclass(frozen=True)
class Request:
    """compute runs on the worker; deliver gets its result, and failed one line, on the GUI's thread."""

    compute: Callable[[], Any]
    deliver: Callable[[Any], None]
    failed: Callable[[str], None] = lambda line: None
    rank: int = 0


class _Waiting:
    """The newest request of each key, shared by the two threads."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._requests: dict[Hashable, Request] = {}
        self._is_closed = False  # no more requests are taken in

    def put(self, key: Hashable, request: Request) -> None:
        with self._condition:
            self._requests[key] = request  # a known key keeps its place in the row
            self._condition.notify()

    def drop(self, key: Hashable) -> None:
        with self._condition:
            self._requests.pop(key, None)

    def close(self, drop: bool) -> None:
        with self._condition:
            self._is_closed = True
            if drop:
                self._requests.clear()
            self._condition.notify()

    def take(self) -> Request | None:
        """The next request, waited for; None once closed and empty."""
        with self._condition:
            self._condition.wait_for(lambda: self._is_closed or self._requests)
            if not self._requests:
                return None
            key = min(self._requests, key=lambda key: self._requests[key].rank)
            return self._requests.pop(key)


class _Post(QObject):
    """Lives as long as the worker does, so the worker may always emit."""

    answered = Signal(object, object)


class Latest(QObject):
    """A worker thread for requests; each result comes back as one queued signal."""

    def __init__(self, name: str, parent: QObject | None = None, writes: bool = False) -> None:
        """writes: as a thread's."""
        super().__init__(parent)
        self._waiting = _Waiting()
        post = _Post()
        post.answered.connect(self._hand_over)
        self._thread = Thread(name, functools.partial(_work, self._waiting, post), writes)
        self._is_closed = False
        weakref.finalize(self, self._waiting.close, drop=True)

    def request(self, key: Hashable, request: Request) -> None:
        """Ask; an older request of this key that still waits is dropped."""
        if self._is_closed:
            return
        if not self._thread.isRunning():
            self._thread.begin()
        self._waiting.put(key, request)

    def drop(self, key: Hashable) -> None:
        """Nobody waits for this key any more."""
        self._waiting.drop(key)

    def close(self, seconds: float, drop: bool = True) -> bool:
        """End the thread, after what waits or without it; wait so long at most. Whether it has ended."""
        self._is_closed = True
        self._waiting.close(drop)
        return not self._thread.isRunning() or self._thread.leave(seconds)

    def _hand_over(self, receive: Callable[[Any], None], value: Any) -> None:
        if not self._is_closed:
            receive(value)


def _work(waiting: _Waiting, post: _Post) -> None:
    """The worker's life: request after request, until it is closed."""
    while (request := waiting.take()) is not None:
        _answer(request, post)
        del request  # or a task and a network would be kept until the next one comes


def _answer(request: Request, post: _Post) -> None:
    try:
        result = request.compute()
    except (StoreError, SettingError) as error:  # no fault: a line for a person already
        post.answered.emit(request.failed, str(error))
    except Exception:
        post.answered.emit(request.failed, log_failure(QCoreApplication.translate("Latest", "Answering")))
    else:
        post.answered.emit(request.deliver, result)
