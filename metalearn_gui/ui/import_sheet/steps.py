"""The three steps over the preview: what is a task, what goes in, what comes out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from metalearn_gui.bridge.importing import Parted
from metalearn_gui.engine.params import params_of
from metalearn_gui.engine.tables.choices import ColumnChoice
from metalearn_gui.engine.tasks.csv import Csv
from metalearn_gui.ui.editors import EDITORS
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.text import count_text
from metalearn_gui.ui.theme import small_capitals_font, ui_font

SETTINGS = {"min_rows": 0, "held_out": 0, "missing": 1, "predicts": 2}  # and the step each belongs to


class Steps(QWidget):
    """Three cards side by side. Says `changed` for a setting that is not a column's."""

    changed = Signal(str, object)  # name, value

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._cards = [_Card(self) for _ in range(3)]
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        for card in self._cards:
            line.addWidget(card, 1)
        specs = {spec.name: spec for spec in params_of(Csv)}
        self.editors = {name: EDITORS[specs[name].kind](specs[name], self) for name in SETTINGS}
        self._labels = {name: QLabel(self) for name in SETTINGS}
        for name, place in SETTINGS.items():
            self.editors[name].setObjectName(f"import_{name}")
            self.editors[name].edited.connect(lambda value, name=name: self.changed.emit(name, value))
            self._cards[place].add_row(self._labels[name], self.editors[name])

    def show_choice(self, family: Csv, choice: ColumnChoice) -> None:
        """Columns by role, and the settings."""
        nothing = self.tr("no column yet")
        for card, names in zip(self._cards, ((choice.task,), choice.inputs, choice.targets), strict=True):
            card.columns.setText(", ".join(filter(None, names)) or nothing)
        for name, editor in self.editors.items():
            editor.show_value(getattr(family, name))

    def show_parted(self, parted: Parted | None) -> None:
        """What came of it; None while that is not known."""
        texts = ["", "", ""]
        if parted is not None:
            split = self.tr("{train} train · {validation} validation · {test} unseen tasks")
            texts[0] = split.format(**{name: count_text(count) for name, count in parted.tasks.items()})
            texts[1] = self.tr("Numbers for the network: {count}").format(count=count_text(parted.family.input_dim))
            are_classes = parted.family.kind == "classification"
            outputs = self.tr("Classes: {count}") if are_classes else self.tr("Outputs: {count}")
            texts[2] = outputs.format(count=count_text(parted.family.output_dim))
        for card, text in zip(self._cards, texts, strict=True):
            card.result.setText(text)

    def retranslate(self) -> None:
        """Write every visible text."""
        titles = self.tr("1 · What is a task"), self.tr("2 · What goes in"), self.tr("3 · What comes out")
        for card, title in zip(self._cards, titles, strict=True):
            card.title.setText(title)
        labels = {
            "min_rows": self.tr("Rows a task needs"),
            "held_out": self.tr("Held out, share of tasks"),
            "missing": self.tr("Missing values"),
            "predicts": self.tr("Predicts"),
        }
        for name, text in labels.items():
            self._labels[name].setText(text)
            self.editors[name].setAccessibleName(text)


class _Card(QFrame):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.title, self.columns, self.result = QLabel(self), ElidedLabel("", self), ElidedLabel("", self)
        self.title.setFont(small_capitals_font())
        self.columns.setFont(ui_font(14, 600))
        self.result.setFont(ui_font(12))
        self.result.setProperty("tone", "muted")
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(14, 12, 14, 12)
        self._rows.setSpacing(6)
        self._rows.setAlignment(Qt.AlignmentFlag.AlignTop)
        for label in (self.title, self.columns, self.result):
            self._rows.addWidget(label)

    def add_row(self, label: QLabel, editor: QWidget) -> None:
        label.setFont(ui_font(12))
        label.setProperty("tone", "muted")
        line = QHBoxLayout()
        line.addWidget(label, 1)
        line.addWidget(editor)
        self._rows.addLayout(line)
