"""A sheet over the dimmed window, never modal: what goes on behind it goes on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.theme import theme, ui_font

LARGEST, LEAST_EDGE = QSize(1160, 768), 24
DIM = {True: QColor(8, 10, 13, 190), False: QColor(20, 23, 28, 120)}  # is the theme dark?


class Sheet(QWidget):
    """Fills its parent; what it holds lies on `paper`."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent, objectName=f"{name}_sheet")
        self.paper = QFrame(self, objectName=f"{name}_paper")
        self.paper.setProperty("kind", "sheet")
        self.title, self.subtitle = QLabel(self.paper), ElidedLabel("", self.paper)
        self.close_button = QToolButton(self.paper, objectName=f"{name}_close")
        self.close_button.clicked.connect(self.leave)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        parent.installEventFilter(self)
        theme().changed.connect(self.restyle)
        self.hide()

    def head(self) -> QHBoxLayout:
        """A line of title, subtitle and the button that closes."""
        self.title.setFont(ui_font(19, 700))
        self.subtitle.setFont(ui_font(12.5))
        self.subtitle.setProperty("tone", "muted")
        self.close_button.setProperty("kind", "flat")
        self.close_button.setIconSize(QSize(18, 18))
        line = QHBoxLayout()
        line.setContentsMargins(24, 15, 18, 13)
        line.setSpacing(14)
        line.addWidget(self.title)
        line.addWidget(self.subtitle, 1)
        line.addWidget(self.close_button)
        return line

    def rule(self) -> QFrame:
        """A line between parts."""
        line = QFrame(self.paper)
        line.setProperty("kind", "rule")
        line.setFixedHeight(1)
        return line

    def appear(self) -> None:
        """Lie over the window."""
        self._fit()
        self.retranslate()
        self.show()
        self.raise_()
        self.setFocus()

    def leave(self) -> None:
        """Back to the window; what is under way goes on."""
        self.parentWidget().setFocus()
        self.hide()

    def window_closed(self) -> None:
        """The window goes: begin nothing more."""

    def retranslate(self) -> None:
        """Write every visible text."""
        self.close_button.setToolTip(self.tr("Close (Esc)"))
        self.close_button.setAccessibleName(self.tr("Close"))

    def restyle(self) -> None:
        """Take the theme's colours."""
        self.close_button.setIcon(icon("close", theme().palette.muted))
        self.update()

    def _fit(self) -> None:
        self.setGeometry(self.parentWidget().rect())
        size = (self.size() - QSize(2 * LEAST_EDGE, 2 * LEAST_EDGE)).boundedTo(LARGEST)
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        self.paper.setGeometry(QRect(left, top, size.width(), size.height()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window's size is the sheet's."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._fit()
        elif event.type() == QEvent.Type.Close:
            self.window_closed()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), DIM[theme().is_dark])

    # --- keys and mouse stay on the sheet -------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        # Anything else ends here: Space or R must not reach the run behind the sheet.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.paper.geometry().contains(event.position().toPoint()):
            self.leave()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes around inside the sheet."""
        for _ in range(500):  # more widgets than any window has
            if not super().focusNextPrevChild(forward):
                return False
            focused = QApplication.focusWidget()
            if focused is not None and self.isAncestorOf(focused):
                return True
        return False
