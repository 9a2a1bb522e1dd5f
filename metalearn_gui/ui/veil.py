"""What lies over the dimmed window, never modal: what goes on behind it goes on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from metalearn_gui.ui.focus_ring import FocusRing
from metalearn_gui.ui.named import named
from metalearn_gui.ui.reading_order import move_focus
from metalearn_gui.ui.theme import theme
from metalearn_gui.ui.translated import Translated

LARGEST, LEAST_EDGE = QSize(1160, 768), 24
DIM = {True: QColor(8, 10, 13, 190), False: QColor(20, 23, 28, 120)}  # is the theme dark?


class Veil(Translated, QWidget):
    """Fills its parent and dims it; what it holds lies on `paper`, and keys and mouse stay there."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._covered = parent
        self.paper = named(QFrame(self), f"{name}_paper")
        self.paper.setProperty("kind", "sheet")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        parent.installEventFilter(self)
        theme().changed.connect(self.restyle)
        self.hide()

    def appear(self) -> None:
        """Lie over the window."""
        self._fit()
        self.retranslate()
        self.show()
        self.raise_()
        self.window().activateWindow()  # the key may come from a card in a window of its own
        self.setFocus()

    def leave(self) -> None:
        """Back to the window; what is under way goes on."""
        self._covered.setFocus()
        self.hide()

    # --- for subclasses ---------------------------------------------------------------------------

    def rule(self) -> QFrame:
        """A line between parts of the paper."""
        line = QFrame(self.paper)
        line.setProperty("kind", "rule")
        line.setFixedHeight(1)
        return line

    def paper_place(self) -> QRect:
        """Where the paper lies."""
        size = (self.size() - QSize(2 * LEAST_EDGE, 2 * LEAST_EDGE)).boundedTo(LARGEST * theme().zoom)
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        return QRect(left, top, size.width(), size.height())

    def window_closed(self) -> None:
        """The window goes: begin nothing more."""

    def restyle(self) -> None:
        """Take the theme's colours."""
        self.update()

    # --- what Qt tells ------------------------------------------------------------------------------

    def _fit(self) -> None:
        self.setGeometry(self._covered.rect())
        self.paper.setGeometry(self.paper_place())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window's size is the veil's."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._fit()
        elif event.type() == QEvent.Type.Close:
            self.window_closed()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), DIM[theme().is_dark])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        # Anything else ends here: Space or R must not reach the run behind.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.paper.geometry().contains(event.position().toPoint()):
            self.leave()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes around inside."""
        ring = self.window().findChild(FocusRing)
        return move_focus(self, forward) if ring is None else ring.lead(self, forward)
