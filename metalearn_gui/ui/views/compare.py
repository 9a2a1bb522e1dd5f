"""Compare: several learners on the same tasks, side by side on the same unseen ones."""

from __future__ import annotations

import functools

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QGridLayout, QInputDialog, QMenu, QWidget

from metalearn_gui.bridge.messages import Message
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.compare import LearnersPlan, Plan
from metalearn_gui.engine.compare.contenders import written_values
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.ui.compare.chosen import Chosen
from metalearn_gui.ui.compare.comparing_view import ComparingView
from metalearn_gui.ui.compare.curves_panel import CurvesPanel
from metalearn_gui.ui.compare.protocol import ProtocolPanel
from metalearn_gui.ui.compare.scores import ScoresPanel
from metalearn_gui.ui.compare.standing import Standings
from metalearn_gui.ui.compare.tiles import TilesPanel
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.view import GAP

ROWS, ROWS_COMPACT = (285, 250), (310, 225)  # of the height: the table, and the plots below it


class CompareView(ComparingView):
    """Run trains every chosen learner within its budget; what is over when it is cancelled stays."""

    key = "compare"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.chosen = Chosen(session, self)
        self.standings = Standings(session, self.chosen, self)
        self.add = self.add_action("compare_add", "plus", self._open_learners)
        self.as_csv = self.add_action("compare_csv", "export", self._ask_csv)
        self._build_cards()
        self.standings.changed.connect(self.show_state)
        self.take_outcome()

    def _build_cards(self) -> None:
        session, standings = self.session, self.standings
        self.tiles = TilesPanel(session, standings, self.content)
        self.scores = ScoresPanel(session, standings, self.content)
        self.protocol = ProtocolPanel(session, self.chosen, standings, self.content)
        self.by_compute = CurvesPanel("compare_by_compute", "compute_seconds", session, standings, self.content)
        self.by_tasks = CurvesPanel("compare_by_tasks", "tasks_seen", session, standings, self.content)
        self._below = QGridLayout()
        self._below.setSpacing(GAP)
        self.body.addWidget(self.tiles, 240)
        self.body.addLayout(self._below, 540)
        self._place(compact=False)
        self.scores.openAsked.connect(self.open_run)
        self.scores.removeAsked.connect(self.chosen.remove)
        self.scores.changeAsked.connect(self._ask_values)

    def _place(self, compact: bool) -> None:
        """The protocol beside all, or where there is little room beside the plots, the table over the whole width."""
        places: dict[Panel, tuple[int, int, int, int]] = {
            self.scores: (0, 0, 1, 3 if compact else 2),
            self.by_compute: (1, 0, 1, 1),
            self.by_tasks: (1, 1, 1, 1),
            self.protocol: (1, 2, 1, 1) if compact else (0, 2, 2, 1),
        }
        for column, share in enumerate((1, 1, 1) if compact else (484, 484, 416)):
            self._below.setColumnStretch(column, share)
        for row, share in enumerate(ROWS_COMPACT if compact else ROWS):
            self._below.setRowStretch(row, share)
        for changing in (self.scores, self.by_compute, self.by_tasks):
            changing.set_compact(compact)
        for card, place in places.items():
            self._below.removeWidget(card)
            self._below.addWidget(card, *place)

    # --- what is compared -------------------------------------------------------------------------

    def begin(self) -> None:
        self.session.comparing.start(self.chosen.plan())

    def take_plan(self, plan: Plan) -> None:
        assert isinstance(plan, LearnersPlan)
        self.chosen.take(plan)

    def title(self) -> str:
        return self.tr("Compare learners")

    def learners_menu(self) -> QMenu:
        """Learners that take the tasks that are set; deleted when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, learner in LEARNERS.items():
            action = menu.addAction(
                learner.label, functools.partial(self.attempt, functools.partial(self.chosen.add, key))
            )
            action.setToolTip(learner.summary)
            action.setEnabled(self.chosen.fits(key))
        menu.setToolTipsVisible(True)
        return menu

    def _open_learners(self) -> None:
        self.learners_menu().popup(self.add.mapToGlobal(QPoint(0, self.add.height())))

    def _ask_values(self, key: str) -> None:
        """Ask in which settings a contender differs, as the command line takes them."""
        choice = next(one for one in self.chosen.choices if one.key == key)
        known = " ".join(f"{name}={value}" for name, value in choice.values.items())
        title = self.tr("Settings of {name} that differ").format(name=LEARNERS[choice.learner].label)
        hint = self.tr("By name, apart by spaces; for example: inner_steps=5 activation=tanh")
        text, is_given = QInputDialog.getText(self, title, hint, text=known)
        if is_given:
            self.vary(key, text)

    def vary(self, key: str, text: str) -> None:
        """Give a contender settings in which it differs: "inner_steps=5 activation=tanh"."""
        self.attempt(lambda: self.chosen.vary(key, written_values(text)))

    # --- files ------------------------------------------------------------------------------------

    def _ask_csv(self) -> None:
        name = self.tr("comparison.csv")
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Table as CSV"), name, "CSV (*.csv)")
        if path:
            self.write_csv(path)

    def write_csv(self, path: str) -> None:
        """Write the table with plain numbers."""
        try:
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(self.scores.model.as_csv())
        except OSError as error:
            text = self.tr("{path} cannot be written: {reason}; choose another place")
            line = text.format(path=path, reason=error.strerror or error)
            self.session.messageRaised.emit(Message(line, "warning"))
        else:
            self.session.messageRaised.emit(Message(self.tr("The table is in {path}.").format(path=path), "info"))

    # --- what is shown ----------------------------------------------------------------------------

    def show_state(self) -> None:
        super().show_state()
        self.as_csv.setEnabled(bool(self.session.comparing.comparison.entries))

    def set_compact(self, compact: bool) -> None:
        super().set_compact(compact)
        self._place(compact)

    def retranslate(self) -> None:
        super().retranslate()
        self.name_action(self.add, self.tr("Add a learner"), short=self.tr("Add"))
        self.name_action(self.as_csv, self.tr("Table as CSV"), short=self.tr("CSV"))
