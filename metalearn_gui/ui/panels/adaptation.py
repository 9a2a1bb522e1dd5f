"""What adapting buys on unseen tasks, step by step, beside transfer learning and the other baselines."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.events import Evaluation, StepScores
from metalearn_gui.ui.legend import Legend, LegendEntry, PlotLabel, Readout
from metalearn_gui.ui.level_lines import LevelLines
from metalearn_gui.ui.off_scale import OffScale
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.plotting import ThemedPlot, line_pen
from metalearn_gui.ui.run_traces import is_fresh
from metalearn_gui.ui.step_line import DRAWN, StepLine
from metalearn_gui.ui.text import count_text
from metalearn_gui.ui.theme import scaled, theme
from metalearn_gui.ui.verdict_line import VerdictLine
from metalearn_gui.ui.wording import (
    baseline_name,
    episode_text,
    loss_text,
    protocol_help,
    protocol_text,
    score_text,
    unseen_tasks_text,
    unseen_text,
)

EMPTY, PERCENT = np.empty(0), (0.0, 100.0)
LEAST = 106  # pixels of a plot that says something, with its axis
AROUND = 48  # pixels of a card that are not its body
LOWEST = 80  # a plot of fewer pixels has no room for a box that hides nothing
NARROW = 400  # pixels; below it the hint says less, so that it is whole
MARGIN = 0.35  # steps shown left of the first and right of the last


class AdaptationPanel(Panel):
    """Draws the latest scores of `session.shown`; the hand on a step shows that step everywhere."""

    key = "adaptation"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._wants_accuracy = True  # where there are classes
        self._age = ""  # of when the scores are, as it is said
        self._step_to_restore: int | None = None  # what the step was before the mouse came
        self.accuracy_button = self.add_header_action("blank", "", self._toggle_accuracy)
        self.accuracy_button.setObjectName("adaptation_accuracy")
        self.accuracy_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._build_plot()
        for signal in (session.scored, session.shownChanged):
            signal.connect(self.refresh)
        session.advanced.connect(self._follow_age)
        session.unseen.stepChanged.connect(self._show_step)

    def _build_plot(self) -> None:
        self.plot = ThemedPlot(self)
        self.plot.setObjectName("adaptation_plot")
        self.plot.count_axis.least_spacing = 26
        self.plot.setMinimumHeight(LEAST)
        self._lines = {
            key: StepLine(self.plot, drawn.layer, drawn.symbol, drawn.has_band) for key, drawn in DRAWN.items()
        }
        self._median = StepLine(self.plot, 3.0)
        self.levels = LevelLines(self.plot)
        self._cursor = pg.InfiniteLine(angle=90)
        self.plot.addItem(self._cursor, ignoreBounds=True)
        self._empty, self._off_scale = PlotLabel(self.plot, is_central=True), OffScale(self.plot)
        self._readout = Readout(self.plot)
        self.legend = Legend(self)
        self.verdict = VerdictLine(self)
        self.body.addWidget(self.verdict)
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.legend)
        self.plot.hovered.connect(self._hover)
        self.plot.left.connect(self._leave)
        self.plot.clicked.connect(self._choose)
        self.plot.stepped.connect(self._walk)
        self.plot.appeared.connect(self.refresh)
        self.plot.resized.connect(self.refresh)  # the legend says less in a narrow card

    # --- texts and colours ------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.set_title(self.tr("Learning to learn pays off"))
        self.plot.setAccessibleName(self.tr("Loss on unseen tasks by adaptation step"))
        self.accuracy_button.setToolTip(self.tr("Switch between loss and accuracy"))
        self.refresh()

    def restyle(self) -> None:
        self.plot.restyle()
        self.levels.restyle()
        for words in (self._readout, self._empty, self._off_scale):
            words.restyle()
        for key, line in self._lines.items():
            line.set_style(theme().color_of(DRAWN[key].color), DRAWN[key].style)
        self._median.set_style(theme().palette.learner, "dotted", 1.2)
        self._cursor.setPen(line_pen(theme().palette.muted, "dotted"))
        self.refresh()

    def _name_by_task(self) -> None:
        settings = self.session.shown.settings
        is_narrow = self.width() < scaled(NARROW)
        text = self.tr("{unseen}, by step") if is_narrow else self.tr("{unseen} tasks, by step")
        by_step = text.format(unseen=unseen_text(settings))
        episode = episode_text(settings)
        if episode:
            self.set_hint(f"{episode}, {protocol_text(settings)}", episode, protocol_help(settings))
        else:
            self.set_hint(by_step, unseen_text(settings))

    # --- what is drawn ----------------------------------------------------------------------------

    @property
    def evaluation(self) -> Evaluation | None:
        """The newest of the shown run up to the shown moment, or None before there is one."""
        scored = self.session.shown_scores
        return None if scored is None else scored.evaluation

    @property
    def shows_accuracy(self) -> bool:
        return self._wants_accuracy and self._has_classes

    @property
    def _has_classes(self) -> bool:
        """Known before the first evaluation: an empty plot has the axis that it is going to have."""
        return self.session.shown.settings.tasks.kind == "classification"

    def refresh(self) -> None:
        """Draw the newest scores; nothing while the plot cannot be seen."""
        if not self.plot.isVisible():
            return
        evaluation = self.evaluation
        self.accuracy_button.setVisible(self._has_classes)
        self.accuracy_button.setText(self.tr("accuracy, %") if self.shows_accuracy else self.tr("loss"))
        self.accuracy_button.setAccessibleName(self.accuracy_button.text())
        self.plot.set_log(not self.shows_accuracy, possible=PERCENT if self.shows_accuracy else None)
        self._empty.set_text("" if evaluation else self.tr("Appears with the first evaluation on unseen tasks"))
        scores = {} if evaluation is None else {"learner": evaluation.learner, **evaluation.baselines}
        self._feed(scores)
        self._show_verdict(evaluation)
        self._name_by_task()
        self.plot.getViewBox().setXRange(-MARGIN, self._last_step() + MARGIN, padding=0.0)
        self.legend.set_entries(self._legend_entries(scores))
        self._ask_for_room()
        self._show_step()

    def _show_verdict(self, evaluation: Evaluation | None) -> None:
        self._age = self._age_text()
        self.verdict.show_verdict(evaluation, self._age, goes_on=not self.session.shown.reason)

    def _follow_age(self) -> None:
        """Scores grow old while a run goes on."""
        if self.plot.isVisible() and self._age_text() != self._age:
            self._show_verdict(self.evaluation)

    def _age_text(self) -> str:
        """Of when the scores are; empty where they are as good as of now."""
        scored = self.session.shown_scores
        if scored is None or is_fresh(scored.iteration, self.session.shown_iteration):
            return ""
        return self.tr("at iteration {count}").format(count=count_text(scored.iteration))

    def _ask_for_room(self) -> None:
        """As high as verdict, plot and legend are: where that is more than before, other cards fold."""
        parts = [self.plot.minimumHeight(), self.legend.heightForWidth(self.legend.width())]
        if not self.verdict.isHidden():
            parts.append(self.verdict.sizeHint().height())
        pixels = scaled(AROUND) + sum(parts) + (len(parts) - 1) * self.body.spacing()
        room = math.ceil(pixels / theme().zoom)
        if room != self.room:
            self.room = room
            self.updateGeometry()

    def _feed(self, scores: dict[str, StepScores]) -> None:
        for key, line in self._lines.items():
            values, half_widths = self._values(scores[key]) if key in scores else (EMPTY, EMPTY)
            line.feed(values, half_widths)
        has_median = "learner" in scores and not self.shows_accuracy
        self._median.feed(scores["learner"].loss_median if has_median else EMPTY)
        levels = self.levels.hide() if self.shows_accuracy else self.levels.show(self.session.shown)
        whole = np.array(PERCENT if self.shows_accuracy and not scores else ())
        baselines = {key: line.y for key, line in self._lines.items() if key != "learner"}
        trained = None if self.shows_accuracy else self.session.shown.settings.learner.num_steps
        self._off_scale.fit((self._lines["learner"].y, self._median.y), baselines, [levels, whole], trained)

    def _values(self, scores: StepScores) -> tuple[Array, Array]:
        if not self.shows_accuracy:
            return scores.loss, scores.loss_ci95
        if scores.accuracy is None or scores.accuracy_ci95 is None:
            return EMPTY, EMPTY
        return 100.0 * scores.accuracy, 100.0 * scores.accuracy_ci95

    def _last_step(self) -> int:
        evaluation = self.evaluation
        return self.session.unseen.num_steps if evaluation is None else len(evaluation.learner.loss) - 1

    def _legend_entries(self, scores: dict[str, StepScores]) -> list[LegendEntry]:
        """In a narrow card of one line: the median and the levels are said by the tip of the learner's entry."""
        color, is_narrow = theme().palette.learner, self.width() < scaled(NARROW)
        beside = [] if self.shows_accuracy else [LegendEntry(self.tr("median"), color, "dotted", 1.2)]
        levels = self.levels.legend_entries()
        tip = "\n".join(self.tr("dotted: {name}").format(name=entry.text) for entry in (*beside, *levels))
        baselines = [
            LegendEntry(
                baseline_name(key, is_narrow),
                theme().color_of(drawn.color),
                drawn.style,
                tip="" if drawn.has_band else score_text(scores[key], -1, in_percent=self.shows_accuracy),
            )
            for key, drawn in DRAWN.items()
            if key in scores and key != "learner"
        ]
        learner = LegendEntry(self.session.shown.settings.learner.label, color, tip=tip if is_narrow else "")
        return [learner, *baselines] if is_narrow else [learner, *beside, *baselines, *levels]

    # --- under the hand ---------------------------------------------------------------------------

    def _toggle_accuracy(self) -> None:
        self._wants_accuracy = not self._wants_accuracy
        self.refresh()

    def _step_at(self, x: float) -> int:
        return min(max(round(x), 0), min(self._last_step(), self.session.unseen.num_steps))

    def _hover(self, x: float) -> None:
        if self._step_to_restore is None:
            self._step_to_restore = self.session.unseen.step
        self.session.unseen.set_step(self._step_at(x))

    def _leave(self) -> None:
        step, self._step_to_restore = self._step_to_restore, None
        if step is not None:
            self.session.unseen.set_step(step)

    def _choose(self, x: float) -> None:
        self._step_to_restore = self._step_at(x)
        self.session.unseen.set_step(self._step_to_restore)

    def _walk(self, direction: int) -> None:
        self._choose(self.session.unseen.step + direction)

    def _show_step(self) -> None:
        if not self.plot.isVisible():
            return
        step, evaluation = self.session.unseen.step, self.evaluation
        self._cursor.setValue(step)
        if evaluation is None or step >= len(evaluation.learner.loss):
            self._readout.hide()
            return
        at_step, mean = self.tr("step {step}").format(step=step), self._mean_text(evaluation, step)
        if self.plot.plot_area().height() < LOWEST:
            self._say_above(f"{at_step}: {mean}")
        else:
            self._name_by_task()
            lines = [*((line.x, line.y) for line in (*self._lines.values(), self._median)), *self._off_scale.edges()]
            brief = [f"{_muted(at_step)} <b>{text}</b>" for text in (mean, mean.partition(" ±")[0])]
            is_free = self._readout.show_at(step, self._readout_text(evaluation, step), lines, shorter=brief)
            if not is_free:
                self._say_above(f"{at_step}: {mean}")
        self.plot.setAccessibleDescription(", ".join(self._readout_lines(evaluation, step)))

    def _say_above(self, text: str) -> None:
        """Where the plot has no room for a box that hides nothing."""
        self._readout.hide()
        self.set_hint(text, text.partition(" ±")[0])

    def _readout_text(self, evaluation: Evaluation, step: int) -> str:
        title, *values = self._readout_lines(evaluation, step)
        return "<br>".join([_muted(title), f"<b>{values[0]}</b>", *values[1:]])

    def _readout_lines(self, evaluation: Evaluation, step: int) -> list[str]:
        scores = evaluation.learner
        title = self.tr("step {step} · {tasks}")
        mean = self.tr("accuracy {mean}") if self.shows_accuracy else self.tr("mean {mean}")
        if not np.isfinite(self._values(scores)[0][step]):
            mean = "{mean}"
        lines = [
            title.format(step=step, tasks=unseen_tasks_text(evaluation)),
            mean.format(mean=self._mean_text(evaluation, step)),
        ]
        if not self.shows_accuracy:
            median = loss_text(float(scores.loss_median[step]))
            lines.append(self.tr("median {median}").format(median=median))
        return lines

    def _mean_text(self, evaluation: Evaluation, step: int) -> str:
        return score_text(evaluation.learner, step, in_percent=self.shows_accuracy)


def _muted(text: str) -> str:
    return f"<span style='color:{theme().palette.muted.name()}'>{text}</span>"
