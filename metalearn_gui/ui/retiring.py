"""Editors of settings that are gone, taken out of use before they are deleted."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import QApplication, QLayout, QWidget


def retire(widgets: Collection[QWidget]) -> None:
    """Let them say nothing more, and take the keyboard from them.

    One that loses the keyboard says what was typed in it, of a setting that there is no more; and one that is
    deleted with the keyboard in it leaves Qt looking for the next one among widgets that are going too.
    """
    for widget in widgets:
        for one in (widget, *widget.findChildren(QWidget)):
            one.blockSignals(True)
    focused = QApplication.focusWidget()
    holder = next((one for one in widgets if one is focused or one.isAncestorOf(focused)), None) if focused else None
    if holder is not None:
        holder.window().setFocus()


def empty(layout: QLayout) -> None:
    """Let the widgets go that a layout holds."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
