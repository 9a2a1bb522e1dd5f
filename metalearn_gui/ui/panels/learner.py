"""2 · Learner: which meta-learner, its hyper-parameters and those of the outer loop."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.ui.chips import ChipBox, TextChip
from metalearn_gui.ui.form import Form
from metalearn_gui.ui.settings_panel import SettingsPanel

FIRST = ("maml", "reptile", "meta_sgd", "anil", "cavia", "protonet", "ridge", "transfer")
CONTENT_WIDTH = 234


class LearnerPanel(SettingsPanel):
    """Learner chips over their settings; a learner that cannot take the family's tasks says why."""

    key = "learner"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._learners = {key: TextChip(f"learner_{key}", learner.label) for key, learner in LEARNERS.items()}
        self._chips = ChipBox(self._learners, FIRST, self._more_text, CONTENT_WIDTH, self)
        self._chips.chosen.connect(self._choose)
        self.body.addWidget(self._chips)
        self.add_form(Form(session, ("outer", "learner", "run"), parent=self), (self._chips,))
        self.body.addStretch(1)
        session.settingsChanged.connect(self._show_choice)
        self._show_choice()

    def _choose(self, key: str) -> None:
        self.session.change(learner=key)
        self._show_choice()

    def _show_choice(self) -> None:
        self._chips.show_choice(self.session.settings.learner.key)
        self._show_which_fit()
        self._show_order()

    def _show_which_fit(self) -> None:
        family = self.session.settings.tasks
        for key, chip in self._learners.items():
            learner = LEARNERS[key]
            fits = family.kind in learner.kinds
            chip.set_fits(fits)  # it stays enabled: its refusal offers a way out
            summary = QCoreApplication.translate("Settings", learner.summary)
            chip.setToolTip(summary if fits else self._misfit_text(learner.label, family.label))

    def _misfit_text(self, learner: str, family: str) -> str:
        kind = self.session.settings.tasks.kind
        kinds = {"regression": self.tr("regression"), "classification": self.tr("classification")}
        text = self.tr("{learner} cannot take {kind} tasks such as {family}.")
        return text.format(learner=learner, kind=kinds.get(kind, kind), family=family)

    def _show_order(self) -> None:
        order = self.session.settings.learner.order
        orders = {"1st order": self.tr("1st order"), "2nd order": self.tr("2nd order, exact")}
        self.set_hint(orders.get(order, self.tr("how to learn to learn")), self.tr("how to learn"))

    def retranslate(self) -> None:
        self.retranslate_more()
        self.set_title(self.tr("2 · Learner"))
        for key, chip in self._learners.items():
            chip.setText(QCoreApplication.translate("Settings", LEARNERS[key].label))
            chip.setAccessibleName(chip.text())
        self._chips.retranslate()
        self._show_choice()

    def restyle(self) -> None:
        self._chips.restyle()

    def _more_text(self, hidden: int, unfolded: bool) -> str:
        return self.tr("Fewer learners") if unfolded else self.tr("More learners: %n", "", hidden)
