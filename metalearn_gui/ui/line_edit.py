"""A line of text to write in."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget


class LineEdit(QLineEdit):
    """Takes no drops: whatever is dropped on it means the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(False)
