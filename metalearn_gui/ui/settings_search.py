"""A line over the cards of choices, while a setting is sought."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from metalearn_gui.ui.icons import icon, pixmap
from metalearn_gui.ui.line_edit import LineEdit
from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.translated import Translated

HEIGHT = 34


class SettingsSearch(Translated, QFrame):
    """Says `sought` with every letter; Escape or the cross ends the search."""

    sought = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "inset")
        self.setFixedHeight(HEIGHT)
        self._icon = QLabel(self)
        self._line = named(LineEdit(self), "settings_search")
        self._line.setProperty("kind", "bare")
        self._line.setFont(ui_font(13))
        self._close = named(QToolButton(self), "settings_search_close")
        self._close.setProperty("kind", "flat")
        self._close.setIconSize(QSize(14, 14))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 6, 0)
        row.addWidget(self._icon)
        row.addWidget(self._line, 1)
        row.addWidget(self._close)
        self._line.textChanged.connect(self.sought)
        self._close.clicked.connect(self.end)
        theme().changed.connect(self._restyle)
        self.retranslate()
        self._restyle()
        self.hide()

    def begin(self) -> None:
        """Appear, and take the keyboard."""
        self.show()
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()

    def end(self) -> None:
        """Everything is in sight again."""
        self._line.clear()
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.end()
            self.window().setFocus()
        else:
            super().keyPressEvent(event)

    def retranslate(self) -> None:
        """Write every visible text."""
        self._line.setPlaceholderText(self.tr("Find a setting"))
        self._line.setAccessibleName(self.tr("Find a setting"))
        self._line.setToolTip(self.tr("A part of its name or of what it does (Ctrl+F)"))
        self._close.setToolTip(self.tr("End the search (Esc)"))
        self._close.setAccessibleName(self._close.toolTip())

    def _restyle(self) -> None:
        self._icon.setPixmap(pixmap("search", scaled(14), scaled(14), self.devicePixelRatioF(), theme().palette.muted))
        self._close.setIcon(icon("close", theme().palette.muted))
