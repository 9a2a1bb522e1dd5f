"""What others report for the learners that are compared, each with its protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from metalearn_gui.engine.published import Reference, published
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.ui.compare.marks import draw_mark
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.retiring import empty
from metalearn_gui.ui.run_marks import Mark
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import scaled, small_capitals_font, ui_font
from metalearn_gui.ui.wording import percent_text

MOST = 5
SWATCH = 14  # width of a mark's column
Found = tuple[str, Mark, tuple[Reference, ...]]


class ReferenceList(QWidget):
    """A line for each learner that somebody has figures for; nothing where there are none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 8, 0, 0)
        self._grid.setVerticalSpacing(1)
        self._grid.setHorizontalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._shown: list[Found] = []

    def show_learners(self, every: Mapping[str, ExperimentSettings], marks: Mapping[str, Mark]) -> None:
        """What is known of these, by contender."""
        known = [(one.learner.label, marks[key], published(one)) for key, one in every.items()]
        found = [one for one in known if one[-1]][:MOST]
        if found == self._shown:
            return
        self._shown = found
        empty(self._grid)
        if found:
            title = QLabel(self.tr("Reference figures"), self)
            title.setFont(small_capitals_font())
            title.setProperty("tone", "muted")
            self._grid.addWidget(title, 0, 0, 1, 3)
        for place, (name, mark, references) in enumerate(found):
            self._add(2 * place + 1, name, mark, references)

    def _add(self, row: int, name: str, mark: Mark, references: Sequence[Reference]) -> None:
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
        label.setContentsMargins(0, scaled(5), 0, 0)
        figures.setContentsMargins(0, scaled(5), 0, 0)
        self._grid.addWidget(Swatch(mark, self), row, 0)
        self._grid.addWidget(label, row, 1)
        self._grid.addWidget(figures, row, 2)
        self._grid.addWidget(protocol, row + 1, 1, 1, 2)


class Swatch(QWidget):
    """Whose figures they are."""

    def __init__(self, mark: Mark, parent: QWidget) -> None:
        super().__init__(parent)
        self.mark = mark
        self.setFixedWidth(scaled(SWATCH))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_mark(painter, self.mark, QPointF(self.rect().center()) + QPointF(0, scaled(3)), scaled(9))


def _figure_text(reference: Reference) -> str:
    write = percent_text if reference.measure == "accuracy" else number_text
    ends = dict.fromkeys((write(reference.low), write(reference.high)))
    return "–".join(ends)
