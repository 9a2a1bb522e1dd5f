"""Which brush paints on noisy pictures, and how strongly."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from metalearn_gui.ui.canvas.brushes import BRUSHES
from metalearn_gui.ui.canvas.for_hand import mark_for_hand
from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import ui_font
from metalearn_gui.ui.translated import Translated

WEAKEST, STRONGEST, FIRST = 5, 100, 50  # per cent of the span of greys
CHIP = 24


class BrushBar(Translated, QWidget):
    """A chip for every kind, and a slider."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("brush_bar")
        mark_for_hand(self)
        self._label, self._strength_label, self._value = (QLabel(self) for _ in range(3))
        self._group = QButtonGroup(self)
        self.chips = {kind: named(QPushButton(self), f"brush_{kind}") for kind in BRUSHES}
        self.slider = named(QSlider(Qt.Orientation.Horizontal, self), "brush_strength")
        self.slider.setRange(WEAKEST, STRONGEST)
        self.slider.setValue(FIRST)
        self.slider.valueChanged.connect(self._show_strength)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._label)
        for chip in self.chips.values():
            chip.setProperty("kind", "chip")
            chip.setCheckable(True)
            chip.setFixedHeight(CHIP)
            chip.setFont(ui_font(12))
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(chip)
            line.addWidget(chip)
        line.addSpacing(10)
        for widget, stretch in ((self._strength_label, 0), (self.slider, 1), (self._value, 0)):
            line.addWidget(widget, stretch)
        for label in (self._label, self._strength_label, self._value):
            label.setFont(ui_font(12))
        for label in (self._label, self._strength_label):
            label.setProperty("tone", "muted")
        next(iter(self.chips.values())).setChecked(True)
        self.retranslate()

    @property
    def kind(self) -> str:
        """Of BRUSHES."""
        return next(kind for kind, chip in self.chips.items() if chip.isChecked())

    @property
    def strength(self) -> float:
        """As a share of the span of greys."""
        return self.slider.value() / 100

    def _show_strength(self) -> None:
        self._value.setText(self.tr("{percent} %").format(percent=self.slider.value()))

    def retranslate(self) -> None:
        """Write every visible text."""
        texts = {
            "grain": (self.tr("grain"), self.tr("Every number is off by a little")),
            "impulses": (self.tr("salt and pepper"), self.tr("Some numbers are far off, up or down")),
            "stripes": (self.tr("stripes"), self.tr("Whole lines are off alike")),
            "erase": (self.tr("erase"), self.tr("Take the noise away: what comes in is the target there")),
        }
        for kind, (name, help_text) in texts.items():
            self.chips[kind].setText(name)
            self.chips[kind].setAccessibleName(self.tr("Brush: {name}").format(name=name))
            self.chips[kind].setToolTip(help_text)
        self._label.setText(self.tr("brush"))
        self._strength_label.setText(self.tr("strength"))
        self.slider.setAccessibleName(self.tr("Strength of the brush"))
        self.slider.setToolTip(self.tr("Deviation of painted noise, in per cent from black to white"))
        self._show_strength()
