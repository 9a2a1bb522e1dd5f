"""Which inputs are looked at, and which target: boxes over the slices."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from metalearn_gui.engine.tables.fields import Fields
from metalearn_gui.engine.tables.slices import MOST_SLICES, NO_INPUT
from metalearn_gui.ui.combo import Combo
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import ui_font

WIDEST_BOX = 150


class SliceChoice(QWidget):
    """Says `chosen` for a first and a second input (NO_INPUT: none) and a target."""

    chosen = Signal(int, int, int)

    def __init__(self, fields: Fields, parent: QWidget) -> None:
        super().__init__(parent)
        self._fields = fields
        self._target, self._first, self._second = (
            named(Combo(self), f"slice_{name}") for name in ("target", "first", "second")
        )
        self._by, self._and, self._held = ElidedLabel("", self), QLabel(self), ElidedLabel("", self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for part in (self._target, self._by, self._first, self._and, self._second):
            part.setFont(ui_font(12))
            line.addWidget(part)
        line.addWidget(self._held, 1)
        for box in (self._target, self._first, self._second):
            box.setMaximumWidth(WIDEST_BOX)
            box.setProperty("kind", "flat")
            box.currentIndexChanged.connect(self._tell)
        self._target.setVisible(len(fields.targets) > 1)
        self._by.setMaximumWidth(WIDEST_BOX)
        self._held.setFont(ui_font(12))
        self._held.setObjectName("slice_held")
        self._held.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for label in (self._by, self._and, self._held):
            label.setProperty("tone", "muted")
        self.retranslate()

    def show_choice(self, first: int, second: int, target: int) -> None:
        """Show this; nothing is emitted."""
        for box, value in ((self._first, first), (self._second, second), (self._target, target)):
            blocker = QSignalBlocker(box)
            box.setCurrentIndex(max(0, box.findData(value)))
            blocker.unblock()
        has_choice = len(self._fields.inputs) > 1
        self._first.setVisible(has_choice)
        for part in (self._and, self._second):
            part.setVisible(has_choice and first != NO_INPUT)

    def show_held(self, text: str, num_panes: int, num_slices: int) -> None:
        """Where the slices pass: which inputs stay as they are; and how many of the slices have no room."""
        help = self.tr("Fainter rows are of other categories: the slice does not pass there") if text else ""
        if num_panes < num_slices:
            shown = self.tr("{count} of {total} fit").format(count=num_panes, total=num_slices)
            text = f"{shown} · {text}"
            help += "\n" + self.tr("A larger window shows the other inputs too, and the box shows each alone")
        self._held.setText(text)
        self._held.set_help(help)

    def retranslate(self) -> None:
        """Set every string again."""
        shown = [(box, box.currentData()) for box in (self._target, self._first, self._second)]
        inputs, targets = self._fields.inputs, self._fields.targets
        together = self.tr("both inputs") if len(inputs) == 2 else self.tr("every input")
        if len(inputs) > MOST_SLICES:
            together = self.tr("the first {count} inputs").format(count=MOST_SLICES)
        names = [(field.name, place) for place, field in enumerate(inputs)]
        self._fill(self._target, [(field.name, place) for place, field in enumerate(targets)])
        self._fill(self._first, [(together, NO_INPUT), *names])
        self._fill(self._second, [(self.tr("nothing else"), NO_INPUT), *names])
        by = self.tr("by") if len(inputs) > 1 else ""
        self._by.setText(by if len(targets) > 1 else f"{targets[0].name} {by}")
        self._and.setText(self.tr("and"))
        for box, text in (
            (self._target, self.tr("The target that is shown")),
            (self._first, self.tr("The input that varies; the others stay as in the chosen row")),
            (self._second, self.tr("A second input that varies: the slice becomes a plane")),
        ):
            box.setToolTip(text)
            box.setAccessibleName(text)
        for box, value in shown:
            blocker = QSignalBlocker(box)
            box.setCurrentIndex(max(0, box.findData(value)))
            blocker.unblock()

    def _fill(self, box: Combo, items: list[tuple[str, int]]) -> None:
        blocker = QSignalBlocker(box)
        box.clear()
        for text, value in items:
            box.addItem(text, value)
        blocker.unblock()

    def _tell(self) -> None:
        self.chosen.emit(self._first.currentData(), self._second.currentData(), self._target.currentData())
