"""What others report for the learners that are compared, each with its protocol."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from metalearn_gui.engine.published import Reference, published
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.retiring import empty
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import small_capitals_font, ui_font
from metalearn_gui.ui.wording import percent_text

MOST = 5


class ReferenceList(QWidget):
    """A line for each learner that somebody has figures for; nothing where there are none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 8, 0, 0)
        self._grid.setVerticalSpacing(1)
        self._grid.setHorizontalSpacing(10)
        self._grid.setColumnStretch(0, 1)
        self._shown: list[tuple[str, tuple[Reference, ...]]] = []

    def show_learners(self, every: Sequence[ExperimentSettings]) -> None:
        """What is known of these."""
        found = [(settings.learner.label, published(settings)) for settings in every]
        found = [(name, references) for name, references in found if references][:MOST]
        if found == self._shown:
            return
        self._shown = found
        empty(self._grid)
        if found:
            title = QLabel(self.tr("Reference figures"), self)
            title.setFont(small_capitals_font())
            title.setProperty("tone", "muted")
            self._grid.addWidget(title, 0, 0, 1, 2)
        for place, (name, references) in enumerate(found):
            self._add(2 * place + 1, name, references)

    def _add(self, row: int, name: str, references: Sequence[Reference]) -> None:
        alike = [one for one in references if one.protocol == references[0].protocol][:2]
        steps = " / ".join(str(one.step) for one in alike)
        label = QLabel(self.tr("{name}, step {steps}").format(name=name, steps=steps), self)
        figures = QLabel(" / ".join(_figure_text(one) for one in alike), self)
        protocol = ElidedLabel(references[0].protocol, self)
        label.setFont(ui_font(12))
        figures.setFont(ui_font(12, 600))
        figures.setAlignment(Qt.AlignmentFlag.AlignRight)
        protocol.setFont(ui_font(11.5))
        protocol.setProperty("tone", "muted")
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(figures, row, 1)
        self._grid.addWidget(protocol, row + 1, 0, 1, 2)


def _figure_text(reference: Reference) -> str:
    write = percent_text if reference.measure == "accuracy" else number_text
    ends = dict.fromkeys((write(reference.low), write(reference.high)))
    return "–".join(ends)
