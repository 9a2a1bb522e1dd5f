"""The list of runs: which one trains, which one is shown, which ones are drawn over it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from metalearn_gui.engine import events
from metalearn_gui.engine.baselines import initial_states
from metalearn_gui.engine.events import Change, TrainingState
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store.moments import bound_together
from metalearn_gui.store.records import RunRecord, fresh_run


def started_again(run: RunRecord, settings: ExperimentSettings) -> RunRecord:
    """A run that has not begun, with the start of this one; settings: of the same structure."""
    other = fresh_run(settings)
    if run.start is not None:
        other.start, other.initial, other.latest = run.start, run.initial, run.initial
    return other


def state_of(run: RunRecord) -> TrainingState:
    """The newest state; the start where a file has none."""
    return run.latest or TrainingState(*initial_states(run.settings))


def branch(run: RunRecord) -> RunRecord:
    """A new run that goes on from where this one is."""
    other = run.settled()
    other.run_id, other.parent_id = uuid.uuid4().hex[:12], run.run_id
    other.went_on_from = other.iteration
    other.name = other.reason = other.tags = other.note = ""
    other.is_pinned, other.turn = False, None
    return other


def take_remarks(run: RunRecord, other: RunRecord) -> None:
    """What a person has said of another run is said of this one."""
    run.name, run.tags, run.note, run.is_pinned = other.name, other.tags, other.note, other.is_pinned


def take_live_values(run: RunRecord, settings: ExperimentSettings) -> None:
    """Give a run that is not training other live values, and log them where it has begun."""
    if not run.iteration:
        run.settings = run.initial_settings = settings.started()
        return
    changed = changed_live_values(run.settings, settings)
    run.changes += [Change(run.iteration, name, value) for name, value in changed.items()]
    run.settings = run.settings.replaced(**changed)


def changed_live_values(old: ExperimentSettings, new: ExperimentSettings) -> dict[str, Any]:
    """The live values that differ, by flat name."""
    before = old.live_values()
    return {name: value for name, value in new.live_values().items() if before[name] != value}


def with_live_values(settings: ExperimentSettings, other: ExperimentSettings) -> ExperimentSettings:
    """These settings with the live values of others of the same structure."""
    return settings.replaced(**other.live_values())


def can_go_on_with(run: RunRecord, settings: ExperimentSettings) -> bool:
    """Whether a run can go on with these settings: they differ in live values at most.

    The length of a schedule was fixed when the run began.
    """
    fixed = settings.replaced(schedule_iterations=run.settings.outer.schedule_iterations)
    return run.settings == fixed or run.settings.differs_live_only(fixed)


def _is_ahead(run: RunRecord) -> bool:
    return run.latest is not None and run.latest.iteration != run.iteration


def overlaid_runs(runs: list[RunRecord], overlays: set[str], shown: RunRecord) -> list[RunRecord]:
    """The runs drawn over the shown one, in the list's order."""
    return [run for run in runs if run.run_id in overlays and run.run_id != shown.run_id]


class Runs:
    """Every run of the session. A run is in the list when it is the live one or has begun."""

    def __init__(self, live: RunRecord) -> None:
        self.list = [live]
        self._give_turns()
        self.live = self.shown = live
        self.moment: TrainingState | None = None  # of the shown run; None = its newest state
        self.overlays: set[str] = set()
        self._leaving: dict[str, RunRecord] = {}  # not in the list, but their last events may be under way
        self._added: set[str] = set()  # what trained elsewhere; deleted, it does not come back by itself

    def find(self, run_id: str) -> RunRecord | None:
        """The run of this id in the list."""
        return next((run for run in self.list if run.run_id == run_id), None)

    @property
    def next_turn(self) -> int:
        """Of a run that comes into the list now."""
        return 1 + max((run.turn for run in self.list if run.turn is not None), default=-1)

    def _give_turns(self) -> None:
        """Whoever has none yet gets the next, the oldest first: it stays, whatever comes or goes."""
        without = sorted((run for run in self.list if run.turn is None), key=lambda run: run.created)
        for turn, run in enumerate(without, self.next_turn):
            run.turn = turn

    def apply(self, arrived: Iterable[events.Event]) -> bool:
        """Fold events in; whether the list has changed."""
        returned = False
        for event in arrived:
            run = self.find(event.run_id) or self._leaving.get(event.run_id)
            if run is None:
                continue
            run.apply(event)
            if run.iteration and run.run_id in self._leaving:  # it had begun after all
                del self._leaving[run.run_id]
                self.list.insert(self.place_of(self.live), run)
                returned = True
        return returned

    def replace_live(self, run: RunRecord, is_training: bool) -> None:
        """Another run is live from now on, and shown; the old one stays if it has begun.

        is_training: whether events of the old one may still come.
        """
        old = self.live
        if old is not run and not old.iteration:
            del self.list[self.place_of(old)]
            if is_training:
                self._leaving[old.run_id] = old
        if self.find(run.run_id) is None:
            self.list.append(run)
            self._give_turns()
        self.live = run
        self.show(run)
        bound_together(self.list, {run.run_id})

    def show(self, run: RunRecord) -> None:
        """This run is shown, at its newest state."""
        self.shown, self.moment = run, None

    def has_ended(self, run_id: str) -> bool:
        """No event of this run is under way any more. Whether another record has come in its place.

        After a failure, or where it was stopped, its curves may be ahead of its state.
        """
        self._leaving.pop(run_id, None)
        run = self.find(run_id)
        if run is None or not _is_ahead(run):
            return False
        self._exchange(run, run.settled())
        return True

    def take(self, runs: list[RunRecord], live: RunRecord, shown: RunRecord) -> None:
        """These runs instead of all others."""
        self.list, self.live = list(runs), live
        self._give_turns()
        self.show(shown)
        self.overlays = set()
        self._leaving = {}

    def remove(self, run: RunRecord) -> int:
        """Take a run that is not live out of the list; returns its place."""
        place = self.place_of(run)
        del self.list[place]
        self.overlays = self.overlays - {run.run_id}
        if self.shown.run_id == run.run_id:
            self.show(self.live)
        return place

    def add(self, run: RunRecord) -> bool:
        """Put a run before the live one, where it is not in the list and never was; whether it came in."""
        if run.run_id in self._added:
            return False
        self._added.add(run.run_id)
        self.list.insert(self.place_of(self.live), run)
        self._give_turns()
        bound_together(self.list, {self.live.run_id, self.shown.run_id})
        return True

    def insert(self, place: int, run: RunRecord, is_overlaid: bool = False) -> None:
        """Put a run back, over the others where it lay; its last events may have come while it was away."""
        self.list.insert(place, run.settled() if _is_ahead(run) else run)
        if is_overlaid:
            self.overlays = self.overlays | {run.run_id}

    def place_of(self, run: RunRecord) -> int:
        """Where in the list a run stands."""
        return next(place for place, other in enumerate(self.list) if other.run_id == run.run_id)

    def _exchange(self, old: RunRecord, new: RunRecord) -> None:
        self.list[self.place_of(old)] = new
        self.live = new if self.live is old else self.live
        self.shown = new if self.shown is old else self.shown
