"""Cards of choices over a narrow window's content."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget
from shiboken6 import isValid

from metalearn_gui.ui.application import the_application
from metalearn_gui.ui.focus_ring import FocusRing
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.reading_order import holds_keyboard

GAP = 12


class PopOver(QFrame):
    """Lies over the content; Escape or a press elsewhere in the window closes it. The keyboard goes back from it."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("pop_over")
        self.keys: tuple[str, ...] = ()
        self.setProperty("kind", "overlay")
        self._came_from: QWidget | None = None  # what had the keyboard before
        self._inside = QVBoxLayout(self)
        self._inside.setContentsMargins(GAP, GAP, 2, GAP)
        self.hide()

    @property
    def shown_keys(self) -> tuple[str, ...]:
        """The cards that are in sight here."""
        return self.keys if self.isVisible() else ()

    def open_with(self, content: QWidget, keys: tuple[str, ...], place: QRect) -> None:
        """Show the cards `keys` of the content at a place of the window."""
        self.keys = keys
        if not holds_keyboard(self):
            self._came_from = QApplication.focusWidget()
        self._inside.addWidget(content)
        content.show()
        self.setGeometry(place)
        self.show()
        self.raise_()

    def take_keyboard(self, panel: Panel) -> None:
        """For a card in it, where keys led to it: a press leaves the keyboard where it is."""
        if (ring := self._ring) is not None:
            QTimer.singleShot(0, panel, lambda: self._lead(panel.keyboard_goal(), ring))  # once it is laid out

    def leave(self) -> None:
        """Hide, and give the keyboard back."""
        has_keyboard, ring, back = holds_keyboard(self), self._ring, self._came_from
        self.hide()
        self._came_from = None
        if has_keyboard:
            self._lead(back if back is not None and isValid(back) else self.window(), ring)

    @property
    def _ring(self) -> FocusRing | None:
        """The window's, while it is shown: then keys lead."""
        ring = self.window().findChild(FocusRing)
        return ring if isinstance(ring, FocusRing) and ring.isVisible() else None

    def _lead(self, widget: QWidget, ring: FocusRing | None) -> None:
        widget.setFocus()
        if ring is not None:
            ring.follow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        the_application().installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        the_application().removeEventFilter(self)
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            is_elsewhere = watched is not self and not self.isAncestorOf(watched)
            if is_elsewhere and watched.window() is self.window() and not _is_on_the_rail(watched):
                self.closed.emit()
        return False


def _is_on_the_rail(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    return parent is not None and parent.objectName() == "rail"
