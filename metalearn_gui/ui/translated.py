"""Widgets that speak the chosen language: their texts are written again whenever it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

# Shiboken wants one class of Qt's among the bases; the checker wants to know which methods there are.
if TYPE_CHECKING:
    Base = QWidget

    def QT_TRANSLATE_NOOP(context: str, text: str, /) -> str:
        """The text, marked for lupdate; PySide's types call it an object."""
else:
    from PySide6.QtCore import QT_TRANSLATE_NOOP as QT_TRANSLATE_NOOP

    Base = object


class Translated(Base):
    """To stand before the widget's class: `class Legend(Translated, QFrame)`. Call `retranslate` once it is built."""

    def retranslate(self) -> None:
        """Write every visible text."""

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.retranslate()


class Dressed(Translated):
    """Cards and views: wholly built and about to be seen, at QEvent.Polish, they `dress` for the first time."""

    def restyle(self) -> None:
        """Take the theme's colours."""

    def dress(self) -> None:
        """Write the texts and take the colours."""
        self._retranslate()
        self._restyle()

    def _restyle(self) -> None:
        self.restyle()
