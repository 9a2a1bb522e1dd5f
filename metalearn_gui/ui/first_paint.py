"""Doing something once a window is on the screen: what is slow must not hold its first picture back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


class _FirstPaint(QObject):
    def __init__(self, window: QWidget, call: Callable[[], object]) -> None:
        super().__init__(window)
        self._call = call
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._call)  # the picture is made while this event is handled
        return False


def after_first_paint(window: QWidget, call: Callable[[], object]) -> None:
    """Call once, right after the window has been painted for the first time."""
    _FirstPaint(window, call)
