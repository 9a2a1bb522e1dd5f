"""Threads that may outlive their window, and a log for what goes wrong on them.

A running XLA compilation cannot be interrupted. A QThread that is destroyed while it runs ends the
process, and one that is `terminate()`d may hold a lock for ever; so a thread that is still busy when its
window closes is kept here until it ends, and the end of the process waits for it, with a bound. The process of
the window waits for those alone that write.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QThread

from metalearn_gui.store.home import log_file

EXIT_SECONDS = 10.0  # the longest that the end of the process waits for a compilation, or for a slow disk

_alive: set[Thread] = set()


class Thread(QThread):
    """Runs one function; kept alive by this module until that has returned.

    writes: there is data at stake, so that no process ends without it.
    """

    def __init__(self, name: str, work: Callable[[], None], writes: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self.writes = writes
        self._work = work

    def begin(self) -> None:
        """Start, and be kept alive from here on."""
        _forget_finished()
        _alive.add(self)
        self.start()

    def run(self) -> None:
        self._work()

    def leave(self, seconds: float) -> bool:
        """Wait so long at most; whether it has ended."""
        ended = self.wait(max(0, round(seconds * 1000)))
        _forget_finished()
        return ended


def busy_threads() -> list[str]:
    """The names of threads that have not ended."""
    return [thread.objectName() for thread in _alive if thread.isRunning()]


def log_failure(what: str) -> str:
    """Append the exception being handled to the log; returns one line for a person. what: was being done, in words."""
    kind, error, _ = sys.exc_info()
    text = " ".join(str(error).split()) or "no reason given"
    with contextlib.suppress(OSError):
        log_file().parent.mkdir(parents=True, exist_ok=True)
        with log_file().open("a", encoding="utf-8") as log:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {what}\n{traceback.format_exc()}\n")
    line = f"{kind.__name__ if kind else 'Error'}: {text if len(text) <= 160 else text[:157] + '...'}"
    said = QCoreApplication.translate("Threads", "{what} failed: {error}. The details are in {file}")
    return said.format(what=what, error=line, file=log_file())


def _forget_finished() -> None:
    for thread in [thread for thread in _alive if thread.isFinished()]:
        thread.wait()
        _alive.discard(thread)


def leave_soon() -> None:
    """From now on the end of this process waits for what is written, and for nothing that is only computed."""
    threading._register_atexit(_wait_for_what_writes)  # type: ignore[attr-defined]


def _wait_for_what_writes() -> None:
    _wait_for([thread for thread in _alive if thread.writes])
    if busy_threads():
        _leave_now()


def _wait_for_the_rest() -> None:
    if not _wait_for(list(_alive)):
        _leave_now()


def _wait_for(threads: list[Thread]) -> bool:
    deadline = time.monotonic() + EXIT_SECONDS
    return all(thread.leave(deadline - time.monotonic()) for thread in threads)


def _leave_now() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # everything is on disk; what still runs holds nothing but a compilation


# Not `atexit`: what is still being imported registers its own way out there (h5py crashes without it),
# and atexit takes no more once it has begun. This runs before it; of several the last that came runs first.
threading._register_atexit(_wait_for_the_rest)  # type: ignore[attr-defined]
