"""A label that gives way: too long a text ends in an ellipsis and is whole in the tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """A one-line QLabel that may be narrower than its text."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._short = self._help = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_short(self, text: str) -> None:
        """What is shown where the text does not fit and this does; "" for nothing."""
        self._short = text
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
        width = self.fontMetrics().horizontalAdvance
        if width(self.text()) <= self.width():  # Qt's own would cut it for a fraction of a pixel
            return self.text()
        if width(self._short) <= self.width() and self._short:
            return self._short
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())


class Hint(ElidedLabel):
    """One that is left out where it would be cut to less than half: the tooltip has it."""

    @property
    def shown_text(self) -> str:
        text = super().shown_text
        return text if text in (self.text(), self._short) or len(text) > len(self.text()) / 2 else ""
