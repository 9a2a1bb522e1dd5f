"""Events that something sees before their widget does.

Qt's other way, overriding `event`, has all that a widget paints and answers run inside that override; an exception
under way there ends the process (PySide 6.10 and 6.11 with Python 3.11: they take it for an object before it is one).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class Lookout(QObject):
    """Belongs to a widget and shows all its events to `sees`, which says whether the widget need not see one."""

    def __init__(self, widget: QWidget, sees: Callable[[QEvent], bool]) -> None:
        super().__init__(widget)
        self._sees = sees
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return self._sees(event)


def claim_keys(widget: QWidget, is_wanted: Callable[[QKeyEvent], bool]) -> None:
    """Keys that mean this widget while it has the focus, and not the window's shortcuts."""

    def claim(event: QEvent) -> bool:
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent) or not is_wanted(event):
            return False
        event.accept()
        return True

    Lookout(widget, claim)


def pressed(event: QKeyEvent) -> QKeySequence:
    """The key and what is held with it."""
    return QKeySequence(event.keyCombination())


def by_keys(event: QFocusEvent) -> bool:
    """Whether a widget got the keyboard by a key, and so for keys; else by a press, or as its window came forward."""
    return event.reason() in KEYS


def once(widget: QWidget, kind: QEvent.Type, then: Callable[[], object]) -> None:
    """When the first event of this kind comes, just before the widget has it."""

    def look(event: QEvent) -> bool:
        if event.type() == kind:
            widget.removeEventFilter(lookout)
            then()
        return False

    lookout = Lookout(widget, look)
