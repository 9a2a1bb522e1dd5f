"""Doing something once a window is on the screen: what is slow must not hold its first picture back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QWidget

from metalearn_gui.ui.lookout import once


def after_first_paint(window: QWidget, call: Callable[[], object]) -> None:
    """Call once, right after the window has been painted for the first time."""
    # The picture is made while this event is handled.
    once(window, QEvent.Type.UpdateRequest, lambda: QTimer.singleShot(0, window, call))
