"""What all views share in which several runs train: the transport, how far they are, and the way to the other views."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QPoint, QSignalBlocker, Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from metalearn_gui.bridge.messages import COMPARED, REFUSAL, Message
from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.compare import Outcome, Plan
from metalearn_gui.engine.params import SettingError
from metalearn_gui.ui.combo import Combo
from metalearn_gui.ui.compare.earlier import earlier_menu
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.named import named
from metalearn_gui.ui.text import count_text, duration_text
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.transport import ACTIVE_STATES
from metalearn_gui.ui.view import View
from metalearn_gui.ui.wording import same_tasks_text

KINDS = ("compare", "sweep", "structure", "little_data")


class ComparingView(View):
    """Run begins, holds and goes on; Reset ends it, and what is over stays. Subclasses say what begins."""

    goes_on: ClassVar[bool] = True  # whether Run takes up what was cancelled

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.is_compact = False
        self._said: tuple[int, ...] = ()
        self._was_shown = self._comes_back = False
        self._buttons: list[tuple[QPushButton, str]] = []
        self.header.step.hide()
        self._done = self.header.add_figure(f"{self.key}_done")
        self._left = self.header.add_figure(f"{self.key}_left")
        self._tasks = self.header.add_figure(f"{self.key}_tasks")
        self._kinds = named(Combo(self.header), f"{self.key}_kind")
        self._kinds.setFixedHeight(34)
        self._kinds.setFont(ui_font(12.5, 500))
        for key in KINDS:
            self._kinds.addItem("", key)
        self._kinds.setCurrentIndex(KINDS.index(self.key))
        self._kinds.currentIndexChanged.connect(self._ask_other)
        self.header.buttons.addWidget(self._kinds)
        self.earlier = self.add_action(f"{self.key}_earlier", "history", self._open_earlier)
        self.header.cuts.insert(0, self._shorten_earlier)
        self.report = self.add_action(f"{self.key}_report", "export", self._ask_report)
        comparing = session.comparing
        comparing.stateChanged.connect(self.show_state)
        comparing.finished.connect(self._take_end)
        comparing.reopened.connect(self._take_reopened)
        comparing.keptChanged.connect(self.show_state)
        comparing.reported.connect(self._tell_report)
        comparing.progressed.connect(self._show_progress)
        comparing.failed.connect(self._tell)
        for signal in (session.settingsChanged, session.readinessChanged, session.stateChanged):
            signal.connect(self.show_state)

    def add_action(self, name: str, icon_name: str, slot: Callable[[], object]) -> QPushButton:
        """A button of the view's own in the header."""
        button = named(QPushButton(self.header), name)
        button.setFont(ui_font(12.5, 600))
        button.setFixedHeight(34)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _checked=False: slot())
        self._buttons.append((button, icon_name))
        self.header.buttons.addWidget(button)
        return button

    def name_action(self, button: QPushButton, text: str, hint: str = "", short: str = "") -> None:
        """A button's words; the short ones where there is little room."""
        shown = short if short and self.is_compact else text
        if button.text() != shown:
            button.setText(shown)
            self.header.fit()
        button.setAccessibleName(text)
        button.setToolTip(hint or text)

    # --- for subclasses ---------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin what this view is for.

        Raises:
            SettingError: what cannot be.
        """
        raise NotImplementedError

    def refusal(self) -> str:
        """Why what is chosen cannot begin, in a line; "" where it can."""
        return ""

    def title(self) -> str:
        """What the view is."""
        raise NotImplementedError

    def take_plan(self, plan: Plan) -> None:
        """Choose what was asked for in an earlier comparison of this kind."""
        raise NotImplementedError

    @property
    def is_mine(self) -> bool:
        """Whether what trains, or has trained last, is of this view."""
        return self.session.comparing.kind == self.key

    # --- the transport ----------------------------------------------------------------------------

    def toggle(self) -> None:
        """Begin, hold, or go on."""
        comparing = self.session.comparing
        if comparing.is_active and self.is_mine:
            if comparing.state in ACTIVE_STATES:
                comparing.pause()
            else:
                comparing.resume()
        elif self.session.can_run:
            self.session.take_back(COMPARED)
            self.attempt(self.begin)

    def step(self) -> None:
        """There are no single steps here."""

    def reset(self) -> None:
        """End it; what is over stays."""
        self.session.comparing.cancel()

    def attempt(self, do: Callable[[], object]) -> None:
        """Do it, or say in one line why it cannot be."""
        try:
            do()
        except SettingError as error:
            self.session.messageRaised.emit(Message(str(error), "warning", about=REFUSAL))

    def open_run(self, run_id: str) -> None:
        """Show a run in the main window."""
        if any(run.run_id == run_id for run in self.session.runs):
            self.session.show_run(run_id)
            self.backRequested.emit()
        elif run_id in self.session.comparing.records:
            text = self.tr("That run is not in the list any more; its figures stay here.")
            self.session.messageRaised.emit(Message(text, "info"))

    # --- earlier ones -----------------------------------------------------------------------------

    def _open_earlier(self) -> None:
        earlier_menu(self.session, self).popup(self.earlier.mapToGlobal(QPoint(0, self.earlier.height())))

    def _shorten_earlier(self, on: bool) -> None:
        self.earlier.setText("" if on else self.tr("Earlier"))

    def take_outcome(self) -> None:
        """Show what is there already; call it once the view is built."""
        outcome = self.session.comparing.outcome
        if outcome is not None and self.is_mine:
            self.take_plan(outcome.plan)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        comparing = self.session.comparing
        own = next((one.key for one in comparing.kept if one.plan.kind == self.key), "")
        if own and not self.is_mine and not comparing.is_active:
            self._comes_back = self._was_shown
            comparing.reopen(own)
            self._comes_back = False
        self._was_shown = True

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():  # another view has come; else the window has only been put away
            self.session.take_back(COMPARED)

    def _take_reopened(self) -> None:
        self.session.take_back(COMPARED)
        if not self._comes_back:  # what has been chosen here since then stays
            self.take_outcome()
        if self.isVisible() and not self.is_mine:
            self.viewRequested.emit(self.session.comparing.kind)

    def _take_end(self) -> None:
        self.show_state()
        outcome = self.session.comparing.outcome
        if outcome and self.isVisible() and self.is_mine and self.session.comparing.has_been_cancelled:
            self.session.messageRaised.emit(Message(self._end_text(outcome), "info", about=COMPARED))

    def _end_text(self, outcome: Outcome) -> str:
        """What there is at the end of one that was cancelled, and what Run does with the rest."""
        done, count, cut = outcome.num_done, outcome.num_runs, outcome.num_cut_short
        if cut:
            text = self.tr("Ended with {done} of {count} runs done and {cut} cut short, which stay.")
            text = text.format(done=done, count=count, cut=cut)
            more = self.tr("Run goes on from there.")
        elif done == count:
            text = self.tr("Ended with all {count} runs, which stay.").format(count=count)
            more = self.tr("Run goes on with what is left.")
        else:
            text = self.tr("Ended with {done} of {count} runs, which stay.").format(done=done, count=count)
            more = self.tr("Run goes on with the others.")
        goes_on = self.goes_on and outcome.plan.settings == self.session.settings
        return f"{text} {more if goes_on else self.tr('Run begins anew.')}"

    def _ask_report(self) -> None:
        kinds = self.tr("Web page (*.html);;Markdown (*.md)")
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Report"), f"{self.key}.html", kinds)
        if path:
            self.session.messageRaised.emit(Message(self.tr("The report is being drawn..."), "info"))
            self.session.comparing.write_report(path)

    def _tell_report(self, path: str) -> None:
        if self.isVisible():
            text = self.tr("The report is in {path}.").format(path=path)
            self.session.messageRaised.emit(Message(text, "info"))

    def _tell(self, line: str) -> None:
        if self.isVisible():
            self.session.messageRaised.emit(Message(line, "error"))

    def _ask_other(self) -> None:
        wanted = self._kinds.currentData()
        with QSignalBlocker(self._kinds):
            self._kinds.setCurrentIndex(KINDS.index(self.key))  # this view stays what it is
        self.viewRequested.emit(wanted)

    # --- what is shown ----------------------------------------------------------------------------

    def show_state(self) -> None:
        """What runs, and of what."""
        comparing = self.session.comparing
        is_active = comparing.state in ACTIVE_STATES and self.is_mine
        refusal = "" if comparing.is_active and self.is_mine else self.refusal()
        can_run = self.session.can_run and not refusal
        self.header.show_running(is_active, is_active or can_run, refusal or self.session.readiness)
        self.header.reset.setEnabled(comparing.is_active)
        outcome = comparing.outcome
        self.report.setEnabled(self.is_mine and outcome is not None and outcome.is_something)
        self.earlier.setEnabled(bool(comparing.kept))
        settings = outcome.plan.settings if outcome is not None and self.is_mine else self.session.settings
        self.header.set_texts(self.title(), same_tasks_text(settings))
        self._show_progress()

    def _show_progress(self) -> None:
        comparing = self.session.comparing
        outcome = comparing.outcome if self.is_mine else None
        num_done, num_runs = (outcome.num_done, outcome.num_runs) if outcome is not None else (0, 0)
        of_all = self.tr("of {count} done").format(count=num_runs) if num_runs else ""
        self._done.show_value(str(num_done) if num_runs else "–", of_all)
        self._left.show_value(*(self._left_texts() if self.is_mine else ("–", "")))
        self._left.setToolTip(comparing.compiling_text if self.is_mine else "")
        count = comparing.comparison.num_distinct_tasks if self.is_mine else 0
        self._tasks.show_value(count_text(count) if count else "–", self.tr("the same for all") if count else "")
        self.header.set_progress(comparing.share if num_runs else 0.0)
        said = (num_done, num_runs, count, len(comparing.kept))
        if said != self._said:  # figures grow; the seconds that are left have room for all of theirs
            self._said = said
            self.header.tighten()

    def _left_texts(self) -> tuple[str, str]:
        """The time that is left, and what happens meanwhile that no share tells of."""
        comparing = self.session.comparing
        if comparing.state is RunState.STOPPING:
            return self.tr("ending"), ""
        compiles = comparing.is_compiling or comparing.state is RunState.PREPARING
        does = self.tr("compiling") if compiles else ""
        eta = comparing.eta_seconds
        return (does or "–", "") if eta is None else (duration_text(eta), does)

    def set_compact(self, compact: bool) -> None:
        super().set_compact(compact)
        self.is_compact = compact
        self.retranslate()

    def retranslate(self) -> None:
        self._done.set_caption(self.tr("runs"))
        self._left.set_caption(self.tr("time left"))
        self._tasks.set_caption(self.tr("unseen tasks"))
        texts = (self.tr("Compare learners"), self.tr("Sweep settings"), self.tr("Learn the structure"),
                 self.tr("Little data"))  # fmt: skip
        with QSignalBlocker(self._kinds):
            for place, text in enumerate(texts):
                self._kinds.setItemText(place, text)
        self._kinds.setFixedWidth(self._kinds.sizeHint().width())
        self._kinds.setAccessibleName(self.tr("What to do with several runs"))
        self._kinds.setToolTip(self.tr("What to do with several runs"))
        self.header.reset.setToolTip(self.tr("End it; what is over stays (R)"))
        self.name_action(self.earlier, self.tr("Earlier"), self.tr("What was compared before, kept with the session"))
        self.name_action(self.report, self.tr("Report"), self.tr("A page with figures, settings and command lines"))
        self.show_state()

    def restyle(self) -> None:
        for button, name in self._buttons:
            button.setIcon(icon(name, theme().palette.text))
