"""A sheet over the dimmed window: a title and a way out over what it holds."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QLabel, QToolButton, QWidget

from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.veil import Veil


class Sheet(Veil):
    """As large as the window allows. Subclasses lay out `paper` and begin with `head`."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(f"{name}_sheet", parent)
        self.paper.setObjectName(f"{name}_paper")
        self.title, self.subtitle = QLabel(self.paper), ElidedLabel("", self.paper)
        self.close_button = named(QToolButton(self.paper), f"{name}_close")
        self.close_button.clicked.connect(self.leave)
        self.main_button: QAbstractButton | None = None  # that does what the sheet is there for

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard, where it is none that is ticked, or else the main one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused, button = QApplication.focusWidget(), self.main_button
            if isinstance(focused, QAbstractButton) and not focused.isCheckable():
                button = focused
            if button is not None:
                button.click()  # does nothing where it is disabled
        else:
            super().keyPressEvent(event)

    def retranslate(self) -> None:
        """Write every visible text."""
        self.close_button.setToolTip(self.tr("Close (Esc)"))
        self.close_button.setAccessibleName(self.tr("Close"))

    def restyle(self) -> None:
        """Take the theme's colours."""
        self.close_button.setIcon(icon("close", theme().palette.muted))
        super().restyle()
