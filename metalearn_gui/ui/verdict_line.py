"""Does it pay? One line that answers, with its interval; the whole comparison stands in the tooltip."""

from __future__ import annotations

import math

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.engine.events import Evaluation, Verdict
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import ui_font
from metalearn_gui.ui.wording import baseline_name, unseen_tasks_text

MANY_TIMES = 9.0  # a loss of more than ten times the other's is told in times, not in per cent


class VerdictLine(ElidedLabel):
    """Hidden while there is nothing to compare with."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.setObjectName("verdict")
        self.setFont(ui_font(12, 600))
        self._details = ""
        self.hide()

    def show_verdict(self, evaluation: Evaluation | None) -> None:
        """Say what these scores come to."""
        verdict = None if evaluation is None else evaluation.verdict
        self.setVisible(verdict is not None)
        if evaluation is None or verdict is None:
            return
        self._details = self._comparison(verdict, unseen_tasks_text(evaluation))
        self.setText(self._sentence(verdict))
        self.setToolTip(self._details)
        self.setAccessibleName(f"{self.text()}. {self._details}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setToolTip(self._details)

    def _sentence(self, verdict: Verdict) -> str:
        name = baseline_name(verdict.baseline)
        if not math.isfinite(verdict.difference):
            return self.tr("It does not pay: the loss diverges, unlike that of {name}").format(name=name)
        if verdict.pays is False and verdict.relative > MANY_TIMES:
            times = self.tr("It does not pay: {times} times the loss of {name}")
            return times.format(times=number_text(1.0 + verdict.relative), name=name)
        texts = {
            True: self.tr("It pays: {share} less loss than {name}"),
            False: self.tr("It does not pay: {share} more loss than {name}"),
            None: self.tr("No clear difference from {name}: {share}"),
        }
        share = _share_text(verdict, is_signed=verdict.pays is None)
        return texts[verdict.pays].format(share=share, name=name)

    def _comparison(self, verdict: Verdict, tasks: str) -> str:
        text = self.tr(
            "Mean difference in loss over {tasks}, after step {step}, from {name} at its best step, "
            "{best}: {difference} ± {half} (95 %, paired task by task)"
        )
        return text.format(
            tasks=tasks, step=verdict.step, name=baseline_name(verdict.baseline),
            best=verdict.baseline_step, difference=number_text(verdict.difference), half=number_text(verdict.ci95),
        )  # fmt: skip


def _share_text(verdict: Verdict, is_signed: bool) -> str:
    """The difference and half its interval, as shares of the baseline's loss where that is not 0."""
    difference, half, unit = verdict.difference, verdict.ci95, ""
    if verdict.relative:
        to_percent = 100 * abs(verdict.relative / verdict.difference)
        difference, half, unit = difference * to_percent, half * to_percent, " %"
    return f"{number_text(difference if is_signed else abs(difference))} ± {half:.2g}{unit}"
