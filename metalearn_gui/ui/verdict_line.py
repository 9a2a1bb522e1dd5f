"""Does it pay? One line that answers, with its interval; the whole comparison stands in the tooltip."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.engine.events import Evaluation, Verdict
from metalearn_gui.engine.verdict import sentence
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import ui_font
from metalearn_gui.ui.wording import baseline_name, mean_text, unseen_tasks_text


class VerdictLine(ElidedLabel):
    """Hidden while there is nothing to compare with."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.setObjectName("verdict")
        self.setFont(ui_font(12, 600))
        self._details = ""
        self.hide()

    def show_verdict(self, evaluation: Evaluation | None, age: str = "", goes_on: bool = False) -> None:
        """Say what these scores come to.

        age: of when they are, where they are not of now. goes_on: whether the run has not come to its end.
        """
        verdict = None if evaluation is None else evaluation.verdict
        self.setVisible(verdict is not None)
        if evaluation is None or verdict is None:
            return
        tried = len(evaluation.learner.loss) - 1
        self._details = ", ".join(filter(None, (self._comparison(verdict, tried, unseen_tasks_text(evaluation)), age)))
        # One step is little for a baseline that would need more: a reader has to know that it had no more.
        is_short = tried == verdict.step == verdict.baseline_step == 1
        at_step = self.tr("{verdict}, each after one step") if is_short else self.tr("{verdict}, step {step}")
        long, middle, brief = self._sentences(verdict, goes_on)
        whole, shorter = (at_step.format(verdict=text, step=verdict.step) for text in (long, middle))
        least = [brief.partition(":")[0]] if age else []  # that scores are old must be said in the narrowest card
        forms = (whole, shorter, middle, brief, *least)
        whole, *others = (", ".join(filter(None, (text, age))) for text in forms)
        self.setText(whole)
        self.set_short(*others)
        self.setToolTip(self._details)
        self.setAccessibleName(f"{self.text()}. {self._details}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setToolTip(self._details)

    def _sentences(self, verdict: Verdict, goes_on: bool) -> list[str]:
        """Whole; with the baseline's name in a word; without the interval as well."""
        found = []
        for is_brief, name_is_brief in ((False, False), (False, True), (True, True)):
            text, words = sentence(verdict, number_text, is_brief, goes_on)
            name = baseline_name(verdict.baseline, name_is_brief)
            found.append(QCoreApplication.translate("Verdict", text).format(name=name, **words))
        return found

    def _comparison(self, verdict: Verdict, tried: int, tasks: str) -> str:
        measure = self.tr("the share of wrong answers") if verdict.measure == "errors" else self.tr("loss")
        text = self.tr(
            "Mean difference in {measure} over {tasks}, after step {step}, from {name} at its best step, "
            "{best} of {tried}: {difference} (95 %, paired task by task)"
        )
        return text.format(
            measure=measure, tasks=tasks, step=verdict.step, name=baseline_name(verdict.baseline), tried=tried,
            best=verdict.baseline_step, difference=mean_text(verdict.difference, verdict.ci95),
        )  # fmt: skip
