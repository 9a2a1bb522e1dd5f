"""Ctrl+C, once and twice."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

from metalearn_gui.engine.control import Gate


@contextlib.contextmanager
def stopping_on_interrupt(gate: Gate) -> Iterator[None]:
    """The first Ctrl+C ends a run at its next chunk; the second one ends the program."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        gate.close()

    old = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, old)
