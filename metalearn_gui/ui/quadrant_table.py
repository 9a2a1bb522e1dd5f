"""Who foretells ratings how well: a row for each model, a column for each quadrant of cold start."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from metalearn_gui.engine.ratings.metrics import METRICS
from metalearn_gui.engine.ratings.protocol import LEARNER, Quadrant
from metalearn_gui.ui.theme import ui_font

NUMBERS = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class QuadrantTable(QWidget):
    """Labels in a grid; a figure is the mean over users, and below it half its 95 % interval."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(7)
        self._grid.setColumnStretch(0, 1)
        self._grid.setVerticalSpacing(3)
        self._labels: dict[tuple[int, int], QLabel] = {}

    def show_figures(
        self, names: Mapping[str, str], headings: Mapping[str, str], found: Sequence[Quadrant], metric: str
    ) -> None:
        """Show a metric of what was found; a quadrant that was not has a dash.

        Args:
            names: of models by key; headings: of quadrants by name.
        """
        by_name = {one.name: one for one in found}
        for column, heading in enumerate(headings.values(), start=1):
            self._label(0, column, heading, "muted")
        for row, (key, name) in enumerate(names.items(), start=1):
            tone = "accent" if key == LEARNER else ""
            self._label(row, 0, name, tone).setAlignment(Qt.AlignmentFlag.AlignVCenter)
            for column, quadrant in enumerate(headings, start=1):
                text, said = _figure(by_name.get(quadrant), key, METRICS.index(metric))
                self._label(row, column, text, tone).setAccessibleName(f"{name}, {quadrant}: {said}")

    def _label(self, row: int, column: int, text: str, tone: str) -> QLabel:
        label = self._labels.get((row, column))
        if label is None:
            label = self._labels[row, column] = QLabel(self)
            label.setWordWrap(column == 0)
            label.setFont(ui_font(12 if row else 11, 600 if tone == "accent" else 400))
            label.setProperty("tone", tone)
            label.setAlignment(NUMBERS)
            self._grid.addWidget(label, row, column)
        if label.text() != text:  # a label asks for a new layout with every text
            label.setText(text)
        return label


def _figure(one: Quadrant | None, key: str, place: int) -> tuple[str, str]:
    """As it stands in the table, and in words."""
    if one is None:
        return "–", "–"
    means, halves = one.means(key)
    mean, half = float(means[place]), float(halves[place])
    if not math.isfinite(mean):
        return "–", "–"
    return f"{mean:.3f}\n± {half:.3f}", f"{mean:.3f} ± {half:.3f}"
