"""A number between a minus and a plus."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from metalearn_gui.engine.params import Param
from metalearn_gui.ui.editors import IntBox
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.theme import theme


class Stepper(QFrame):
    """An IntBox (with the setting's objectName) that two buttons step."""

    def __init__(self, spec: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "stepper")
        self.box = IntBox(spec, self)
        self.box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = {"minus": QToolButton(self), "plus": QToolButton(self)}
        line = QHBoxLayout(self)
        line.setContentsMargins(2, 1, 2, 1)
        line.setSpacing(0)
        for name, steps in (("minus", -1), ("plus", 1)):
            button = self._buttons[name]
            button.setObjectName(f"{spec.name}_{name}")
            button.setProperty("kind", "stepper")
            button.setFixedSize(17, 18)
            button.setIconSize(QSize(12, 12))
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _checked=False, steps=steps: self.box.stepBy(steps))
        line.addWidget(self._buttons["minus"])
        line.addWidget(self.box)
        line.addWidget(self._buttons["plus"])
        theme().changed.connect(self.restyle)
        self.restyle()

    def set_texts(self, label: str, less: str, more: str) -> None:
        """Accessible names and tooltips."""
        self.box.setAccessibleName(label)
        self.setToolTip(label)
        for name, text in (("minus", less), ("plus", more)):
            self._buttons[name].setAccessibleName(f"{label}: {text}")
            self._buttons[name].setToolTip(text)

    def restyle(self) -> None:
        """Take the theme's colours."""
        for name, button in self._buttons.items():
            button.setIcon(icon(name))
