"""Widgets one under the other, with nothing between them."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget


def in_rows(*widgets: QWidget) -> QWidget:
    """Widgets one under the other; what can grow takes the room."""
    holder = QWidget()
    rows = QVBoxLayout(holder)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    for widget in widgets:
        rows.addWidget(widget)
    return holder
