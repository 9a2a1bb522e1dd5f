"""A line over the cards of choices, while a setting is sought; below it words where none is found."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from metalearn_gui.ui.icons import icon, pixmap
from metalearn_gui.ui.line_edit import LineEdit
from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.translated import Translated

HEIGHT, LONGEST = 34, 60  # pixels; letters of what was sought that are said again


class SettingsSearch(Translated, QFrame):
    """Says `sought` with every letter, `entered` by Enter or Down; Escape or the cross ends the search."""

    sought = Signal(str)
    entered = Signal()

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

    def leave(self) -> None:
        """End, and give the keyboard back to the window."""
        self.end()
        self.window().setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def retranslate(self) -> None:
        """Write every visible text."""
        self._line.setPlaceholderText(self.tr("Find a setting"))
        self._line.setAccessibleName(self.tr("Find a setting"))
        self._line.setToolTip(self.tr("A part of its name or of what it does (Ctrl+F); Enter goes to it"))
        self._close.setToolTip(self.tr("End the search (Esc)"))
        self._close.setAccessibleName(self._close.toolTip())

    def _restyle(self) -> None:
        self._icon.setPixmap(pixmap("search", scaled(14), scaled(14), self.devicePixelRatioF(), theme().palette.muted))
        self._close.setIcon(icon("close", theme().palette.muted))


class NothingFound(Translated, QFrame):
    """In the place of the cards while no setting has what is sought: says so, and how else to go on."""

    soughtElsewhere = Signal(str)  # what is sought

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._sought = ""
        self._says = named(QLabel(self), "settings_search_none")
        self._says.setWordWrap(True)
        self._says.setTextFormat(Qt.TextFormat.PlainText)
        self._says.setFont(ui_font(13))
        self.elsewhere = named(QPushButton(self), "settings_search_elsewhere")
        self.elsewhere.setProperty("kind", "link")
        self.elsewhere.setFont(ui_font(12.5, 500))
        self.elsewhere.clicked.connect(lambda: self.soughtElsewhere.emit(self._sought))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(14, 12, 14, 12)
        rows.addWidget(self._says)
        rows.addWidget(self.elsewhere, 0, Qt.AlignmentFlag.AlignLeft)
        self.retranslate()
        self.hide()

    def show_sought(self, text: str) -> None:
        """Say that this is the name of no setting."""
        self._sought = text
        self.retranslate()
        self.show()

    def retranslate(self) -> None:
        """Write every visible text."""
        says = self.tr('No setting has "{text}" in its name or in what it does. Try a shorter part of the word.')
        shown = self._sought if len(self._sought) <= LONGEST else self._sought[: LONGEST - 1] + "…"
        self._says.setText(says.format(text=shown))
        self.elsewhere.setText(self.tr("Find it anywhere else (Ctrl+K)"))
        self.elsewhere.setAccessibleName(self.elsewhere.text())
        self.elsewhere.setToolTip(self.tr("Among commands, cards, learners, task families, presets and runs"))
