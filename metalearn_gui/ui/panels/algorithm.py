"""The shown learner's algorithm: formulas, the running line lit, live numbers in it."""

from __future__ import annotations

import inspect

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import RunState, Session
from metalearn_gui.engine.learners.base import Learner
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, DRAW, JUDGE, UPDATE, Line
from metalearn_gui.ui.algorithm_view import SEVERAL, AlgorithmView, Shown
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.text import count_text, number_text
from metalearn_gui.ui.wording import loss_text


class AlgorithmPanel(Panel):
    """The inner loop's line is that of the shown step; the outer loop's lines are lit while a run goes on."""

    key = "algorithm"
    room = 220

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.view = AlgorithmView(self)
        self.body.addWidget(self.view, 1)
        for signal in (
            session.shownChanged, session.settingsChanged, session.stateChanged, session.advanced,
            session.unseen.stepChanged, session.unseen.adaptedChanged,
        ):  # fmt: skip
            signal.connect(self.refresh)
        self.refresh()

    def retranslate(self) -> None:
        self.set_title(self.tr("Algorithm"))
        self.view.setAccessibleName(self.tr("The learner's algorithm, line by line"))
        self._explain()
        self.refresh()

    def restyle(self) -> None:
        self.view.update()

    def _explain(self) -> None:
        learner = self.session.shown.settings.learner
        rest = self.tr(
            "Lines further in are run more often: the inner loop for every step of every task, the outer loop once in "
            "a meta-iteration. The lit line is where the shown step stands; while a run goes on, so are the outer "
            "loop's. The numbers beside a line are the ones in use now; α is the inner learning rate and η the meta "
            "learning rate, as at the left, where papers also write β or ε."
        )
        source = source_of(learner)
        said = QCoreApplication.translate("Settings", learner.summary)
        self.explain(said, f"{rest} {source}" if source else rest)

    # --- what is drawn ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Draw the lines as they are now; nothing while the card cannot be seen."""
        if not self.isVisible():
            return
        settings = self.session.shown.settings
        learner = settings.learner
        self.set_hint(learner.label)
        self._explain()
        lit = self._lit_phases()
        self.view.show_lines(
            [self._shown(line, line.phase in lit) for line in learner.pseudo_code(settings.tasks.kind)]
        )

    def _shown(self, line: Line, is_lit: bool) -> Shown:
        text = QCoreApplication.translate("Algorithm", line.text)
        live = {BEGIN: self._at_start, ADAPT: self._at_step, UPDATE: self._at_update}.get(line.phase, str)()
        return Shown(text, line.formula, self._values(line), live, line.depth, is_lit)

    def _lit_phases(self) -> set[str]:
        step, last = self.session.unseen.step, self.session.unseen.num_steps
        phases = {BEGIN} if step == 0 else {ADAPT}
        if step == last:
            phases.add(JUDGE)
        if self.session.run_state is RunState.RUNNING:
            phases |= {DRAW, UPDATE}
        return phases

    def _values(self, line: Line) -> str:
        """The settings that its symbols stand for."""
        settings = self.session.shown_settings
        known = [(symbol, settings.value(name)) for symbol, name in line.values if name in settings.names()]
        return SEVERAL.join(f"{symbol} = {number_text(float(value))}" for symbol, value in known)

    def _at_start(self) -> str:
        loss = self._loss(0)
        return self.tr("loss {loss}").format(loss=loss) if loss else ""

    def _at_step(self) -> str:
        step = self.session.unseen.step
        loss = self._loss(step)
        if not step or not loss:
            return ""
        return self.tr("step {step}, this task: {before} → {loss}").format(
            step=step, before=self._loss(step - 1), loss=loss
        )

    def _at_update(self) -> str:
        iteration = self.session.shown_iteration
        return self.tr("iteration {count}").format(count=count_text(iteration)) if iteration else ""

    def _loss(self, step: int) -> str:
        adaptation = self.session.unseen.adaptations.get("learner")
        if adaptation is None:
            return ""
        return loss_text(float(adaptation.loss[adaptation.nearest(step)]))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()


def source_of(learner: Learner) -> str:
    """The paper that a learner's file names, its last paragraph."""
    module = inspect.getmodule(type(learner))
    paragraphs = (module.__doc__ or "").strip().split("\n\n") if module else []
    return " ".join(paragraphs[-1].split()) if len(paragraphs) > 1 else ""
