"""The one mutable object: what is set, what trains (`live`), what is shown, what is touched.

Panels read it and call its methods; nothing else changes it. All of it lives on the GUI thread. Settings, runs
and the worker meet in course.py; what is wished for them is granted or refused in wishes.py, and what needs a file of
images waits until reading.py has read it on its own thread. What has a state of its own is a part that panels speak to:

    session.documents   the file that the session is saved in; opening others, recovery, links
    session.unseen      the touched task, the gallery, and how the shown run adapts to them
    session.beside      other runs on the touched task, each in a picture of its own
    session.laid_over   those of the overlays that can be drawn over the shown run's
    session.comparing   what trains side by side, on the live run's worker
    session.warming     compiling in advance, before a talk
    session.inside      what the view "Inside" shows of the shown run
    session.replay      the shown run's moments, one after another
    session.pictures    image files that are taken into a task of pictures
    session.cold_start  which ratings of a new user tell most
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from metalearn_gui.bridge import run_messages
from metalearn_gui.bridge.adapter import Adaptation
from metalearn_gui.bridge.beside import Beside, laid_over
from metalearn_gui.bridge.cold_start import ColdStart
from metalearn_gui.bridge.comparison import Comparing
from metalearn_gui.bridge.course import Course
from metalearn_gui.bridge.documents import Documents
from metalearn_gui.bridge.inside import Inside
from metalearn_gui.bridge.messages import DEED, REFUSAL, Message
from metalearn_gui.bridge.pace import Memory
from metalearn_gui.bridge.picture_reading import PictureReading
from metalearn_gui.bridge.reading import Reading
from metalearn_gui.bridge.replay import Replay
from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.tidying import Tidying
from metalearn_gui.bridge.touches import TouchedTask
from metalearn_gui.bridge.undoing import Undoing
from metalearn_gui.bridge.warming import Warming
from metalearn_gui.bridge.wishes import Wishes
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.presets import FIRST, preset
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.switching import fitted_to_data, switched, with_data_of
from metalearn_gui.engine.training import DEFAULT_OPTIONS, Options
from metalearn_gui.store.records import RunRecord, Scored

__all__ = ["REFUSAL", "Adaptation", "Message", "RunState", "Session", "TouchedTask"]

# A closed window is gone within 0.3.
WORKER_SECONDS, TOUCH_SECONDS, FILE_SECONDS, READING_SECONDS, REPORT_SECONDS = 0.15, 0.02, 0.1, 0.02, 0.02


class Session(QObject):
    """See the module's docstring."""

    settingsChanged = Signal()  # settings, preset_key
    stateChanged = Signal()  # run_state
    advanced = Signal()  # curves, iteration, speed; at most 30 times a second
    scored = Signal()  # latest_scores of a run
    shownChanged = Signal()  # another run or moment is shown
    runsChanged = Signal()  # runs, overlays, names
    readinessChanged = Signal()  # readiness, can_run
    messageRaised = Signal(object)  # Message; an empty text clears the bar

    def __init__(
        self,
        settings: ExperimentSettings | None = None,
        *,
        options: Options = DEFAULT_OPTIONS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._course = Course(settings or preset(FIRST), options, self)
        self._runs, self._training, self.unseen = self._course.runs, self._course.training, self._course.unseen
        self.comparing = Comparing(self._course, options, self)
        self.inside = Inside(self._runs, self.unseen, options, self)
        self.replay = Replay(self, self)
        self.warming = Warming(self._training, options, self)
        self.beside, self.laid_over = (Beside(self.unseen, name, self) for name in ("beside", "laid over"))
        self.cold_start = ColdStart(lambda: self.shown, self)
        self._reading, self.pictures = Reading(self), PictureReading(self)
        self._wishes = Wishes(self._course, self._reading, self)
        self.documents = Documents(self._course, self.comparing, self._reading, self._choose_data, self)
        self._memory, self._tidying = Memory(), Tidying(self)
        self.unseen.handMoved.connect(self._tidying.give_way)
        self._training.loaded.connect(self._tidying.settle)
        self._undoing = Undoing(self.undo_stack, self.unseen.touches_here)
        self._granted, self._said = self.settings, Message("")
        self._is_closed = False
        self._connect()

    def _connect(self) -> None:
        for name in ("settingsChanged", "stateChanged", "advanced", "scored", "shownChanged", "runsChanged"):
            getattr(self._course, name).connect(getattr(self, name))
        for signal in (self._course.advanced, self._course.shownChanged, self._course.runsChanged):
            signal.connect(lambda: self.laid_over.show(laid_over(self._runs)))
        self._course.settingsChanged.connect(self._take_words_back)
        for granted in (self.pictures.made, self.comparing.planned):
            granted.connect(lambda: self.take_back(REFUSAL))
        self.messageRaised.connect(self._note)
        self._course.messageRaised.connect(self._pass_on)
        self._course.worked.connect(self.documents.mark_dirty)
        self.unseen.worked.connect(self.documents.mark_dirty)
        self.unseen.gestureBegun.connect(self._undoing.note_touch)
        self.unseen.gestureBegun.connect(lambda: self.take_back(DEED))  # "Undo" would take back the gesture instead
        self._training.readinessChanged.connect(self.readinessChanged)
        # Not of a wish: what is said of a file's tasks while it is taken up is not over with its settings.
        self.unseen.failed.connect(lambda text: self.messageRaised.emit(Message(text, "warning")))
        self.inside.failed.connect(self._warn)
        self.cold_start.failed.connect(self._warn)
        self.documents.said.connect(self._pass_on)
        self._reading.said.connect(self.messageRaised)
        self.warming.said.connect(self.messageRaised)
        self.replay.said.connect(self.messageRaised)
        self._wishes.said.connect(self.messageRaised)
        for refused in (self._wishes.refused, self._reading.refused):
            refused.connect(self.settingsChanged)  # a widget that shows the refused value takes it back

    def start(self, offers_recovery: bool = True) -> None:
        """Load TensorFlow, and offer what was left unsaved. Called once the window is painted."""
        self._tidying.take_collecting_over()
        self._training.load()
        self._training.prepare_soon(self.live.settings)
        if offers_recovery:
            self.documents.offer_recoveries()

    # --- settings -----------------------------------------------------------------------------------

    @property
    def settings(self) -> ExperimentSettings:
        return self._course.settings

    @property
    def preset_key(self) -> str:
        """The preset that the settings are, or ""."""
        return self._course.preset_key

    @property
    def undo_stack(self) -> QUndoStack:
        return self._course.undo_stack

    def undo(self) -> None:
        """Take back what was done last: to what is set, to the runs, or to the touched task.

        It may be long ago, and its cards out of sight: another family, learner or structure is said.
        """
        before = self.settings
        if not self._undoing.undo():
            return
        self.take_back(DEED)  # its "Redo" would do this one again
        if self.settings != before and not before.differs_live_only(self.settings):
            self.messageRaised.emit(run_messages.undone(before, self.settings))

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._undoing.redo()
        self.take_back(DEED)

    def set_settings(self, settings: ExperimentSettings, text: str = "") -> None:
        """Undoable. Live values reach the run; structural ones restart it (old run kept), after 300 ms of quiet."""
        self._wishes.take(settings, text)

    def change(self, **values: object) -> None:
        """Other values by flat name; a chosen learner brings what it is tuned with (engine/switching.py).

        A bad value becomes a message, with a button where something near would do; nothing is lost.
        """
        self._wishes.make(lambda: switched(self.settings, **values), wanted=values)

    def take_offer(self) -> None:
        """What was refused last, together with what was offered to make it fit."""
        self.change(**self._wishes.offered)

    def load_preset(self, key: str, data: str = "") -> None:
        """Undoable; the seed is the preset's own. data: of a family that needs some; else what is in use stays."""

        def make() -> ExperimentSettings:
            chosen = with_data_of(preset(key), self.settings)
            return fitted_to_data(chosen.replaced(data=data)) if data else chosen

        self._wishes.make(make, self.tr("Preset"), {"data": data} if data else {})

    def read_again(self) -> None:
        """Take a file as it is now, after a message that it has changed."""
        self._reading.read_again()

    def cancel_reading(self) -> None:
        """Stay with the images, or without, instead of waiting for those that are being read."""
        self._reading.cancel()
        self.settingsChanged.emit()  # a widget that shows the awaited value takes it back

    def _choose_data(self, path: str) -> None:
        self.change(data=path)

    def _take_words_back(self) -> None:
        """What was said of a wish or deed is over once other settings are taken, be it by an undo or in a session."""
        if self.settings is not self._granted:
            self._granted = self.settings
            for about in (REFUSAL, DEED):  # the newest deed is another one now
                self.take_back(about)

    def take_back(self, about: str) -> None:
        """What was said about this is over (bridge/messages.py)."""
        self._pass_on(Message("", about=about))

    def _pass_on(self, message: Message) -> None:
        """What takes back something that is not said any more is not passed on."""
        if message.text or message.about in ("", self._said.about):
            self.messageRaised.emit(message)

    def _note(self, message: Message) -> None:
        self._said = message

    # --- run ----------------------------------------------------------------------------------------

    @property
    def run_state(self) -> RunState:
        return self._training.state

    @property
    def is_scoring(self) -> bool:
        """Whether the live run tries unseen tasks, for so long that it is worth a word."""
        return self._course.scoring.is_long

    @property
    def readiness(self) -> str:
        """What waits, in words ("loading TensorFlow", "compiling, 3 s"); empty when nothing does."""
        return self._training.readiness

    @property
    def can_run(self) -> bool:
        """Whether Run answers. While the structure compiles it does: the press is queued."""
        return self._training.is_loaded

    def toggle(self) -> None:
        """Run, or pause."""
        self._course.toggle()

    def run_instead(self) -> None:
        """End what trains or compiles in place of the live run, and run."""
        self.comparing.cancel()
        self.warming.cancel()
        self.toggle()

    def step(self) -> None:
        """One meta-iteration, then pause."""
        self._course.step()

    def advance(self, count: int) -> None:
        """So many meta-iterations of a run that is not under way, then pause."""
        self._course.advance(count)

    def reset(self) -> None:
        """Back to the same start; the run stays in the list."""
        self._course.reset()

    def reseed(self) -> None:
        """Reset with the next seed; undoable."""
        self._course.reseed()

    def resume_calmer(self) -> None:
        """After a divergence: go on from the last good state with the lower learning rate that was offered."""
        self._course.resume_calmer()

    # --- runs ---------------------------------------------------------------------------------------

    @property
    def runs(self) -> list[RunRecord]:
        return self._runs.list

    @property
    def live(self) -> RunRecord:
        """The run that Run goes on with."""
        return self._runs.live

    @property
    def shown(self) -> RunRecord:
        return self._runs.shown

    @property
    def moment(self) -> int | None:
        """The past meta-iteration that the shown run is shown at; None: its newest state."""
        return None if self._runs.moment is None else self._runs.moment.iteration

    @property
    def shown_iteration(self) -> int:
        return self.shown.iteration if self.moment is None else self.moment

    @property
    def shown_state(self) -> TrainingState:
        """What the shown run had learned at the shown moment."""
        return self.unseen.shown.state

    @property
    def shown_settings(self) -> ExperimentSettings:
        """The shown run's, with the live values that its adaptations are shown with."""
        return self.unseen.shown.settings

    @property
    def shown_scores(self) -> Scored | None:
        """The newest scores of the shown run up to the shown moment."""
        return self.shown.latest_scores if self.moment is None else self.shown.scores_at(self.moment)

    @property
    def overlays(self) -> set[str]:
        """Ids of the runs that are drawn over the shown curves."""
        return self._runs.overlays

    @property
    def speed(self) -> float:
        """Tasks per second, of late; 0 while nothing runs."""
        return self._course.pace.tasks_per_second

    @property
    def eta_seconds(self) -> float | None:
        """Until the live run's end; None while nothing runs."""
        outer = self.settings.outer
        return self._course.pace.seconds_for((outer.num_iterations - self.live.iteration) * outer.meta_batch)

    @property
    def memory_mb(self) -> float:
        return self._memory.megabytes

    def show_run(self, run_id: str) -> None:
        """Show a run; the live one goes on."""
        self._reading.when_read(self._settings_of(run_id), lambda: self._course.show(run_id))

    def show_moment(self, iteration: int | None) -> None:
        """Show the shown run as it was at its kept moment closest to a meta-iteration; None: as it is now.

        What runs on from a past moment is a run of its own.
        """
        self._course.show_moment(iteration)

    def show_now(self) -> None:
        """The shown run as it is: neither a moment of its past, nor what a hand holds in place of an adaptation."""
        if self.unseen.held:
            self.unseen.set_held({})
        self.show_moment(None)

    def restore_run(self, run_id: str) -> None:
        """Its settings and state become the ones that Run goes on from, as a run of its own."""
        self._reading.when_read(self._settings_of(run_id), lambda: self._course.restore(run_id))

    def restore_shown(self) -> None:
        """The same of the shown run."""
        self.restore_run(self.shown.run_id)

    def start_from(self, run_id: str) -> None:
        """Undoable: a fresh run of what is set, with this run's weights as far as they fit."""
        self._course.start_from(run_id)

    def _settings_of(self, run_id: str) -> list[ExperimentSettings]:
        run = self._runs.find(run_id)
        return [run.settings] if run else []

    def set_overlay(self, run_id: str, on: bool) -> None:
        """Draw a run over the shown curves, or not."""
        self._course.set_overlay(run_id, on)

    def rename_run(self, run_id: str, name: str) -> None:
        """Undoable: give a run a name of its own; "" gives it its learner's."""
        self._course.remark(run_id, name=name)

    def remark_run(self, run_id: str, *, tags: str | None = None, note: str | None = None) -> None:
        """Undoable: own words about a run, tags with commas between and a note; None leaves what is there."""
        given = {"tags": tags, "note": note}
        self._course.remark(run_id, **{name: text for name, text in given.items() if text is not None})

    def pin_run(self, run_id: str, on: bool) -> None:
        """Undoable: let a run stand before the others, or among them."""
        self._course.remark(run_id, is_pinned=on)

    def delete_run(self, run_id: str) -> None:
        """Undoable. A fresh run takes the place of the live one."""
        self._course.delete([run_id])

    def delete_runs(self, run_ids: Sequence[str], live_stays: bool = False) -> None:
        """The same of several, which one undo brings back. live_stays: the live one was meant too, and is left out."""
        self._course.delete(run_ids, live_stays)

    def close(self) -> None:
        """End the worker, write the recovery file if there is unsaved work. Asks nothing."""
        if not self._is_closed:
            self._is_closed = True
            self._tidying.close()
            self._reading.close(READING_SECONDS)
            self.pictures.close(READING_SECONDS)
            self.comparing.close(REPORT_SECONDS)
            self.warming.close()
            self._training.close(WORKER_SECONDS)
            self.unseen.close(TOUCH_SECONDS)
            self.inside.close(TOUCH_SECONDS)
            self.cold_start.close(TOUCH_SECONDS)
            self.documents.close(FILE_SECONDS)
            # While the garbage is collected the stack would delete commands that are gone already.
            self.undo_stack.clear()

    def _warn(self, text: str) -> None:
        self.messageRaised.emit(Message(text, "warning", about=REFUSAL))
