"""The three steps over the preview: what is a task, what goes in, what comes out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from metalearn_gui.engine.params import Param, params_of
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.ui.editors import EDITORS, ChoiceBox
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.theme import small_capitals_font, ui_font

NARROWEST_EDITOR = 80


class Steps(QWidget):
    """Three cards side by side. Says `changed` for a setting.

    places: settings of the family, and the card each belongs to. names: text settings that are a column's name.
    """

    changed = Signal(str, object)  # name, value

    def __init__(
        self, family: type[TaskFamily], places: Mapping[str, int], parent: QWidget, names: Sequence[str] = ()
    ) -> None:
        super().__init__(parent)
        self._cards = [_Card(self) for _ in range(3)]
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        for card in self._cards:
            line.addWidget(card, 1)
        self._specs = {spec.name: spec for spec in params_of(family) if spec.name in places}
        self.editors = {name: self._editor(self._specs[name], name in names) for name in places}
        self._labels = {name: QLabel(self) for name in places}
        for name, place in places.items():
            self._cards[place].add_row(self._labels[name], self.editors[name])

    def _editor(self, spec: Param, is_name: bool) -> Any:
        if is_name:
            spec = dataclasses.replace(spec, kind="choice", choices=("",))
        editor = EDITORS[spec.kind](spec, self)
        editor.setObjectName(f"import_{spec.name}")
        editor.edited.connect(lambda value: self.changed.emit(spec.name, value))
        return editor

    def show_settings(self, family: TaskFamily) -> None:
        """Their values."""
        for name, editor in self.editors.items():
            editor.show_value(getattr(family, name))

    def show_texts(self, names: Sequence[str], results: Sequence[str]) -> None:
        """What each step comes to: in a word or two, and below what follows from it."""
        for card, name, result in zip(self._cards, names, results, strict=True):
            card.name.setText(name)
            card.result.setText(result)

    def offer(self, name: str, choices: Sequence[str]) -> None:
        """Names of columns to choose from; the setting goes where there are none."""
        box = self.editors[name]
        for part in (box, self._labels[name]):
            part.setVisible(bool(choices))
        if isinstance(box, ChoiceBox):
            blocker = QSignalBlocker(box)
            box.clear()
            for choice in choices:
                box.addItem(choice, choice)
            blocker.unblock()

    def retranslate(self) -> None:
        """Write every visible text."""
        titles = self.tr("1 · What is a task"), self.tr("2 · What goes in"), self.tr("3 · What comes out")
        for card, title in zip(self._cards, titles, strict=True):
            card.title.setText(title)
        for name, label in self._labels.items():
            text = QCoreApplication.translate("Settings", self._specs[name].label)
            label.setText(text)
            self.editors[name].setAccessibleName(text)
            self.editors[name].setToolTip(QCoreApplication.translate("Settings", self._specs[name].help))


class _Card(QFrame):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.title, self.name, self.result = QLabel(self), ElidedLabel("", self), ElidedLabel("", self)
        self.title.setFont(small_capitals_font())
        self.name.setFont(ui_font(14, 600))
        self.result.setFont(ui_font(12))
        self.result.setProperty("tone", "muted")
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(14, 12, 14, 12)
        self._rows.setSpacing(6)
        self._rows.setAlignment(Qt.AlignmentFlag.AlignTop)
        for label in (self.title, self.name, self.result):
            self._rows.addWidget(label)

    def add_row(self, label: QLabel, editor: QWidget) -> None:
        label.setFont(ui_font(12))
        label.setProperty("tone", "muted")
        line = QHBoxLayout()
        editor.setMinimumWidth(NARROWEST_EDITOR)  # a long choice may end in an ellipsis, what is chosen must not
        line.addWidget(label, 1)
        line.addWidget(editor)
        self._rows.addLayout(line)
