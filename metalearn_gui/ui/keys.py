"""Keys that a widget wants for itself while it has the focus."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent


def is_claimed(event: QEvent, keys: Container[int]) -> bool:
    """Whether Qt asks who wants a key before it is a shortcut of the window, and it is one of these."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    return event.key() in keys
