"""The loss on unseen tasks as training goes on, for all contenders, along an axis of one's choice."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.compare import AXES
from metalearn_gui.engine.report.scale import highest_shown
from metalearn_gui.ui.axis import Axis
from metalearn_gui.ui.colors import for_words
from metalearn_gui.ui.compare.loss_curve import LossLine, curve_of
from metalearn_gui.ui.compare.standing import Standings
from metalearn_gui.ui.effort import EffortChoice
from metalearn_gui.ui.legend import PlotLabel
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.plotting import ThemedPlot
from metalearn_gui.ui.run_marks import Mark
from metalearn_gui.ui.theme import scaled, theme, ui_font

NAMES_WIDTH, NAME_HEIGHT = 92, 15
SPIKES = 0.06  # share of all values that may leave at the top: a start that diverges for a moment hides all else


class CurvesPanel(Panel):
    """A line for each contender with its name at the end; a menu in the header changes the axis."""

    room = 150

    def __init__(self, key: str, axis: str, session: Session, standings: Standings, parent: QWidget | None) -> None:
        self.key = key  # type: ignore[misc]  # two cards of this kind stand side by side
        super().__init__(session, parent)
        self._standings = standings
        self._lines: dict[str, LossLine] = {}
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
        self._names, self._off_scale = EndNames(self.plot, self), PlotLabel(self.plot)
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
        """Draw what is known of every contender."""
        if not self.isVisible():
            return
        self._drawn_scores = self._num_scores()
        standings = {one.key: one for one in self._standings.all if any(run.scores for run in one.runs)}
        for key in self._lines.keys() - standings.keys():
            self._lines.pop(key).remove()
        for key, standing in standings.items():
            if key not in self._lines:
                self._lines[key] = LossLine(self.plot)
            self._lines[key].show_curve(standing, curve_of(standing, self.effort.axis))
        self._say_hint()
        drawn = {key: line for key, line in self._lines.items() if len(line.x)}
        rising = [line.x for line in drawn.values() if len(line.x) > 1]
        all_y = [line.y for line in drawn.values()]
        highest = highest_of(all_y)
        self._fit(rising or [line.x for line in drawn.values()], [y[y <= highest] for y in all_y])
        self._lay_levels([line for key, line in drawn.items() if standings[key].entry is not None])
        named = [(standings[key], line) for key, line in drawn.items()]
        self._say_off_scale([(standing.short, line) for standing, line in named if line.y[-1] > highest], highest)
        self._names.set_names([(float(line.y[-1]), standing.mark, standing.short) for standing, line in named])

    def _lay_levels(self, lines: list[LossLine]) -> None:
        """Of those that are over one with a single point takes no training; a point alone would not be seen."""
        for line in (line for line in lines if len(line.x) == 1):
            line.show_level(*self.plot.getViewBox().viewRange()[0])

    def _fit(self, all_x: list[Array], all_y: list[Array]) -> None:
        low, high = (0.0, 1.0) if not all_x else (min(x.min() for x in all_x), max(x.max() for x in all_x))
        self.plot.getViewBox().setXRange(low, max(high, low + 0.3), padding=0.0)
        self.plot.fit_values(*all_y, trim=SPIKES)

    def _say_off_scale(self, gone: Sequence[tuple[str, LossLine]], highest: float) -> None:
        """Who ends above the plot, and since when."""
        texts = [""] if not gone else [self.tr("{count} learners are off the scale").format(count=len(gone))]
        if len(gone) == 1:
            ((name, line),) = gone
            since = self.effort.tick_text(10.0 ** line.x[since_when(line.y, highest)])
            texts = [self.tr("{name}: off the scale from {effort}"), self.tr("{name}: off the scale"), "{name}"]
            texts = [text.format(name=name, effort=since) for text in texts]
        self._off_scale.say_what_fits(texts)

    # --- texts and colours ------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def retranslate(self) -> None:
        titles = (
            self.tr("Loss by meta-iterations"),
            self.tr("Loss by tasks seen"),
            self.tr("Loss by gradient evaluations"),
            self.tr("Loss by compute"),
        )
        title = dict(zip(AXES, titles, strict=True))[self.effort.axis]
        self.set_title(title)
        self.plot.setAccessibleName(title)
        self.effort.retranslate()
        self._say_hint()

    def _say_hint(self) -> None:
        has_seeds = any(len(standing.runs) > 1 for standing in self._standings.all)
        step, seeds = self.tr("each at its best step"), self.tr("mean of the seeds")
        hint = (f"{step}, {seeds}", step) if has_seeds else (step, self.tr("best step"))
        self.set_hint(*("", "") if self._is_compact else hint)
        told = [self.tr("Loss on unseen tasks, each learner at its best step, as in the table"),
                self.tr("While it trains: after as many steps as it trains with")]  # fmt: skip
        if has_seeds:
            told.append(self.tr("Mean of the seeds, shaded to the lowest and highest"))
            told.append(self.tr("A seed that ended before the others counts on with its last loss"))
        self.plot.setToolTip(".\n".join([*told, ""]).strip())

    def _take_axis(self) -> None:
        self.retranslate()
        self.refresh()

    def restyle(self) -> None:
        self.plot.restyle()
        self._off_scale.restyle()
        self.refresh()


def highest_of(curves: Sequence[Array]) -> float:
    """Where the plot of these losses ends at most; all in view coordinates."""
    return math.log10(highest_shown(10.0**y for y in curves))


def since_when(y: Array, highest: float) -> int:
    """The first of the values that are above, without a break, until the end."""
    below = np.flatnonzero(y <= highest)
    return int(below[-1]) + 1 if len(below) else 0


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
        height = scaled(NAME_HEIGHT)
        wanted = [self._plot.point_of(0.0, value).y() - height / 2 for value, _, _ in self._ends]
        for top, (_, mark, name) in zip(spread(wanted, height, self.height()), self._ends, strict=True):
            place = QRectF(6, top, self.width() - 6, height)
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(place.width()))
            painter.setPen(for_words(mark.color))
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
