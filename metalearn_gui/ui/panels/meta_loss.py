"""How meta-training goes: the loss before and after adapting, live, and on unseen tasks."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from metalearn_gui.bridge.runs import overlaid_runs
from metalearn_gui.bridge.session import RunState, Session
from metalearn_gui.engine.scaling import Scaling
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.corner_button import CornerButton
from metalearn_gui.ui.curve_line import CurveLine
from metalearn_gui.ui.effort import Effort, EffortChoice, effort_of
from metalearn_gui.ui.legend import Legend, LegendEntry, PlotLabel
from metalearn_gui.ui.level_lines import LevelLines
from metalearn_gui.ui.loss_readout import LossReadout
from metalearn_gui.ui.now_marker import NowMarker
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.plotting import ThemedPlot, faded
from metalearn_gui.ui.reported_band import ReportedBand
from metalearn_gui.ui.run_marks import overlay_marks
from metalearn_gui.ui.run_names import names_of_runs
from metalearn_gui.ui.run_traces import RunTrace, accuracy_text, axis_reach, is_fresh
from metalearn_gui.ui.smoothing_menu import SmoothingMenu
from metalearn_gui.ui.text import count_text, number_text
from metalearn_gui.ui.theme import scaled, theme
from metalearn_gui.ui.wording import unseen_text

DEFAULT_SMOOTHING = 0.97  # a thin line at 50 meta-iterations per pixel; its lag of 30 is below one
LEAST = 112  # pixels of a plot that says something, with its axis
NARROW = 440  # pixels of the design; below it the legend says "before" for "before adapting", and so takes one line


class MetaLossPanel(Panel):
    """Draws `session.shown` and, over it, the runs of `session.overlays`."""

    key = "meta_loss"
    room = 190

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._smoothing = DEFAULT_SMOOTHING
        self._traces: dict[str, RunTrace] = {}
        self._overlay_lines: dict[str, CurveLine] = {}
        self._is_zoomed = False
        self._build_controls()
        self._build_plot()
        for signal in (session.advanced, session.scored, session.runsChanged, session.settingsChanged):
            signal.connect(self.refresh)
        session.stateChanged.connect(self.refresh)
        session.shownChanged.connect(self._show_all)

    def _build_controls(self) -> None:
        self.log_button = self._text_action("loss_scale", self._toggle_log)
        self.smoothing_button = self._text_action("loss_smoothing", self._open_smoothing)
        self.smoothing_menu = SmoothingMenu(self)
        self.smoothing_menu.chosen.connect(self.set_smoothing)

    def _build_axis_button(self) -> None:
        """In a corner that the curves leave free."""
        self._corner = CornerButton(self.plot)
        self._corner.setObjectName("loss_axis")
        self._corner.keep_clear_of(self._unit, self._empty)
        self._now.keep_clear_of(self._corner, self._unit)
        self.effort = EffortChoice(self._corner, "iteration")
        self.effort.chosen.connect(self._show_all)
        self.plot.count_axis.set_text(self.effort.tick_text)

    def _text_action(self, name: str, slot: Callable[[], object]) -> QToolButton:
        button = self.add_header_action("blank", "", slot)
        button.setObjectName(name)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        return button

    def _build_plot(self) -> None:
        self.plot = ThemedPlot(self)
        self.plot.setObjectName("loss_plot")
        self.plot.set_log(True)
        self.plot.setMinimumHeight(LEAST)
        self.plot.getViewBox().setMouseEnabled(x=True, y=False)
        self.levels = LevelLines(self.plot)
        self.band = ReportedBand(self.plot)
        self._raw = CurveLine(self.plot, 1, is_noise=True)
        self._before, self._after, self._unseen = (CurveLine(self.plot, layer) for layer in (2, 3, 5))
        self._now = NowMarker(self.plot)
        self._unit, self._empty = PlotLabel(self.plot), PlotLabel(self.plot, is_central=True)
        self.readout = LossReadout(self.plot, (self._before, self._after))
        self._build_axis_button()
        self.legend = Legend(self)
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.legend)
        self.plot.doubleClicked.connect(self._show_all)
        self.plot.appeared.connect(self.refresh)
        self.plot.resized.connect(self.refresh)
        self.plot.getViewBox().sigRangeChangedManually.connect(self._zoomed)

    # --- texts and colours ------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.set_title(self.tr("Meta-loss (live)"))
        self.plot.setAccessibleName(self.tr("Meta-loss by meta-iteration"))
        self.plot.setAccessibleDescription(self.tr("Wheel: zoom. Drag: move. Double-click: show all."))
        self.smoothing_button.setToolTip(self.tr("Smoothing of the curves; exact values stay exact"))
        self.smoothing_menu.set_name(self.tr("Smoothing"))
        self.effort.retranslate()
        self.log_button.setToolTip(self.tr("Switch between a logarithmic and a linear scale"))
        self._name_controls_by_value()
        self.refresh()

    def _name_controls_by_value(self) -> None:
        self.log_button.setText(self.tr("log") if self.plot.is_log else self.tr("linear"))
        self.smoothing_button.setText(self.tr("smoothing {value}").format(value=f"{self._smoothing:.2g}"))
        self.log_button.setAccessibleName(self.tr("Scale: {scale}").format(scale=self.log_button.text()))
        self.smoothing_button.setAccessibleName(self.smoothing_button.text())
        self.smoothing_menu.set_value(self._smoothing)

    def restyle(self) -> None:
        palette = theme().palette
        self.plot.restyle()
        for part in (self.readout, self._unit, self._empty, self.levels, self.band):
            part.restyle()
        self._now.restyle()
        self._raw.set_style(faded(palette.learner, 0.22))
        self._before.set_style(palette.before, "dashed")  # wider dashes along a noisy line take Qt 10 ms
        self._after.set_style(palette.learner, "solid", 2.0)
        self._unseen.set_style(palette.unseen, "dashdot", 2.0)
        self.refresh()

    # --- what is drawn ----------------------------------------------------------------------------

    def set_smoothing(self, smoothing: float) -> None:
        """0 shows the values as they are; up to 0.99."""
        self._smoothing = smoothing
        self._name_controls_by_value()
        self.refresh()

    @property
    def smoothing(self) -> float:
        return self._smoothing

    def refresh(self) -> None:
        """Draw what is new; nothing while the plot cannot be seen."""
        if not self.plot.isVisible():
            return
        run = self.session.shown
        overlays = overlaid_runs(self.session.runs, self.session.overlays, run)
        self._forget_all_but([run, *overlays])
        self._fit_iterations([run, *overlays])
        trace, effort = self._trace(run), effort_of(run, self.effort.axis)
        self._feed_shown(run, trace, effort)
        self._feed_overlays(overlays)
        levels, band = self.levels.show(run), self.band.show(run)
        lines = (self._before, self._after, self._unseen, *self._overlay_lines.values())
        has_curves = any(len(line.y) for line in lines)  # else the axis would be one of nothing but the band
        self.plot.fit_values(*(line.y for line in lines), levels, band if has_curves else [], trim=0.01)
        self._show_words(run, overlays)
        ends = np.array(self.plot.x_range())
        drawn = [*((line.x, line.y) for line in lines), *((ends, np.full(2, level)) for level in (*levels, *band))]
        self._unit.keep_off(self._here(run, effort) if run.iteration else None)
        self._corner.keep_off(drawn)
        self._now.keep_off(drawn)
        self._show_now(run, effort)
        self.readout.show_run(trace, effort)

    def _trace(self, run: RunRecord) -> RunTrace:
        trace = self._traces.get(run.run_id)
        if trace is None or trace.smoothing != self._smoothing or trace.run is not run:
            trace = self._traces[run.run_id] = RunTrace(run, self._smoothing)
        return trace

    def _forget_all_but(self, runs: list[RunRecord]) -> None:
        kept = {run.run_id for run in runs}
        self._traces = {run_id: trace for run_id, trace in self._traces.items() if run_id in kept}
        for run_id in set(self._overlay_lines) - {run.run_id for run in runs[1:]}:
            self._overlay_lines.pop(run_id).remove()

    def _fit_iterations(self, runs: list[RunRecord]) -> None:
        if not self._is_zoomed:
            lengths = [axis_reach(self.session, runs[0]), *(len(run.curve("after")) for run in runs[1:])]
            ends = zip(runs, lengths, strict=True)
            last = max(float(effort_of(run, self.effort.axis).at(length)) for run, length in ends)
            self.plot.getViewBox().setXRange(0, last, padding=0.0)

    def _feed_shown(self, run: RunRecord, trace: RunTrace, effort: Effort) -> None:
        source = (run.run_id, self._smoothing)
        if self._smoothing > 0:
            self._raw.feed(run.curve("after"), run.run_id, effort)
        else:
            self._raw.clear()
        self._before.feed(trace.smoothed("before"), source, effort)
        self._after.feed(trace.smoothed("after"), source, effort)
        at, unseen = trace.unseen()
        self._unseen.feed_points(effort.at(at), unseen, (run.run_id, effort.key))

    def _feed_overlays(self, runs: list[RunRecord]) -> None:
        marks = overlay_marks(self.session, runs)
        for run in runs:
            if run.run_id not in self._overlay_lines:
                self._overlay_lines[run.run_id] = CurveLine(self.plot, layer=4)
            line = self._overlay_lines[run.run_id]
            style = marks[run.run_id].style
            # Wider dashes along a noisy line take Qt 50 ms.
            line.set_style(marks[run.run_id].color, style, 1.5 if style == "solid" else 1.0)
            effort = effort_of(run, self.effort.axis)
            line.feed(self._trace(run).smoothed("after"), (run.run_id, self._smoothing), effort)

    def _here(self, run: RunRecord, effort: Effort) -> float:
        """Where the shown moment lies on the axis."""
        moment = self.session.moment
        return float(effort.at(run.iteration if moment is None else moment))

    def _show_now(self, run: RunRecord, effort: Effort) -> None:
        at, unseen = self._trace(run).unseen()
        moment, here = self.session.moment, self._here(run, effort)
        if run.iteration == 0:
            self._now.hide()
        elif moment is not None:
            self._now.set_word(self.tr("shown: {iteration}").format(iteration=count_text(moment)))
            self._now.show_at(here, 0.0, 0.0, "")
        elif len(unseen) and math.isfinite(self._unseen.y[-1]):
            figure = accuracy_text(run, run.scores[-1]) or number_text(float(unseen[-1]))
            self._now.set_word(self._age(run.iteration, int(at[-1])))
            self._now.show_at(here, float(effort.at(at[-1])), self._unseen.y[-1], figure)
        else:
            self._now.set_word(self.tr("now"))
            self._now.show_at(here, 0.0, 0.0, "")

    def _age(self, iteration: int, scored_at: int) -> str:
        """What the newest score is called."""
        old = self.tr("at {iteration}").format(iteration=count_text(scored_at))
        return self.tr("now") if is_fresh(scored_at, iteration) else old

    def _show_words(self, run: RunRecord, overlays: list[RunRecord]) -> None:
        self._unit.set_text(self._unit_text(run))
        is_empty = len(run.curve("after")) == 0 and not overlays
        waits = self.session.run_state is RunState.PREPARING
        invitation = (
            self.tr("The loss appears once all is compiled") if waits else self.tr("Press Run: the loss appears here")
        )
        self._empty.set_text(invitation if is_empty else "")
        self.legend.set_entries(self._legend_entries(overlays))

    def _unit_text(self, run: RunRecord) -> str:
        """Below a wide plot the legend says what others report; a narrow one's has no room for it."""
        reported = self.band.legend_entries() if self.width() < scaled(NARROW) else []
        return " · ".join([self._loss_name(run), *(entry.text for entry in reported)])

    def _loss_name(self, run: RunRecord) -> str:
        if run.settings.tasks.kind == "classification":
            return self.tr("cross-entropy")
        scaling = None if run.latest is None else Scaling.of(run.latest.learner.carry)
        has_shares = scaling is not None and len(scaling.y_mean) > 1  # see Scaling.loss_unit
        return self.tr("MSE · training weighs targets alike") if has_shares else self.tr("MSE")

    def _legend_entries(self, overlays: list[RunRecord]) -> list[LegendEntry]:
        palette, is_narrow = theme().palette, self.width() < scaled(NARROW)
        unseen, reported = unseen_text(self.session.shown.settings), self.band.legend_entries()
        tip = "\n".join(entry.tip for entry in reported) if is_narrow else ""
        entries = [
            LegendEntry(self.tr("before") if is_narrow else self.tr("before adapting"), palette.before, "dashed", 1.5),
            LegendEntry(self.tr("after") if is_narrow else self.tr("after adapting"), palette.learner),
            LegendEntry(
                unseen if is_narrow else self.tr("{unseen} tasks").format(unseen=unseen),
                palette.unseen,
                "dashdot",
                tip=tip,
            ),
        ]
        entries += self.levels.legend_entries(is_narrow) + ([] if is_narrow else reported)
        names = names_of_runs(self.session) if overlays else {}
        marks = overlay_marks(self.session, overlays)
        looks = [(names[other.run_id], marks[other.run_id]) for other in overlays]
        return entries + [LegendEntry(name, mark.color, mark.style, 1.5) for name, mark in looks]

    # --- under the hand ---------------------------------------------------------------------------

    def _toggle_log(self) -> None:
        self.plot.set_log(not self.plot.is_log)
        self._name_controls_by_value()
        self.refresh()

    def _open_smoothing(self) -> None:
        self.smoothing_menu.popup(self.smoothing_button.mapToGlobal(QPoint(0, self.smoothing_button.height())))

    def _zoomed(self) -> None:
        self._is_zoomed = True
        self.refresh()

    def _show_all(self) -> None:
        self._is_zoomed = False
        self.refresh()
