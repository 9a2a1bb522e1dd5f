"""The cards of all formats in a grid, a heading over every group."""

from __future__ import annotations

import functools

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from metalearn_gui.ui.export.card import ExportCard
from metalearn_gui.ui.export.formats import CHOSEN_AT_FIRST, FORMATS, by_group, group_title
from metalearn_gui.ui.theme import small_capitals_font

COLUMNS, GAP = 3, 12


class CardGrid(QWidget):
    """One card is picked, any number are chosen."""

    picked = Signal(str)
    chosenChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = {key: ExportCard(format, self) for key, format in FORMATS.items()}
        self._headings: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(7)
        self._arrange()
        for key, card in self.cards.items():
            card.setChecked(key in CHOSEN_AT_FIRST)
            card.toggled.connect(self.chosenChanged)
            card.picked.connect(self.picked)
            card.moved.connect(functools.partial(self._move, key))

    def _arrange(self) -> None:
        for group, formats in by_group().items():
            heading = self._headings[group] = QLabel(self)
            heading.setFont(small_capitals_font())
            heading.setProperty("tone", "muted")
            row = self._grid.rowCount()
            self._grid.addWidget(heading, row, 0, 1, COLUMNS)
            for place, format in enumerate(formats):
                self._grid.addWidget(self.cards[format.key], row + 1 + place // COLUMNS, place % COLUMNS)
        for place in range(COLUMNS):
            self._grid.setColumnStretch(place, 1)
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    @property
    def chosen(self) -> list[str]:
        """The keys of what is to be written, in the order of the cards."""
        return [key for key, card in self.cards.items() if card.isChecked()]

    def show_picked(self, key: str) -> None:
        """Mark the card whose details are shown."""
        for other, card in self.cards.items():
            card.set_picked(other == key)

    def retranslate(self) -> None:
        """Write every visible text."""
        for group, heading in self._headings.items():
            heading.setText(group_title(group))
        for card in self.cards.values():
            card.retranslate()

    def _move(self, key: str, right: int, down: int) -> None:
        """From the focused card to the nearest one in a direction; a step aside counts double."""
        start = self.cards[key].geometry().center()
        steps = {key: card.geometry().center() - start for key, card in self.cards.items()}
        ahead = {key: step for key, step in steps.items() if step.x() * right + step.y() * down > 0}
        if ahead:
            wide, high = 1 + abs(down), 1 + abs(right)
            nearest = min(ahead, key=lambda key: wide * abs(ahead[key].x()) + high * abs(ahead[key].y()))
            self.picked.emit(nearest)
            self.cards[nearest].setFocus()
