"""A few lines of Python to look at and to copy."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.translated import Translated

# Later rules win: a word inside a comment is not code.
RULES = {
    r"\b(import|as|from|for|in|with|print|return|def|None|True|False)\b": "transfer",
    r"\b\w+(?=\()": "before",
    r'"[^"\n]*"': "green_text",
    r"#[^\n]*": "muted",
}


class CodeView(Translated, QFrame):
    """Hidden while there is no code."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export_code")
        self.setProperty("kind", "inset")
        self._caption = QLabel(self)
        self._caption.setFont(ui_font(11))
        self._caption.setProperty("tone", "muted")
        self._copy = named(QPushButton(self), "export_copy")
        self._copy.setFont(ui_font(11.5, 500))
        self._copy.setIconSize(QSize(12, 12))
        self._copy.clicked.connect(self.copy)
        self._text = QPlainTextEdit(self)
        self._text.setReadOnly(True)
        self._text.setProperty("kind", "code")
        self._text.setFont(_code_font())
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setTabChangesFocus(True)
        self._highlighter = _Highlighter(self._text.document())
        head = QHBoxLayout()
        head.addWidget(self._caption, 1)
        head.addWidget(self._copy)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 6, 6, 6)
        rows.setSpacing(2)
        rows.addLayout(head)
        rows.addWidget(self._text)
        self.retranslate()
        self.restyle()

    def show_code(self, code: str) -> None:
        """All lines in sight, at most sixteen."""
        self._text.setPlainText(code.rstrip("\n"))
        lines = min(16, max(4, self._text.blockCount()))
        self._text.setFixedHeight(lines * self._text.fontMetrics().lineSpacing() + 24)
        self.setVisible(bool(code))

    def copy(self) -> None:
        """The code to the clipboard; the button says so."""
        QGuiApplication.clipboard().setText(self._text.toPlainText())
        self._copy.setText(self.tr("Copied"))

    def retranslate(self) -> None:
        """Write every visible text."""
        self._caption.setText(self.tr("load it"))
        self._copy.setText(self.tr("Copy"))
        self._copy.setAccessibleName(self.tr("Copy the code"))
        self._text.setAccessibleName(self.tr("Python code that loads the file"))

    def restyle(self) -> None:
        """Take the theme's colours."""
        self._copy.setIcon(icon("copy"))
        self._highlighter.rehighlight()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._copy.setText(self.tr("Copy"))


class _Highlighter(QSyntaxHighlighter):
    def highlightBlock(self, text: str) -> None:
        for pattern, color in RULES.items():
            style = QTextCharFormat()
            style.setForeground(theme().color_of(color))
            for match in re.finditer(pattern, text):
                self.setFormat(match.start(), match.end() - match.start(), style)


def _code_font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(scaled(12))
    return font
