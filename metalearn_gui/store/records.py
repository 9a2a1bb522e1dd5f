"""A run as it is kept: settings, curves, evaluations and the newest state, folded from events."""

from __future__ import annotations

import copy
import dataclasses
import time
import uuid
from collections.abc import Callable

import numpy as np

from metalearn_gui.engine import events
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.baselines import initial_states
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.starts import fitting, started_from
from metalearn_gui.store.moments import Moments, nearest, with_moment


class Curve:
    """A growable float32 array with one value per meta-iteration, first value at iteration 1."""

    def __init__(self, values: Array | None = None) -> None:
        self._values = np.empty(1024, np.float32)
        self._length = 0
        if values is not None:
            self.extend(values)

    def __len__(self) -> int:
        return self._length

    @property
    def values(self) -> Array:
        """A view, valid until the next `extend`."""
        return self._values[: self._length]

    def extend(self, values: Array) -> None:
        """Append; amortised constant time per value."""
        needed = self._length + len(values)
        if needed > len(self._values):
            grown = np.empty(max(needed, 2 * len(self._values)), np.float32)
            grown[: self._length] = self.values
            self._values = grown
        self._values[self._length : needed] = values
        self._length = needed


@dataclasses.dataclass(frozen=True)
class Scored:
    """An evaluation and when it was made."""

    iteration: int
    compute_seconds: float
    evaluation: events.Evaluation


@dataclasses.dataclass(frozen=True)
class Start:
    """Whose weights a run began with: `taken` of its `total` parameters, the others were fresh.

    name: what the other run was called then; it may be gone from the list.
    """

    run_id: str
    name: str
    taken: int
    total: int


@dataclasses.dataclass
class RunRecord:
    """One run. `apply` is the only thing that changes it while it trains."""

    settings: ExperimentSettings
    run_id: str = dataclasses.field(default_factory=lambda: uuid.uuid4().hex[:12])
    name: str = ""
    created: float = dataclasses.field(default_factory=time.time)
    tags: str = ""  # words with commas between
    note: str = ""
    is_pinned: bool = False  # stands before the others
    turn: int | None = None  # what its colour and shape go by; None: none of a session's list yet
    parent_id: str | None = None  # the run that this one went on from
    went_on_from: int | None = None  # at which of its meta-iterations
    start: Start | None = None  # None = its own seed
    iteration: int = 0
    tasks_seen: int = 0
    gradient_evaluations: float = 0.0
    compute_seconds: float = 0.0
    compile_seconds: float = 0.0
    baseline_share: float = 0.0
    reported_loss: float = float("nan")  # what the learner reports at the end
    reason: str = ""  # why it ended; empty while it can go on
    curves: dict[str, Curve] = dataclasses.field(default_factory=dict)  # "objective", "before", "after", metrics
    scores: list[Scored] = dataclasses.field(default_factory=list)
    changes: list[events.Change] = dataclasses.field(default_factory=list)
    initial: events.TrainingState | None = None
    latest: events.TrainingState | None = None
    moments: Moments = ()  # states on the way, each with a score of its own meta-iteration
    initial_settings: ExperimentSettings | None = None  # before any change: with the log they make the run again

    def __post_init__(self) -> None:
        self.settings = self.settings.started()
        self.initial_settings = self.initial_settings or self.settings

    def apply(self, event: events.Event) -> None:
        """Fold one event in; events of other runs are refused with a KeyError."""
        if event.run_id != self.run_id:
            raise KeyError(f"An event of run {event.run_id} came to run {self.run_id}")
        self.iteration = event.iteration
        self.tasks_seen = event.tasks_seen
        self.gradient_evaluations = event.gradient_evaluations
        self.compute_seconds = event.compute_seconds
        _FOLDS[type(event)](self, event)

    def curve(self, name: str) -> Array:
        """Values per meta-iteration; empty where there are none."""
        return self.curves[name].values if name in self.curves else np.empty(0, np.float32)

    def settled(self) -> RunRecord:
        """A copy as it was at its newest state, so that it can go on from there bit for bit.

        While a run trains, its curves are up to a fifth of a second ahead of the newest state.
        """
        other = copy.copy(self)
        kept = self.iteration if self.latest is None else self.latest.iteration
        part = kept / self.iteration if self.iteration else 1.0
        other.iteration, other.tasks_seen = kept, kept * self.settings.outer.meta_batch
        other.gradient_evaluations, other.compute_seconds = (
            self.gradient_evaluations * part,
            self.compute_seconds * part,
        )
        other.curves = {name: Curve(curve.values[:kept]) for name, curve in self.curves.items()}
        other.scores = [scored for scored in self.scores if scored.iteration <= kept]
        # The settings have the values of later changes already, so those count from here on.
        other.changes = [dataclasses.replace(one, iteration=min(one.iteration, kept)) for one in self.changes]
        other.moments = tuple(one for one in self.moments if one.iteration <= kept)
        return other

    def at(self, moment: events.TrainingState) -> RunRecord:
        """A copy as it was at a moment of its own, so that it can go on from there bit for bit."""
        other = copy.copy(self)
        other.latest, other.settings = moment, self.settings_at(moment.iteration)
        other.changes = [change for change in self.changes if change.iteration <= moment.iteration]
        return other.settled()

    def settings_at(self, iteration: int) -> ExperimentSettings:
        """The settings with the live values as they were when a meta-iteration was behind it."""
        first = self.initial_settings or self.settings
        passed = {change.name: change.value for change in self.changes if change.iteration <= iteration}
        return first.replaced(**passed)

    def moment_at(self, iteration: int) -> events.TrainingState | None:
        """The moment closest to a meta-iteration, the start among them; None where there is none."""
        known = [state for state in (self.initial, *self.moments) if state is not None]
        return nearest(known, iteration) if known else None

    def scores_at(self, iteration: int) -> Scored | None:
        """The newest scores up to a meta-iteration."""
        return next((scored for scored in reversed(self.scores) if scored.iteration <= iteration), None)

    @property
    def kept_iteration(self) -> int | None:
        """Of a run that is over, the meta-iteration it was taken back to, the best on validation tasks; else None."""
        best = self.latest.best if self.latest is not None and self.reason in ("done", "converged") else None
        return best.iteration if best is not None and best.iteration < self.settings.outer.num_iterations else None

    @property
    def went_back_to(self) -> int | None:
        """Of a run that diverged, the meta-iteration of the good state that is kept; None where that is its start."""
        return self.latest.iteration or None if self.reason == "diverged" and self.latest is not None else None

    @property
    def latest_scores(self) -> Scored | None:
        return self.scores[-1] if self.scores else None

    def _prepared(self, event: events.Prepared) -> None:
        self.compile_seconds = event.compile_seconds
        self.latest = event.state
        if self.initial is None and event.state.iteration == 0:
            self.initial = event.state

    def _progress(self, event: events.Progress) -> None:
        named = {"objective": event.objective, "before": event.before, "after": event.after, **event.metrics}
        for name, values in named.items():
            self.curves.setdefault(name, Curve()).extend(values)

    def _snapshot(self, event: events.Snapshot) -> None:
        self.latest = event.state

    def _nothing_new(self, event: events.Event) -> None:
        """It says where the run is, and no more."""

    def _evaluated(self, event: events.Evaluated) -> None:
        self.scores.append(Scored(event.iteration, event.compute_seconds, event.evaluation))
        self.baseline_share = event.baseline_share
        if self.latest is not None and self.latest.iteration == event.iteration:
            self.moments = with_moment(self.moments, self.latest)

    def _live_changed(self, event: events.LiveChanged) -> None:
        self.changes.append(event.change)
        self.settings = self.settings.replaced(**{event.change.name: event.change.value})

    def _diverged(self, event: events.Diverged) -> None:
        self.latest = event.state

    def _finished(self, event: events.Finished) -> None:
        self.latest = event.state
        self.reason = event.reason
        self.reported_loss = self.settings.learner.reported_loss(self.curve("objective"), event.final_objective)


def fresh_run(settings: ExperimentSettings) -> RunRecord:
    """A run that has not begun; its start is there already, so that it can be looked at."""
    run = RunRecord(settings)
    run.initial = run.latest = events.TrainingState(*initial_states(settings))
    return run


def run_from_weights(settings: ExperimentSettings, other: RunRecord) -> RunRecord:
    """A run that has not begun, with the other's newest weights as far as they fit.

    Raises:
        SettingError: none fits, or there are none.
    """
    if other.latest is None:
        raise SettingError(f"The run {other.run_id} has no weights yet; train it first")
    run = fresh_run(settings)
    assert run.latest is not None  # a fresh run has its start
    weights, learner = other.latest.learner.params, run.latest.learner
    run.initial = run.latest = dataclasses.replace(run.latest, learner=started_from(learner, weights))
    called = other.name or other.settings.learner.label
    run.start = Start(other.run_id, called, len(fitting(learner.params, weights)), len(learner.params))
    return run


_FOLDS: dict[type[events.Event], Callable[..., None]] = {
    events.Prepared: RunRecord._prepared,
    events.Progress: RunRecord._progress,
    events.Snapshot: RunRecord._snapshot,
    events.Evaluating: RunRecord._nothing_new,
    events.Evaluated: RunRecord._evaluated,
    events.LiveChanged: RunRecord._live_changed,
    events.Diverged: RunRecord._diverged,
    events.Finished: RunRecord._finished,
}
