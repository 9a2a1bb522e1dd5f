"""Which parts of a canvas are for a hand alone, and have no place in a picture of its task."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

MARK = "for_hand"


def mark_for_hand(*widgets: QWidget) -> None:
    """These are buttons, or words on what can be done."""
    for widget in widgets:
        widget.setProperty(MARK, True)


def is_for_hand(widget: QWidget) -> bool:
    """Whether a picture leaves it out."""
    return bool(widget.property(MARK))
