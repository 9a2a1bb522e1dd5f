"""Compare: several learners on the same tasks, side by side on the same unseen ones."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QGridLayout, QInputDialog, QMenu, QPushButton, QWidget

from metalearn_gui.bridge.messages import Message
from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.params import SettingError
from metalearn_gui.ui.compare.chosen import Chosen, written_values
from metalearn_gui.ui.compare.curves_panel import CurvesPanel
from metalearn_gui.ui.compare.protocol import ProtocolPanel
from metalearn_gui.ui.compare.scores import ScoresPanel
from metalearn_gui.ui.compare.standing import Standings
from metalearn_gui.ui.compare.tiles import TilesPanel
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.text import count_text, duration_text
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.transport import ACTIVE_STATES
from metalearn_gui.ui.view import GAP, View


class CompareView(View):
    """Run trains every chosen learner within its budget; what is over when it is cancelled stays."""

    key = "compare"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._is_compact = False
        self.chosen = Chosen(session, self)
        self.standings = Standings(session, self.chosen, self)
        self._build_header()
        self._build_cards()
        comparing = session.comparing
        comparing.stateChanged.connect(self._show_state)
        comparing.progressed.connect(self._show_progress)
        comparing.failed.connect(lambda line: session.messageRaised.emit(Message(line, "error")))
        for signal in (session.settingsChanged, session.readinessChanged, session.stateChanged, self.standings.changed):
            signal.connect(self._show_state)

    # --- building ---------------------------------------------------------------------------------

    def _build_header(self) -> None:
        self.header.step.hide()
        self._done = self.header.add_figure("compare_done")
        self._left = self.header.add_figure("compare_left")
        self._tasks = self.header.add_figure("compare_tasks")
        self.add = self._action("compare_add", "plus", self._open_learners)
        self.as_csv = self._action("compare_csv", "export", self._ask_csv)

    def _action(self, name: str, icon_name: str, slot: object) -> QPushButton:
        button = QPushButton(self.header, objectName=name)
        button.setFont(ui_font(12.5, 600))
        button.setFixedHeight(34)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("icon_name", icon_name)
        button.clicked.connect(lambda _checked=False: slot())  # type: ignore[operator]
        self.header.actions.addWidget(button)
        return button

    def _build_cards(self) -> None:
        session, standings = self.session, self.standings
        self.tiles = TilesPanel(session, standings, self.content)
        self.scores = ScoresPanel(session, standings, self.content)
        self.protocol = ProtocolPanel(session, self.chosen, standings, self.content)
        self.by_compute = CurvesPanel("compare_by_compute", "compute_seconds", session, standings, self.content)
        self.by_tasks = CurvesPanel("compare_by_tasks", "tasks_seen", session, standings, self.content)
        self._below = QGridLayout()
        self._below.setSpacing(GAP)
        for column, share in enumerate((484, 484, 416)):
            self._below.setColumnStretch(column, share)
        self._below.setRowStretch(0, 285)
        self._below.setRowStretch(1, 250)
        self.body.addWidget(self.tiles, 240)
        self.body.addLayout(self._below, 540)
        self._place(compact=False)
        self.scores.openAsked.connect(self._open_run)
        self.scores.removeAsked.connect(self.chosen.remove)
        self.scores.changeAsked.connect(self._ask_values)

    def _place(self, compact: bool) -> None:
        """The protocol beside all, or where there is little room in the place of the second plot."""
        places = {self.scores: (0, 0, 1, 2), self.by_compute: (1, 0, 1, 1), self.by_tasks: (1, 1, 1, 1)}
        places[self.protocol] = (0, 2, 2, 1)
        if compact:
            places[self.scores], places[self.protocol] = (0, 0, 1, 3), (1, 1, 1, 2)
        self.by_tasks.setVisible(not compact)
        self.protocol.set_compact(compact)
        for card, place in places.items():
            self._below.removeWidget(card)
            if card is not self.by_tasks or not compact:
                self._below.addWidget(card, *place)

    # --- the transport ----------------------------------------------------------------------------

    def toggle(self) -> None:
        """Begin, hold, or go on."""
        comparing = self.session.comparing
        if not comparing.is_active:
            self._begin()
        elif comparing.state in ACTIVE_STATES:
            comparing.pause()
        else:
            comparing.resume()

    def step(self) -> None:
        """A comparison has no single steps."""

    def reset(self) -> None:
        """End what is compared; what is over stays."""
        self.session.cancel_comparison()

    def _begin(self) -> None:
        if not self.session.can_run:
            return
        try:
            contenders = self.chosen.contenders()
            self.session.comparing.start(contenders, self.chosen.budget, self.chosen.order)
        except SettingError as error:
            self._warn(error)

    def _warn(self, error: SettingError) -> None:
        self.session.messageRaised.emit(Message(str(error), "warning"))

    # --- who is compared --------------------------------------------------------------------------

    def learners_menu(self) -> QMenu:
        """Learners that take the tasks that are set; deleted when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, learner in LEARNERS.items():
            action = menu.addAction(learner.label, lambda key=key: self._add(key))
            action.setToolTip(learner.summary)
            action.setEnabled(self.chosen.fits(key))
        menu.setToolTipsVisible(True)
        return menu

    def _open_learners(self) -> None:
        self.learners_menu().popup(self.add.mapToGlobal(QPoint(0, self.add.height())))

    def _add(self, learner: str) -> None:
        try:
            self.chosen.add(learner)
        except SettingError as error:
            self._warn(error)

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
        try:
            self.chosen.vary(key, written_values(text))
        except SettingError as error:
            self._warn(error)

    def _open_run(self, run_id: str) -> None:
        self.session.show_run(run_id)
        self.backRequested.emit()

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

    # --- what is shown ----------------------------------------------------------------------------

    def _show_state(self) -> None:
        comparing = self.session.comparing
        is_active = comparing.state in ACTIVE_STATES
        self.header.show_running(is_active, is_active or self.session.can_run, self.session.readiness)
        self.header.reset.setEnabled(comparing.is_active)
        self.as_csv.setEnabled(bool(comparing.comparison.entries))
        settings = self.session.settings
        subtitle = self.tr("{tasks} · {shots} shots · seed {seed}")
        subtitle = subtitle.format(tasks=settings.tasks.label, shots=settings.episodes.shots, seed=settings.seed)
        self.header.set_texts(self.tr("Compare learners"), subtitle)
        self._show_progress()

    def _show_progress(self) -> None:
        comparing = self.session.comparing
        num_done, num_runs = len(comparing.comparison.runs), len(comparing.lanes) or len(self.chosen.choices)
        of_all = self.tr("of {count} done").format(count=num_runs)
        self._done.show_value(str(num_done), of_all)
        eta = comparing.eta_seconds
        waits = self.tr("compiling") if comparing.state is RunState.PREPARING else "–"
        self._left.show_value(waits if eta is None else duration_text(eta))
        count = comparing.comparison.num_tasks
        self._tasks.show_value(count_text(count) if count else "–", self.tr("the same for all") if count else "")
        self.header.set_progress(comparing.share if comparing.lanes else 0.0)

    def set_compact(self, compact: bool) -> None:
        super().set_compact(compact)
        self._is_compact = compact
        self._place(compact)
        self._tasks.setVisible(not compact)
        self._show_texts(compact)

    # --- texts and colours ------------------------------------------------------------------------

    def retranslate(self) -> None:
        self._done.set_caption(self.tr("learners"))
        self._left.set_caption(self.tr("time left"))
        self._tasks.set_caption(self.tr("unseen tasks"))
        self._show_texts(self._is_compact)
        self.header.reset.setToolTip(self.tr("End the comparison; what is over stays (R)"))
        self._show_state()

    def _show_texts(self, compact: bool) -> None:
        self.add.setText(self.tr("Add") if compact else self.tr("Add a learner"))
        self.as_csv.setText(self.tr("CSV") if compact else self.tr("Table as CSV"))
        for button, text in ((self.add, self.tr("Add a learner")), (self.as_csv, self.tr("Table as CSV"))):
            button.setAccessibleName(text)
            button.setToolTip(text)

    def restyle(self) -> None:
        for button in (self.add, self.as_csv):
            button.setIcon(icon(button.property("icon_name"), theme().palette.text))
