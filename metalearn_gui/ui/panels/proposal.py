"""How one network adjusts another: the five stages of it, and the size of the proposal in every layer."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.bridge.session import RunState, Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.bars import Bar, Bars
from metalearn_gui.ui.stages import Stage, Stages
from metalearn_gui.ui.theme import theme
from metalearn_gui.ui.view_panel import ViewPanel, layer_bars


class ProposalPanel(ViewPanel):
    """Stages that light up in turn while training runs; below, the application that the shown step is."""

    key = "proposal"
    room = 180

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.stages, self.bars = Stages(self), Bars(self)
        self.stages.setObjectName("proposal_stages")
        self.body.addWidget(self.stages)
        self.body.addWidget(self.bars)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)  # rows need no more than rows
        session.stateChanged.connect(self._follow_state)
        self.refresh()

    def retranslate(self) -> None:
        self.set_title(self.tr("Proposed change"))
        self.set_hint(self.tr("one network adjusts the other"), self.tr("one adjusts the other"))
        self.stages.setAccessibleName(self.tr("Five stages from a task to the gradient that trains the meta-network"))
        self.bars.setAccessibleName(self.tr("Size of the proposed change of each layer"))
        self.refresh()

    def refresh(self) -> None:
        super().refresh()
        self._follow_state()

    def _follow_state(self) -> None:
        self.stages.set_going(self.stages.isVisible() and self.session.run_state is RunState.RUNNING)

    def show_arrays(self, arrays: Mapping[str, Array]) -> None:
        names = (
            (self.tr("Task"), self.tr("points")),
            (self.tr("Meta-net"), self.tr("sees loss")),
            (self.tr("Proposal"), self.tr("size")),
            (self.tr("Base network"), self.tr("loss now")),
            (self.tr("Feedback"), self.tr("gradient")),
        )
        values = [float(value) for value in arrays["stages"]]
        self.stages.set_stages([Stage(name, value, words) for (name, words), value in zip(names, values, strict=True)])
        self.bars.set_bars(self._layers(arrays), theme().color_of("learner"))

    def _layers(self, arrays: Mapping[str, Array]) -> list[Bar]:
        step = max(self.session.unseen.step, 1)
        changes = {name: sizes for name, sizes in arrays.items() if name.startswith("change/")}
        return layer_bars(
            {name.removeprefix("change/"): float(sizes[min(step, len(sizes)) - 1]) for name, sizes in changes.items()}
        )
