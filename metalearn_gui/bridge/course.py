"""What is set and what trains: settings, the live run and the list, and how one follows from the other."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QUndoStack

from metalearn_gui.bridge import run_messages
from metalearn_gui.bridge.history import Deed, Place, SettingsCommand, Take, changed_names
from metalearn_gui.bridge.messages import DEED, REFUSAL, RUN, SHOWN, Message
from metalearn_gui.bridge.pace import Pace
from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.runs import (
    Runs,
    branch,
    can_go_on_with,
    changed_live_values,
    started_again,
    state_of,
    take_live_values,
    take_remarks,
    with_live_values,
)
from metalearn_gui.bridge.scoring import Scoring
from metalearn_gui.bridge.training import Training
from metalearn_gui.bridge.unseen import UnseenTasks
from metalearn_gui.engine import events
from metalearn_gui.engine.footprint import check_memory
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.switching import preset_key
from metalearn_gui.engine.training import Options
from metalearn_gui.store.records import RunRecord, fresh_run, run_from_weights
from metalearn_gui.store.session_file import SavedSession, SavedTask

QUIET_MS = 300  # a structural change restarts a running run once nothing has followed for so long
MOVING = (RunState.RUNNING, RunState.PREPARING)
_STATE_EVENTS = {events.Prepared, events.Snapshot, events.Diverged, events.Finished, events.LiveChanged}
_LIST_EVENTS = {events.Diverged, events.Finished}
_WORK_EVENTS = {events.Progress, events.LiveChanged}


class Course(QObject):
    """The one place where settings, runs and the worker meet. Everything is changed first and announced then."""

    settingsChanged = Signal()
    stateChanged = Signal()
    advanced = Signal()
    scored = Signal()
    shownChanged = Signal()
    runsChanged = Signal()
    messageRaised = Signal(object)
    worked = Signal()  # there is something new to save

    def __init__(self, settings: ExperimentSettings, options: Options, parent: QObject) -> None:
        super().__init__(parent)
        self.settings = settings
        self.preset_key = preset_key(settings)
        self.undo_stack = QUndoStack(self)
        self._calmer: Mapping[str, float] = {}  # what to go on with after the newest divergence
        self.runs = Runs(fresh_run(settings))
        self.pace, self.scoring = Pace(), Scoring(self)
        self.scoring.changed.connect(self.stateChanged)
        self.training = Training(options, self._take_events, self._take_end, self)
        self.training.stateChanged.connect(self._take_state)
        self.training.failed.connect(self._take_failure)
        self.unseen = UnseenTasks(settings, state_of(self.runs.live), options.compile, self)
        self.training.loaded.connect(self.unseen.set_ready)
        self.training.stoodStill.connect(self.unseen.answers.warm_up)
        self.unseen.handMoved.connect(self.training.give_way)
        self.unseen.answers.adaptedChanged.connect(self.training.use_pause)

    # --- settings -----------------------------------------------------------------------------------

    def set_settings(self, settings: ExperimentSettings, text: str) -> None:
        """Undoable. Live values reach the run at once; structural ones end it (it is kept) and start another."""
        if settings != self.settings:
            text = text or ", ".join(sorted(changed_names(self.settings, settings)))
            self._push(self._take_settings, settings, text)

    def set_settings_and_task(self, settings: ExperimentSettings, task: SavedTask | None, text: str) -> None:
        """Undoable as one: what is set, and with it the task under the hand; None: the one that is drawn then."""
        if task is None:
            self.set_settings(settings, text)
        else:
            self._push(functools.partial(self._take_settings_and_task, task), settings, text)

    def _push(self, take: Take, settings: ExperimentSettings, text: str) -> None:
        self.undo_stack.push(SettingsCommand(take, self._place, self.settings, settings, text))

    def reseed(self) -> None:
        """A fresh run with the next seed."""
        self.training.stop()
        highest = int(self.settings.param("seed").maximum or 0)
        seed = self.settings.seed + 1 if self.settings.seed < highest else 0
        self.set_settings(self.settings.replaced(seed=seed), self.tr("Another seed"))

    def _place(self) -> Place:
        return Place(self.runs.live.run_id, self.runs.shown.run_id, self.unseen.at_hand)

    def _take_settings(self, settings: ExperimentSettings, place: Place | None) -> bool:
        """Whether they can be taken: a file of images may be gone, and an error must not leave a command of Qt's.

        What memory has no room for is refused here: its tasks alone might end the process.

        place: where they were left before; the runs and the tasks that were there come back with them.
        """
        if not (self.has_data(settings) and self._has_room(settings)):
            self.settingsChanged.emit()  # a widget that shows the refused value takes it back
            return False
        old, self.settings, self.preset_key = self.settings, settings, preset_key(settings)
        if old.differs_live_only(settings):
            self._pass_live_values_on(old)
            changed = [self.settingsChanged]
        else:
            self._restart_at(place)
            changed = [self.settingsChanged, self.runsChanged, self.shownChanged]
        if place is not None:
            self.unseen.put_back(place.tasks)
        self._announce(*changed)
        return True

    def _take_settings_and_task(self, task: SavedTask, settings: ExperimentSettings, place: Place | None) -> bool:
        """The same, with a task from elsewhere; later it comes back with its place, as a hand has left it."""
        is_taken = self._take_settings(settings, place)
        if is_taken and place is None:
            self.unseen.take_saved([task])
            self.unseen.announce()
        return is_taken

    def _restart_at(self, place: Place | None) -> None:
        """Another live run: the one that was left there, if it is at rest and had begun, else a fresh one."""
        run = self.runs.find(place.live) if place else None
        if run is None or not run.iteration or self.training.has(run.run_id) or not can_go_on_with(run, self.settings):
            run = fresh_run(self.settings)
            if not self.runs.live.iteration:  # which goes: what is said of it is meant for what comes in its place
                take_remarks(run, self.runs.live)
        take_live_values(run, self.settings)
        goes_on = self.training.is_running_on and run.reason in ("", "stopped")  # by the change that is taken back
        run.reason = "" if goes_on else run.reason
        self._restart(run, goes_on)
        shown = self.runs.find(place.shown) if place else None
        if shown is not None:
            self.runs.show(shown)
            self._follow()

    def has_data(self, settings: ExperimentSettings) -> bool:
        """Whether tasks can be drawn; a message says why not."""
        return self._is_granted(settings.check_data)

    def _has_room(self, settings: ExperimentSettings) -> bool:
        return self._is_granted(functools.partial(check_memory, settings))

    def _is_granted(self, check: Callable[[], object]) -> bool:
        try:
            check()
        except SettingError as error:
            self.messageRaised.emit(Message(str(error), "warning", about=REFUSAL))
            return False
        return True

    def _pass_live_values_on(self, old: ExperimentSettings) -> None:
        if self.training.is_active:
            self.training.put(changed_live_values(old, self.settings))
        elif not self.runs.live.iteration:
            take_live_values(self.runs.live, self.settings)
        else:
            self._score_again_if_due()
        self._follow()

    def _score_again_if_due(self) -> None:
        """Try a run that is at rest on the unseen tasks that are set, where those are others than it was tried on."""
        live = self.runs.live
        has_other_tasks = live.settings.tasks != self.settings.tasks and can_go_on_with(live, self.settings)
        is_free = not (self.training.is_active or self.training.is_lent)
        if has_other_tasks and live.iteration and live.reason != "diverged" and is_free:
            take_live_values(live, self.settings)
            self.training.start(live, 0, QUIET_MS)

    # --- run ----------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Run, or pause."""
        if self.training.state in MOVING:
            self.training.pause()
        elif self.runs.moment is not None:
            self._branch_off(None)
        elif self.training.is_active:
            self.training.run()
        else:
            self._begin(None)

    def step(self) -> None:
        """One meta-iteration, then pause."""
        if self.runs.moment is not None:
            self._branch_off(1)
        elif self.training.is_active:
            self.training.step()
        else:
            self._begin(1)

    def advance(self, count: int) -> None:
        if self.runs.moment is not None:
            self._branch_off(count)
        elif not self.training.is_active:
            self._begin(count)

    def reset(self) -> None:
        """A fresh run of the same settings and start."""
        self.training.drain()
        if self.training.is_active or self.runs.live.iteration:
            self._begin_anew(started_again(self.runs.live, self.settings))

    def resume_calmer(self) -> None:
        """Go on from the last good state with what was offered for that."""
        self.set_settings(self.settings.replaced(**self._calmer), self.tr("A lower rate"))
        if not self.training.is_active:
            self._begin(None)

    def _begin(self, steps: int | None) -> None:
        """Go on with the live run, for so many meta-iterations or without a bound."""
        if self.training.is_lent:
            self.messageRaised.emit(run_messages.worker_is_lent(self.training.lent_text))
            return
        live = self.runs.live
        if live.iteration >= self.settings.outer.num_iterations:
            self.messageRaised.emit(run_messages.run_is_at_its_end())
            return
        take_live_values(live, self.settings)
        live.reason = ""
        self._take_end_back()
        self.training.start(live, steps)
        self.show(live.run_id)

    def _take_end_back(self) -> None:
        """What was said of the live run's end is over."""
        self.messageRaised.emit(Message("", about=RUN))

    def _restart(self, run: RunRecord, goes_on: bool) -> None:
        """End the live run and put another in its place."""
        self._take_end_back()
        was_active = self.training.is_active
        if not goes_on:
            self.training.stop()
        self.runs.replace_live(run, was_active)
        self._follow()
        if goes_on:
            self.training.start(run, quiet_ms=QUIET_MS)
        else:
            self.training.prepare_soon(run.settings)

    # --- runs ---------------------------------------------------------------------------------------

    def show(self, run_id: str) -> None:
        """Show a run; the live one goes on."""
        run = self.runs.find(run_id)
        is_news = run is not self.runs.shown or self.runs.moment is not None
        if run is not None and is_news and self.has_data(run.settings):
            self.runs.show(run)
            self._follow()
            self.unseen.answers.warm_up()  # the worker may never have trained anything of its structure
            self._announce(self.shownChanged, is_work=False)
            self._tell_of_shown()

    def _tell_of_shown(self) -> None:
        """The settings in sight are the live run's: what is shown beside them may have come of others."""
        shown = self.runs.shown
        is_of_them = shown is self.runs.live or not changed_names(shown.settings, self.settings)
        message = Message("", about=SHOWN) if is_of_them else run_messages.other_settings_are_set()
        self.messageRaised.emit(message)

    def show_moment(self, iteration: int | None) -> None:
        """The shown run as it was at the kept moment closest to a meta-iteration; None: as it is."""
        moment = None if iteration is None else self.runs.shown.moment_at(iteration)
        if moment is not self.runs.moment:
            self.runs.moment = moment
            self._follow()
            self._announce(self.shownChanged, is_work=False)

    def _branch_off(self, steps: int | None) -> None:
        """Go on from the shown moment, as a run of its own."""
        run, moment = self.runs.shown, self.runs.moment
        if moment is None or self.training.is_lent or not self.has_data(run.settings):
            self._begin(steps)  # says why not
            return
        self.training.stop()
        past = branch(run.at(moment))
        self.set_settings(with_live_values(past.settings, past.settings), self.tr("Go on from a past moment"))
        self._begin_anew(past)
        self._begin(steps)

    def restore(self, run_id: str) -> None:
        """Go on from where a run is, as a run of its own."""
        run = self.runs.find(run_id)
        if run is None or run is self.runs.live:
            self.show(run_id)
            return
        if not self.has_data(run.settings):
            return
        self.training.stop()
        self.set_settings(with_live_values(run.settings, run.settings), self.tr("Restore a run"))
        self._begin_anew(branch(run))

    def start_from(self, run_id: str) -> None:
        """Undoable: a fresh run of what is set, with another run's weights as far as they fit."""
        other = self.runs.find(run_id)
        if other is None:
            return
        try:
            run = run_from_weights(self.settings, other)
        except SettingError as error:
            self.messageRaised.emit(Message(str(error), "warning", about=REFUSAL))
            return
        assert run.start is not None
        begin = functools.partial(self._begin_from, run)
        self.undo_stack.push(Deed(begin, self._forget_start, self.tr("Start from other weights")))
        self.messageRaised.emit(run_messages.started_from(run.start))

    def _begin_from(self, start: RunRecord) -> None:
        self._begin_anew(started_again(start, self.settings))

    def _forget_start(self) -> None:
        self._begin_anew(fresh_run(self.settings))

    def _begin_anew(self, run: RunRecord) -> None:
        self._restart(run, goes_on=False)
        self._announce(self.runsChanged, self.shownChanged)

    def set_overlay(self, run_id: str, on: bool) -> None:
        overlays = self.runs.overlays
        self.runs.overlays = overlays | {run_id} if on else overlays - {run_id}
        self.runsChanged.emit()

    def take_run(self, run: RunRecord) -> None:
        """A run trains elsewhere: it comes into the list once, neither live nor shown, and there is more to save."""
        self._announce(*([self.runsChanged] if self.runs.add(run) else []))

    def remark(self, run_id: str, **remarks: object) -> None:
        """Undoable: what a person says of a run, by the names of its record's fields."""
        run = self.runs.find(run_id)
        before = {name: getattr(run, name) for name in remarks} if run else remarks
        if before != remarks:
            say, take_back = (functools.partial(self._put_remarks, run_id, said) for said in (remarks, before))
            self.undo_stack.push(Deed(say, take_back, self.tr("Remark on a run")))
            self.messageRaised.emit(Message("", about=DEED))

    def _put_remarks(self, run_id: str, remarks: Mapping[str, object]) -> None:
        run = self.runs.find(run_id)
        if run is not None:
            for name, value in remarks.items():
                setattr(run, name, value)
            self._announce(self.runsChanged)

    def delete(self, run_ids: Sequence[str], live_stays: bool = False) -> None:
        """Undoable as one. A fresh run takes the place of the live one.

        live_stays: the live one was meant as well and was left out of these, which is said.
        """
        if self.runs.live.run_id in run_ids:
            self.reset()
        found = [self.runs.find(run_id) for run_id in run_ids]
        runs = [run for run in found if run is not None and run is not self.runs.live]  # else it has not begun
        if not runs:
            return
        self.undo_stack.beginMacro(self.tr("Delete runs"))
        for run in runs:
            take_away = functools.partial(self._remove, run)
            put_back = functools.partial(self._insert, self.runs.place_of(run), run, run.run_id in self.runs.overlays)
            self.undo_stack.push(Deed(take_away, put_back, self.tr("Delete runs")))
        self.undo_stack.endMacro()
        self.messageRaised.emit(run_messages.runs_were_deleted(len(runs), live_stays))

    def _remove(self, run: RunRecord) -> None:
        self.runs.remove(run)
        self._follow()
        self._announce(self.runsChanged, self.shownChanged)

    def _insert(self, place: int, run: RunRecord, is_overlaid: bool) -> None:
        self.runs.insert(place, run, is_overlaid)
        self._announce(self.runsChanged)

    def take_saved(self, saved: SavedSession) -> None:
        """A session from disk instead of all that is here."""
        self.training.stop()
        shown, runs = saved.shown, list(saved.runs)
        here = (run for run in (saved.live, shown) if run is not None and can_go_on_with(run, saved.settings))
        if (live := next(here, None)) is None:
            live = fresh_run(saved.settings)
            runs.append(live)
        self.settings, self.preset_key = saved.settings, preset_key(saved.settings)
        self.undo_stack.clear()
        self.runs.take(runs, live, shown or live)
        self._follow()
        self.unseen.take_saved(saved.touched)
        self.unseen.forget_others()
        self.training.prepare_soon(live.settings)
        self._announce(self.settingsChanged, self.runsChanged, self.shownChanged)
        self._tell_of_shown()

    # --- what the worker says -----------------------------------------------------------------------

    def _take_events(self, arrived: list[events.Event]) -> None:
        self.scoring.follow(arrived[-1])
        list_changed = self.runs.apply(arrived)
        kinds = {type(event) for event in arrived}
        if kinds & _STATE_EVENTS:
            self._follow()
        if events.Prepared in kinds:
            self.unseen.answers.warm_up()
        signals = []
        if events.Progress in kinds:
            self.pace.mark(self.runs.live.tasks_seen)
            signals.append(self.advanced)
        if events.Evaluated in kinds:
            signals.append(self.scored)
        if list_changed or kinds & _LIST_EVENTS:
            signals.append(self.runsChanged)
        self._announce(*signals, is_work=bool(kinds & _WORK_EVENTS))
        for event in arrived:
            if isinstance(event, events.Diverged):
                self._offer_calmer(event)

    def _offer_calmer(self, event: events.Diverged) -> None:
        if event.run_id == self.runs.live.run_id:
            self._calmer = event.calmer
            self.messageRaised.emit(run_messages.diverged(event))

    def _take_end(self, run_id: str) -> None:
        self.scoring.end()
        if self.runs.has_ended(run_id):
            self._announce(self.runsChanged, self.shownChanged)
        self._score_again_if_due()  # a change may have come after its last look

    def _take_state(self) -> None:
        self.pace.restart()
        self.stateChanged.emit()

    def _take_failure(self, line: str) -> None:
        self.messageRaised.emit(Message(line, "error", about=RUN))

    # --- inside -------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Let the unseen tasks show how the shown run adapts, with the live values as they are set."""
        run, moment = self.runs.shown, self.runs.moment
        if moment is not None:
            if self.unseen.shown.state is not moment:
                self.unseen.follow(run.settings_at(moment.iteration), moment)
            return
        settings = with_live_values(run.settings, self.settings) if run is self.runs.live else run.settings
        self.unseen.follow(settings, state_of(run))

    def _announce(self, *signals: SignalInstance, is_work: bool = True) -> None:
        if is_work:
            self.worked.emit()
        for signal in signals:
            signal.emit()
        self.unseen.announce()
