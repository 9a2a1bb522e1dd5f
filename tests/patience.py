"""Waiting in tests: over as soon as what is waited for is there, and given up only when something must be wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot

LONGEST_MS = 60_000  # on a machine that does other things, too, what takes a moment has taken twenty seconds


class PatientBot(QtBot):
    """pytest-qt's, which gives up after five seconds."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = LONGEST_MS) -> None:
        super().waitUntil(callback, timeout=max(timeout, LONGEST_MS))

    def waitSignal(self, signal: Any, *, timeout: int = LONGEST_MS, **how: Any) -> Any:
        if how.get("raising", True):  # else it is not to come, and so long is what the test would take
            timeout = max(timeout, LONGEST_MS)
        return super().waitSignal(signal, timeout=timeout, **how)
