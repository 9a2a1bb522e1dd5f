"""The loss on unseen tasks as training goes on, for all contenders, along an axis of one's choice."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.compare import AXES
from metalearn_gui.ui.axis import Axis
from metalearn_gui.ui.compare.marks import Mark
from metalearn_gui.ui.compare.standing import Standing, Standings
from metalearn_gui.ui.effort import EffortChoice, effort_of
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.plotting import ThemedPlot, style_line
from metalearn_gui.ui.theme import theme, ui_font

NAMES_WIDTH, NAME_HEIGHT = 92, 15
SPIKES = 0.06  # share of all values that may leave at the top: a start that diverges for a moment hides all else


class CurvesPanel(Panel):
    """A line for each contender with its name at the end; a menu in the header changes the axis."""

    room = 150

    def __init__(self, key: str, axis: str, session: Session, standings: Standings, parent: QWidget | None) -> None:
        self.key = key  # type: ignore[misc]  # two cards of this kind stand side by side
        super().__init__(session, parent)
        self._standings = standings
        self._lines: dict[str, pg.PlotCurveItem] = {}
        self._drawn_scores = 0
        self._is_compact = False
        axis_button = self.add_header_action("chevron_down", " ", lambda: None)
        axis_button.setObjectName(f"{key}_axis")
        self.effort = EffortChoice(axis_button, axis)
        self.effort.chosen.connect(self._take_axis)
        self.plot = ThemedPlot(self, bottom_axis=Axis("bottom", self.effort.tick_text))
        self.plot.setObjectName(f"{key}_plot")
        self.plot.set_log(True)
        self.plot.count_axis.is_log = True
        self._names = EndNames(self.plot, self)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.plot, 1)
        row.addWidget(self._names)
        self.body.addLayout(row, 1)
        standings.changed.connect(self.refresh)
        standings.advanced.connect(self._follow)
        for signal in (self.plot.appeared, self.plot.resized):
            signal.connect(self._names.update)

    def set_compact(self, compact: bool) -> None:
        """Leave the hint out: the few letters of it that have room say nothing."""
        self._is_compact = compact
        self.retranslate()

    # --- the lines --------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Draw anew where another score has come: progress is told thirty times a second, scores seldom."""
        if self._num_scores() != self._drawn_scores:
            self.refresh()

    def _num_scores(self) -> int:
        return sum(len(record.scores) for record in self.session.comparing.records.values())

    def refresh(self) -> None:
        """Draw what is known of every contender's first seed."""
        if not self.isVisible():
            return
        self._drawn_scores = self._num_scores()
        standings = {one.key: one for one in self._standings.all if one.run is not None and one.run.scores}
        for key in self._lines.keys() - standings.keys():
            self.plot.removeItem(self._lines.pop(key))
        ends: list[tuple[float, Mark, str]] = []
        all_x, all_y = [], []
        for key, standing in standings.items():
            x, y = curve_of(standing, self.effort.axis)
            drawn_x, drawn_y = np.log10(np.maximum(x, 1e-12)), self.plot.to_axis(y)
            line = self._lines[key] if key in self._lines else self._new_line(key)
            style_line(line, standing.mark.color, standing.mark.style, 2.0 if standing.is_training else 1.6)
            line.setData(drawn_x, drawn_y)
            is_drawn = np.isfinite(drawn_y)
            if is_drawn.any():
                all_x.append(drawn_x[is_drawn])
                all_y.append(drawn_y[is_drawn])
                ends.append((float(drawn_y[is_drawn][-1]), standing.mark, standing.label))
        self._fit(all_x, all_y)
        self._names.set_names(ends)

    def _new_line(self, key: str) -> pg.PlotCurveItem:
        self._lines[key] = self.plot.add_line()
        return self._lines[key]

    def _fit(self, all_x: list[Array], all_y: list[Array]) -> None:
        low, high = (0.0, 1.0) if not all_x else (min(x.min() for x in all_x), max(x.max() for x in all_x))
        self.plot.getViewBox().setXRange(low, max(high, low + 0.3), padding=0.0)
        self.plot.fit_values(*all_y, trim=SPIKES)

    # --- texts and colours ------------------------------------------------------------------------

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.refresh()

    def retranslate(self) -> None:
        titles = (
            self.tr("Loss by meta-iterations"),
            self.tr("Loss by tasks seen"),
            self.tr("Loss by gradient evaluations"),
            self.tr("Loss by compute"),
        )
        self.set_title(dict(zip(AXES, titles, strict=True))[self.effort.axis])
        self.effort.retranslate()
        self.set_hint("" if self._is_compact else self.tr("unseen tasks, at the step of the table"))

    def _take_axis(self) -> None:
        self.retranslate()
        self.refresh()

    def restyle(self) -> None:
        self.plot.restyle()
        self.refresh()


def curve_of(standing: Standing, axis: str) -> tuple[Array, Array]:
    """Effort along an axis, and the loss on unseen tasks at the contender's step; of its first seed, while it trains.

    Iteration 0 has no place on a logarithmic axis.
    """
    run = standing.run
    assert run is not None
    scored = [one for one in run.scores if one.iteration > 0]
    effort = effort_of(run, axis).at(np.array([one.iteration for one in scored], float))
    losses = [one.evaluation.learner.loss for one in scored]
    return effort, np.array([loss[min(standing.step, len(loss) - 1)] for loss in losses], float)


class EndNames(QWidget):
    """The contenders' names beside the ends of their curves, none over another."""

    def __init__(self, plot: ThemedPlot, parent: QWidget) -> None:
        super().__init__(parent)
        self._plot = plot
        self._ends: list[tuple[float, Mark, str]] = []
        self.setFixedWidth(NAMES_WIDTH)
        theme().changed.connect(self.update)

    def set_names(self, ends: list[tuple[float, Mark, str]]) -> None:
        """Each: where its curve ends in the plot's coordinates, its mark, its name."""
        self._ends = sorted(ends, key=lambda end: -end[0])
        self.setAccessibleName(", ".join(name for _, _, name in self._ends))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(ui_font(11.5, 600))
        wanted = [self._plot.point_of(0.0, value).y() - NAME_HEIGHT / 2 for value, _, _ in self._ends]
        for top, (_, mark, name) in zip(spread(wanted, NAME_HEIGHT, self.height()), self._ends, strict=True):
            place = QRectF(6, top, self.width() - 6, NAME_HEIGHT)
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(place.width()))
            painter.setPen(mark.color)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def spread(tops: list[float], height: float, room: float) -> list[float]:
    """Places from top to bottom as near to the wanted ones as goes without one over another, within the room."""
    placed: list[float] = []
    for top in tops:
        placed.append(max(top, placed[-1] + height if placed else 0.0))
    limit = room - height
    for index in reversed(range(len(placed))):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - height
    return [top if math.isfinite(top) else 0.0 for top in placed]
