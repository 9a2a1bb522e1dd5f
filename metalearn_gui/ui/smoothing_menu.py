"""The small menu behind "smoothing 0.9": a slider and the exact number."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QMenu, QSlider, QWidget, QWidgetAction

from metalearn_gui.ui.curves import MOST_SMOOTHING
from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import ui_font


class SmoothingMenu(QMenu):
    """Says `chosen` when a hand changes the value; `set_value` says nothing."""

    chosen = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QWidget(self)
        self.slider = named(QSlider(Qt.Orientation.Horizontal, row), "smoothing_slider")
        self.slider.setRange(0, round(100 * MOST_SMOOTHING))
        self.slider.setMinimumWidth(150)
        self.number = named(QDoubleSpinBox(row), "smoothing_value")
        self.number.setFont(ui_font(13))
        self.number.setRange(0.0, MOST_SMOOTHING)
        self.number.setSingleStep(0.05)
        self.slider.valueChanged.connect(lambda value: self.chosen.emit(value / 100))
        self.number.valueChanged.connect(self.chosen)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.addWidget(self.slider)
        layout.addWidget(self.number)
        action = QWidgetAction(self)
        action.setDefaultWidget(row)
        self.addAction(action)

    def set_value(self, smoothing: float) -> None:
        """Show this value on both."""
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(round(100 * smoothing))
            self.number.setValue(smoothing)

    def set_name(self, name: str) -> None:
        """The accessible name of both."""
        self.slider.setAccessibleName(name)
        self.number.setAccessibleName(name)
