"""A live number: a caption over a value and what it counts."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import scaled, ui_font


class Figure(QWidget):
    """The value's label carries the objectName, so that scripts can read it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = 0.0
        self._caption, self._value, self._unit = QLabel(self), named(QLabel(self), name), QLabel(self)
        self._caption.setFont(ui_font(11.5))
        self._value.setFont(ui_font(16, 600))
        self._unit.setFont(ui_font(11.5))
        for label in (self._caption, self._unit):
            label.setProperty("tone", "muted")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(0)
        grid.setRowStretch(0, 1)
        grid.addWidget(self._caption, 1, 0, 1, 3)
        grid.addWidget(self._value, 2, 0)
        grid.addWidget(self._unit, 2, 1, Qt.AlignmentFlag.AlignBottom)
        grid.setRowStretch(3, 1)
        grid.setColumnStretch(2, 1)

    def set_room(self, px: float) -> None:
        """Take no less than this width of the design, so that a number that grows moves nothing."""
        self._room = px
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().expandedTo(QSize(scaled(self._room), 0))

    def set_caption(self, text: str) -> None:
        """What the number is."""
        self._caption.setText(text)
        self._value.setAccessibleName(text)
        self.updateGeometry()

    def show_value(self, value: str, unit: str = "") -> None:
        """The number as text, and a muted word after it."""
        self._value.setText(value)
        self._unit.setText(unit)
        self._unit.setVisible(bool(unit))
        self.updateGeometry()  # now, not with the next round of events: a bar asks at once whether it still fits
