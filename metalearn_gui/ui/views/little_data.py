"""Little data: how the loss falls with shots and with training tasks, beside what does not learn to learn."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.compare import Budget, LittleData, LittleDataPlan, LossAgainst, Plan, shots_to_try
from metalearn_gui.ui.axis import Axis, count_tick_text
from metalearn_gui.ui.compare.comparing_view import ComparingView
from metalearn_gui.ui.compare.effort import EffortLine
from metalearn_gui.ui.compare.waiting import Waiting
from metalearn_gui.ui.legend import Legend, LegendEntry, PlotLabel
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.plotting import ThemedPlot, line_pen, style_line
from metalearn_gui.ui.run_marks import mark_of
from metalearn_gui.ui.theme import scaled, ui_font
from metalearn_gui.ui.view import GAP
from metalearn_gui.ui.wording import mean_text, shots_text

DEEPEST = 4.0  # an interval is shown down to so small a part of its mean: one to 0 has no end on this axis
UNLIMITED_AT = 1000.0  # where "as many as there are" stands on the axis, one decade beyond the last number


class LittleDataView(ComparingView):
    """One press draws both plots."""

    key = "little_data"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._drawn: LittleData | None = None
        self._waiting = Waiting(session, self.key, self)
        self.effort = EffortLine(Budget(seconds=5), "little_data_budget", self.content)
        self.effort.setMaximumWidth(360)
        self.by_shots = LossAgainstPanel("little_by_shots", session, self.content)
        self.by_tasks = LossAgainstPanel("little_by_tasks", session, self.content)
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(self.by_shots, 1)
        line.addWidget(self.by_tasks, 1)
        self.body.addWidget(self.effort)
        self.body.addLayout(line, 1)
        session.settingsChanged.connect(self._refresh)
        for signal in (session.comparing.planned, session.comparing.finished, session.comparing.stateChanged):
            signal.connect(self._refresh)
        self._waiting.changed.connect(self._refresh)
        session.comparing.progressed.connect(self._follow)
        self.take_outcome()

    def begin(self) -> None:
        self.session.comparing.start(LittleDataPlan(self.session.settings, self.effort.box.budget))

    def take_plan(self, plan: Plan) -> None:
        self.effort.box.show_budget(plan.budget)

    def title(self) -> str:
        return self.tr("Little data")

    @property
    def _found(self) -> LittleData | None:
        outcome = self.session.comparing.outcome
        return outcome.little_data if outcome is not None else None

    def _follow(self) -> None:
        """Draw anew where a point has come: progress is told thirty times a second."""
        if self._found is not self._drawn:
            self._refresh()

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        found = self._found
        self._drawn = found
        waits = self._waiting.text
        self.by_shots.set_invitation(self._wait_for_shots() if found else waits or self._press_for_shots())
        self.by_tasks.set_invitation(waits or self._press_for_tasks())
        self.by_shots.show_curves(found.by_shots if found else (), found.shots if found else 0)
        self.by_tasks.show_curves(found.by_tasks if found else ())

    def _wait_for_shots(self) -> str:
        if self.session.comparing.is_active:
            said = self.tr("Once all have trained: the three that trained on most tasks are tried with {shots}")
            return said.format(shots=self._shots_tried())
        return self.tr("Ended before anybody was tried with other shots; Run goes on")

    def _press_for_shots(self) -> str:
        said = self.tr("Press Run: the learner, transfer and scratch are tried with {shots}")
        return said.format(shots=self._shots_tried())

    def _press_for_tasks(self) -> str:
        return self.tr("Press Run: each trains on 1, 3, 10 ... tasks, and on as many as there are")

    def _shots_tried(self) -> str:
        """As many as there are pictures for, of the plan or of what would be planned now."""
        outcome = self.session.comparing.outcome
        settings = outcome.plan.settings if outcome is not None and self.is_mine else self.session.settings
        numbers = shots_to_try(settings)
        if len(numbers) == 1:
            return shots_text(numbers[0])
        return self.tr("{fewest} to {most} shots").format(fewest=numbers[0], most=numbers[-1])

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def retranslate(self) -> None:
        super().retranslate()
        self.effort.set_caption(self.tr("Each may train"))
        self.by_shots.set_texts(
            self.tr("Loss by shots"),
            self.tr("one training, tried with every number of shots"),
            self.tr("shots of an unseen task"),
        )
        self.by_tasks.set_texts(
            self.tr("Loss by training tasks"),
            self.tr("one training for every number of tasks"),
            self.tr("training tasks"),
        )
        self._refresh()


class LossAgainstPanel(Panel):
    """Mean losses with their 95 % intervals on two logarithmic axes."""

    room = 180

    def __init__(self, key: str, session: Session, parent: QWidget | None = None) -> None:
        self.key = key  # type: ignore[misc]  # two cards of this kind stand side by side
        super().__init__(session, parent)
        self.plot = ThemedPlot(self, bottom_axis=Axis("bottom", self._tick_text, counts=True))
        self.plot.setObjectName(f"{key}_plot")
        self.plot.set_log(True)
        self.plot.count_axis.is_log = True
        self._empty = PlotLabel(self.plot, is_central=True)
        self._trained_with = pg.InfiniteLine(angle=90)
        self._trained_with.hide()
        self.plot.addItem(self._trained_with, ignoreBounds=True)
        self.legend = Legend(self)
        self._across, self._upward = QLabel(self), QLabel(self)
        for caption in (self._across, self._upward):
            caption.setFont(ui_font(11.5))
            caption.setProperty("tone", "muted")
        self._across.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.body.addWidget(self._upward)
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self._across)
        self.body.addWidget(self.legend)
        self._items: list[pg.GraphicsObject] = []
        self._curves: Sequence[LossAgainst] = ()
        self._shots = 0
        self._invitation = ""

    def set_texts(self, title: str, hint: str, across: str) -> None:
        """What the plot shows, and what lies across."""
        self.set_title(title)
        self.plot.setAccessibleName(title)
        self.set_hint(hint)
        self._across.setText(across)
        self._upward.setText(self.tr("mean loss on unseen tasks, 95 % interval"))

    def set_invitation(self, text: str) -> None:
        """What stands in the empty plot."""
        self._invitation = text

    def show_curves(self, curves: Sequence[LossAgainst], shots: int = 0) -> None:
        """Draw these. shots: as many as were trained with, marked by a line; 0 for none."""
        self._curves, self._shots = curves, shots
        for item in self._items:
            self.plot.removeItem(item)
        self._items = []
        self._empty.set_text("" if curves else self._invitation)
        self.plot.setAccessibleDescription("; ".join(map(_told, curves)))
        entries = []
        for place, curve in enumerate(curves):
            mark = mark_of(place, curve.learner, is_shown=place == 0)
            self._draw(curve, place)
            entries.append(LegendEntry(curve.label, mark.color, mark.style))
        self._trained_with.setVisible(bool(curves and shots))
        if curves and shots:
            self._trained_with.setValue(math.log10(shots))
            said = self.tr("trained with {shots}").format(shots=shots_text(shots))
            entries.append(LegendEntry(said, self._own_color, "dotted", 1.0))
        self.legend.set_entries(entries)
        self._fit()

    def _draw(self, curve: LossAgainst, place: int) -> None:
        mark = mark_of(place, curve.learner, is_shown=place == 0)
        x, y = np.log10(np.minimum(curve.x, UNLIMITED_AT)), self.plot.to_axis(curve.loss)
        line = self.plot.add_line(1.0)
        style_line(line, mark.color, mark.style, 2.0)
        is_level = not np.isfinite(curve.x).any()  # who trains on no task is the same with any number of them
        line.setData(*((np.array(self._reach()), np.repeat(y, 2)) if is_level else (x, y)))
        lower, upper = curve.ends
        low, high = self.plot.to_axis(np.maximum(lower, 1e-9)), self.plot.to_axis(upper)
        bars = self.plot.add_line()
        bars.setData(np.repeat(x, 2), np.stack([low, high], axis=1).ravel(), connect="pairs")
        bars.setPen(line_pen(mark.color, "solid", 1.4))
        points = pg.ScatterPlotItem(x=x, y=y, symbol=mark.shape, size=scaled(8), pen=None, brush=mark.color)
        self.plot.addItem(points, ignoreBounds=True)
        self._items += [line, bars, points]

    def _fit(self) -> None:
        low, high = self._reach()
        self.plot.getViewBox().setXRange(low - 0.06, max(high, low + 0.5) + 0.06, padding=0.0)
        for_axis = ((np.maximum(one.ends[0], one.loss / DEEPEST), one.ends[1]) for one in self._curves)
        self.plot.fit_values(*(self.plot.to_axis(end) for pair in for_axis for end in pair))

    def _reach(self) -> tuple[float, float]:
        """log10 of the least and of the most that a loss is known for."""
        x = [np.log10(np.minimum(curve.x, UNLIMITED_AT)) for curve in self._curves]
        return (min(map(np.min, x)), max(map(np.max, x))) if x else (0.0, 1.7)

    @property
    def _own_color(self) -> QColor:
        return self.palette().color(self.foregroundRole())

    def _tick_text(self, value: float) -> str:
        is_all = self.key == "little_by_tasks" and value >= UNLIMITED_AT
        return self.tr("all") if is_all else count_tick_text(value)

    def restyle(self) -> None:
        self.plot.restyle()
        self._trained_with.setPen(line_pen(self._own_color, "dotted", 1.0))
        self.show_curves(self._curves, self._shots)


def _told(curve: LossAgainst) -> str:
    """A curve in words, for who cannot see it."""
    points = zip(curve.x, curve.loss, curve.ci95, strict=True)
    return f"{curve.label}: " + ", ".join(f"{x:g}: {mean_text(loss, half)}" for x, loss, half in points)
