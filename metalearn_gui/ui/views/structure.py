"""Learn the structure, too: many candidates begin, the best third goes on, until one has had the whole budget."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.compare import Bracket, Budget, Plan, SearchPlan
from metalearn_gui.ui.compare.bracket_picture import BracketPicture, setting_names, worded
from metalearn_gui.ui.compare.busy import busy_word
from metalearn_gui.ui.compare.comparing_view import ComparingView
from metalearn_gui.ui.compare.effort import EffortLine
from metalearn_gui.ui.compare.waiting import Waiting
from metalearn_gui.ui.named import named
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.text import counted
from metalearn_gui.ui.theme import ui_font
from metalearn_gui.ui.wording import mean_text

WINNERS_BUDGET = Budget(seconds=10)


class StructureView(ComparingView):
    """The bracket, live; the winner opens as a run."""

    key = "structure"
    goes_on = False  # who goes on depends on all of them

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.card = BracketPanel(session, self.content)
        self.body.addWidget(self.card, 1)
        self.card.picture.opened.connect(self._open)
        self.card.winner.clicked.connect(self._open_winner)
        self.take_outcome()

    def begin(self) -> None:
        self.session.comparing.start(SearchPlan(self.session.settings, self.card.effort.box.budget))

    def take_plan(self, plan: Plan) -> None:
        self.card.effort.box.show_budget(plan.budget)

    def title(self) -> str:
        return self.tr("Learn the structure")

    def _open(self, run_id: str) -> None:
        record = self.session.comparing.records.get(run_id)
        if record is not None and record.iteration:
            self.open_run(run_id)

    def _open_winner(self) -> None:
        bracket = bracket_of(self.session)
        if bracket is not None and bracket.winner is not None:
            self._open(bracket.winner.run_id)


def bracket_of(session: Session) -> Bracket | None:
    """How the search stands; None where there is none."""
    outcome = session.comparing.outcome
    return outcome.bracket if outcome is not None else None


class BracketPanel(Panel):
    """The picture, and below it who won and what it came to on tasks that no choice was made by."""

    key = "structure_bracket"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._waiting = Waiting(session, "structure", self)
        self.effort = EffortLine(WINNERS_BUDGET, "structure_budget", self)
        self.effort.setMaximumWidth(360)
        self.picture = BracketPicture(self)
        self._result = QLabel(self)
        self._result.setFont(ui_font(13, 600))
        self._result.setWordWrap(True)
        self.winner = named(QPushButton(self), "structure_winner")
        self.winner.setFont(ui_font(12.5, 600))
        self.body.addWidget(self.effort)
        self.body.addWidget(self.picture, 1)
        self.body.addWidget(self._result)
        self.body.addWidget(self.winner, 0, Qt.AlignmentFlag.AlignLeft)
        self._drawn: tuple[Bracket | None, str, str] = (None, "", "")
        for signal in (session.comparing.planned, session.comparing.stateChanged, session.comparing.finished):
            signal.connect(self.refresh)
        session.comparing.progressed.connect(self._follow)
        self._waiting.changed.connect(self.refresh)

    def _follow(self) -> None:
        """Draw it anew where somebody else trains, or somebody has come to an end."""
        if self._drawn != self._now():
            self.refresh()

    def _now(self) -> tuple[Bracket | None, str, str]:
        comparing = self.session.comparing
        return bracket_of(self.session), comparing.training_id, busy_word(comparing)

    def refresh(self) -> None:
        """Draw the bracket as it stands."""
        comparing = self.session.comparing
        self._drawn = bracket, training, busy = self._now()
        words = self.tr(
            "Press Run: nine structures begin with a ninth of the budget, the best three go on to a third, "
            "one has all of it. Validation tasks decide; test tasks see the winner alone."
        )
        self.picture.show_bracket(bracket, training, busy, self._waiting.text or words)
        self._show_hint(bracket)
        winner = bracket.winner if bracket is not None else None
        self.winner.setVisible(winner is not None)
        self._result.setVisible(winner is not None)
        if winner is not None:
            entry = next(iter(comparing.comparison.entries), None)
            text = self.tr("Winner: {label}").format(label=worded(winner))
            if entry is not None:
                figure = self.tr("{loss} on unseen tasks after {steps}")
                step = entry.trained_steps
                steps = counted(step, self.tr("1 step"), self.tr("{count} steps"))
                text += " · " + figure.format(loss=mean_text(entry.mean(step), entry.ci95(step)), steps=steps)
            self._result.setText(text)

    def _show_hint(self, bracket: Bracket | None) -> None:
        """What the candidates' values are, once there are some."""
        lanes = bracket.lanes if bracket else ()
        names = setting_names(lanes[0]) + "; " if lanes else ""
        self.set_hint(names + self.tr("loss on validation tasks · a click opens a run"))

    def retranslate(self) -> None:
        self.set_title(self.tr("Successive halving"))
        self.effort.set_caption(self.tr("The winner may train"))
        self.winner.setText(self.tr("Open the winner as a run"))
        self.winner.setAccessibleName(self.winner.text())
        self.refresh()

    def restyle(self) -> None:
        self.picture.update()
