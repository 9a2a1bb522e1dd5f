"""Exact values of a run's losses at the meta-iteration under the hand."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QObject

from metalearn_gui.engine.backend import Array
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.curve_line import CurveLine
from metalearn_gui.ui.effort import PER_ITERATION, Effort
from metalearn_gui.ui.legend import Readout
from metalearn_gui.ui.plotting import ThemedPlot, line_pen
from metalearn_gui.ui.run_traces import RunTrace, accuracy_text
from metalearn_gui.ui.text import count_text, number_text
from metalearn_gui.ui.theme import theme


class LossReadout(QObject):
    """A box and a vertical on a plot; the mouse and the arrow keys move them."""

    def __init__(self, plot: ThemedPlot, lines: tuple[CurveLine, ...]) -> None:
        """lines: what the box hides as little of as it can."""
        super().__init__(plot)
        self._plot, self._lines = plot, lines
        self._trace: RunTrace | None = None
        self._effort = PER_ITERATION
        self.iteration: int | None = None  # None: nothing is under the hand
        self.box = Readout(plot)
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.hide()
        plot.addItem(self._cursor, ignoreBounds=True)
        plot.hovered.connect(self._hover)
        plot.left.connect(self._leave)
        plot.stepped.connect(self._step)

    def restyle(self) -> None:
        self.box.restyle()
        self._cursor.setPen(line_pen(theme().palette.muted))

    def show_run(self, trace: RunTrace, effort: Effort) -> None:
        """Speak of this run, whose curves lie so along the plot's axis."""
        self._trace, self._effort = trace, effort
        self._show()

    def text(self, iteration: int) -> str:
        """What the box says at a meta-iteration."""
        if self._trace is None:
            return ""
        run = self._trace.run
        rows = [(self.tr("before"), _value_at(run.curve("before"), iteration))]
        rows.append((self.tr("after"), _value_at(run.curve("after"), iteration)))
        rows += self._unseen_rows(run, *self._trace.unseen(), iteration)
        muted = theme().palette.muted.name()
        title = self.tr("meta-iteration {iteration}").format(iteration=count_text(iteration))
        cells = "".join(
            f"<tr><td>{name}&nbsp;&nbsp;</td><td align='right'><b>{value}</b></td></tr>" for name, value in rows
        )
        return f"<span style='color:{muted}'>{title}</span><table cellspacing='0'>{cells}</table>"

    def _unseen_rows(self, run: RunRecord, at: Array, unseen: Array, iteration: int) -> list[tuple[str, str]]:
        if not len(at):
            return []
        nearest = abs(at - iteration).argmin()
        label = self.tr("unseen, at {iteration}").format(iteration=count_text(int(at[nearest])))
        accuracy = accuracy_text(run, run.scores[nearest])
        rows = [(label, number_text(float(unseen[nearest])))]
        return [*rows, (self.tr("accuracy"), accuracy)] if accuracy else rows

    # --- under the hand ---------------------------------------------------------------------------

    def _hover(self, x: float) -> None:
        self._move_to(round(float(self._effort.iterations_at(x))))

    def _step(self, direction: int) -> None:
        low, high = self._effort.iterations_at(self._plot.x_range())
        newest = 0 if self._trace is None else self._trace.run.iteration
        start = newest if self.iteration is None else self.iteration
        self._move_to(start + direction * max(1, round((high - low) / 200)))

    def _leave(self) -> None:
        self.iteration = None
        self._show()

    def _move_to(self, iteration: int) -> None:
        self.iteration = iteration
        self._show()

    def _show(self) -> None:
        num_iterations = 0 if self._trace is None else len(self._trace.run.curve("after"))
        is_shown = self.iteration is not None and num_iterations > 0
        self._cursor.setVisible(is_shown)
        if self.iteration is None or num_iterations == 0:
            self.box.hide()
            return
        self.iteration = min(max(self.iteration, 1), num_iterations)
        x = float(self._effort.at(self.iteration))
        self._cursor.setValue(x)
        self.box.show_at(x, self.text(self.iteration), [(line.x, line.y) for line in self._lines])


def _value_at(curve: Array, iteration: int) -> str:
    return number_text(float(curve[iteration - 1])) if 0 < iteration <= len(curve) else "–"
