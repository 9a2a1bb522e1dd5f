"""Editors of settings that are text: any text, or the path of a file or folder."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from metalearn_gui.engine.params import Param
from metalearn_gui.ui.data_files import DataMenu
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.line_edit import LineEdit
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.translated import Translated

BESIDE_THE_TEXT = 46  # frame, margins and the button inside
LEAST_WIDTH = 96  # beside a setting's name; it takes what is left there


class TextBox(LineEdit):
    """A line of text, taken when editing ends."""

    edited = Signal(object)

    def __init__(self, spec: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(spec.name)
        self.setFont(ui_font(13))
        self._written = ""
        self.editingFinished.connect(self._finish)

    def sizeHint(self) -> QSize:
        return QSize(scaled(LEAST_WIDTH), super().sizeHint().height())

    def show_value(self, value: str) -> None:
        """Show the session's value; nothing is emitted."""
        self._write(value)

    def _write(self, text: str) -> None:
        self._written = text
        blocker = QSignalBlocker(self)
        self.setText(text)
        self.home(False)  # the beginning is in sight, where not all is
        blocker.unblock()

    def _finish(self) -> None:
        if self.text() != self._written:
            self.edited.emit(self.text())


class PathBox(Translated, TextBox):
    """A path that can be typed, or chosen by the button inside; its end is in sight while nobody types."""

    def __init__(self, spec: Param, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self._path = ""
        self._menu = DataMenu(self)
        self._menu.chosen.connect(self.edited.emit)
        self._browse = self.addAction(icon("folder"), QLineEdit.ActionPosition.TrailingPosition)
        self._browse.triggered.connect(self._open_menu)
        self._button = self.findChildren(QToolButton)[0]  # Qt makes it for the action
        self._button.setObjectName(f"{spec.name}_browse")
        theme().changed.connect(self._restyle)
        self._restyle()
        self.retranslate()

    def show_value(self, value: str) -> None:
        self._path = value
        self.setToolTip(value)
        self._write(value if self.hasFocus() else self._elided())

    def _open_menu(self) -> None:
        self._menu.popup_at(self, self._path)

    def _elided(self) -> str:
        return self.fontMetrics().elidedText(self._path, Qt.TextElideMode.ElideLeft, self.width() - BESIDE_THE_TEXT)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self.text() == self._written:
            self._write(self._path)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.text() == self._written:
            self._write(self._elided())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.hasFocus() and self.text() == self._written:
            self._write(self._elided())

    def retranslate(self) -> None:
        """Write every visible text."""
        self._browse.setText(self.tr("Choose a file or a folder"))
        self._browse.setToolTip(self._browse.text())
        self._button.setAccessibleName(self._browse.text())
        self.setPlaceholderText(self.tr("none"))

    def _restyle(self) -> None:
        self._browse.setIcon(icon("folder", theme().palette.muted))
