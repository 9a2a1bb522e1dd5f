"""A live number: a caption over a value and what it counts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import restyle_by_properties, scaled, ui_font

GAP, AFTER = 6, 8  # between the value and its unit; after the unit, before the next figure


class Figure(QWidget):
    """The value's label carries the objectName, so that scripts can read it.

    It places its labels itself: a layout would ask the whole window for a new one with every number.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = 0.0
        self._needed = QSize()
        self._caption, self._value, self._unit = QLabel(self), named(QLabel(self), name), QLabel(self)
        self._caption.setFont(ui_font(11.5))
        self._value.setFont(ui_font(16, 600))
        self._unit.setFont(ui_font(11.5))
        for label in (self._caption, self._unit):
            label.setProperty("tone", "muted")

    def set_room(self, px: float) -> None:
        """Take no less than this width of the design, so that a number that grows moves nothing."""
        self._room = px
        self._place()

    def sizeHint(self) -> QSize:
        caption, value, unit = (label.sizeHint() for label in (self._caption, self._value, self._unit))
        below = value.width() + (scaled(GAP) + unit.width() if self._unit.text() else 0)
        widest = max(caption.width(), below) + scaled(AFTER)
        return QSize(max(widest, scaled(self._room)), caption.height() + value.height())

    minimumSizeHint = sizeHint

    def set_caption(self, text: str) -> None:
        """What the number is."""
        self._caption.setText(text)
        self._value.setAccessibleName(text)
        self._place()

    def show_value(self, value: str, unit: str = "") -> None:
        """The number as text, and a muted word after it."""
        self._value.setText(value)
        self._unit.setText(unit)
        self._unit.setVisible(bool(unit))
        self._place()

    def set_tone(self, tone: str) -> None:
        """How the word after the number is dressed: "muted", or "accent" where a press does something."""
        if self._unit.property("tone") != tone:
            self._unit.setProperty("tone", tone)
            restyle_by_properties(self._unit)

    @property
    def unit(self) -> str:
        """The muted word after the number."""
        return self._unit.text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a label has another text or type
            self._place()
        return super().event(event)

    def _place(self) -> None:
        needed = self.sizeHint()
        if needed != self._needed:
            self._needed = needed
            self.updateGeometry()  # now, not with the next round of events: a bar asks at once whether it still fits
        for label in (self._caption, self._value, self._unit):
            label.resize(label.sizeHint())
        self._caption.move(0, (self.height() - needed.height()) // 2)
        self._value.move(0, self._caption.geometry().bottom() + 1)
        bottom = self._value.geometry().bottom() + 1 - self._unit.height()
        self._unit.move(QPoint(self._value.width() + scaled(GAP), bottom))
