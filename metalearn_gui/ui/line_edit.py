"""A line of text to write in."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget


class LineEdit(QLineEdit):
    """Takes no drops: whatever is dropped on it means the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(False)

    def event(self, event: QEvent) -> bool:
        if leaves_undo(self, event):
            event.ignore()
            return False
        return super().event(event)


def leaves_undo(edit: QLineEdit, event: QEvent) -> bool:
    """Whether a key means the window's undo or redo: nothing has been typed here that could be taken back."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent) or edit.isModified():
        return False
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
