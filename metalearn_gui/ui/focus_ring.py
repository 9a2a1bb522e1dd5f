"""A ring round the focused widget, while the keyboard moves the focus.

A picture under the hand says so itself, with `rings_itself`: keys act there however one came, and its ring is its own.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QWidget

from metalearn_gui.ui.application import the_application
from metalearn_gui.ui.explanation import WhyButton
from metalearn_gui.ui.lookout import Lookout
from metalearn_gui.ui.reading_order import move_focus
from metalearn_gui.ui.theme import theme

MARGIN = 3
BESIDE = {"title": 7, "link": 5}  # by kind: pixels at the left and right of words that reach to the widget's edges
CLOSE = 1  # beside a number or a "?", whose neighbours are closer than the ring is thick


class FocusRing(QWidget):
    """Lies over its window and lets every event through. `lead` shows it, a mouse press hides it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("focus_ring")
        self._window = window
        self._target: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        self._settle = QTimer(self, singleShot=True, interval=0)  # once the layouts have placed what it lies round
        self._settle.timeout.connect(self._stay_round)
        Lookout(window, self._look)
        the_application().focusChanged.connect(self._leave)

    def lead(self, root: QWidget, forward: bool) -> bool:
        """Give the keyboard to what comes next within `root`, and lie round it; whether there was anything."""
        moved = move_focus(root, forward)
        self.follow()
        return moved

    def follow(self) -> None:
        """Lie round what has the keyboard."""
        target = QApplication.focusWidget()
        if target is None or not self._window.isAncestorOf(target):
            self.hide()
            return
        self._target = target
        if getattr(target, "rings_itself", False):
            self.hide()
            return
        corner = target.mapTo(self._window, QPoint(0, 0))
        is_close = isinstance(target, QAbstractSpinBox | WhyButton)
        beside = CLOSE if is_close else BESIDE.get(str(target.property("kind")), MARGIN)
        self.setGeometry(QRect(corner, target.size()).adjusted(-beside, -MARGIN, beside, MARGIN))
        self.show()
        self.raise_()

    def _look(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and not self.isHidden():
            self._settle.start()
        return False

    def _stay_round(self) -> None:
        """Where the window or its type has another size, its target has another place."""
        if not self.isHidden():
            self.follow()

    def _leave(self, old: QWidget | None, new: QWidget | None) -> None:
        if new is not self._target:
            self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().palette.text, 2))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 7, 7)
