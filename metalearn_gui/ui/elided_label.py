"""A label that gives way: too long a text ends in an ellipsis and is whole in the tooltip."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """A one-line QLabel that may be narrower than its text."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._short: tuple[str, ...] = ()
        self._help = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_short(self, *texts: str) -> None:
        """What is shown where the text does not fit: the first of these that does."""
        self._short = texts
        self.update()

    def set_help(self, text: str) -> None:
        """What the tooltip says, after the text where that is cut; "" for nothing."""
        self._help = text
        self._tell()

    def _tell(self) -> None:
        cut = self.text() if self.shown_text != self.text() else ""
        self.setToolTip("\n".join(filter(None, (cut, self._help))))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self.alignment() | Qt.TextFlag.TextSingleLine, self.shown_text)

    @property
    def shown_text(self) -> str:
        """What is drawn: the text, the short one, or as much as there is room for."""
        whole = next((text for text in (self.text(), *self._short) if text and self._fits(text)), "")
        return whole or self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())

    def _fits(self, text: str) -> bool:
        return self.fontMetrics().horizontalAdvance(text) <= self.width()  # Qt's own cuts it for a fraction of a pixel


class Hint(ElidedLabel):
    """One that is never cut within a part: the last parts are left out, or all; the tooltip has them."""

    @property
    def shown_text(self) -> str:
        ends = [part.start() for part in re.finditer(r", | · ", self.text())]
        parts = (self.text()[:end] for end in reversed(ends))
        return next((text for text in (self.text(), *self._short, *parts) if text and self._fits(text)), "")
