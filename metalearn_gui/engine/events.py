"""What a running experiment says. All arrays are numpy copies; nothing of TensorFlow crosses threads."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from metalearn_gui.engine.backend import Array


@dataclasses.dataclass(frozen=True)
class LearnerState:
    """A learner's State as numpy, with its meta-optimiser and its place in the run."""

    params: dict[str, Array]
    carry: dict[str, Array]
    moments: dict[str, Array]  # the meta-optimiser's, flat vectors by name ("m", "v")
    iteration: int


@dataclasses.dataclass(frozen=True)
class TrainingState:
    """Everything needed to go on bit for bit from `learner.iteration`.

    baselines: learners trained beside, by key ("transfer", "scratch").
    best: the state with the lowest validation loss (only with stop_patience), that loss, and the baselines then.
    tuned: the baselines' inner learning rates, chosen on validation tasks, by key.
    """

    learner: LearnerState
    baselines: dict[str, LearnerState]
    best: LearnerState | None = None
    best_loss: float = float("inf")
    tuned: dict[str, float] = dataclasses.field(default_factory=dict)
    best_baselines: dict[str, LearnerState] = dataclasses.field(default_factory=dict)

    @property
    def iteration(self) -> int:
        return self.learner.iteration


@dataclasses.dataclass(frozen=True)
class Change:
    """A live setting that changed at a meta-iteration; with settings and seed these make the run again."""

    iteration: int
    name: str
    value: Any


@dataclasses.dataclass(frozen=True)
class StepScores:
    """Losses on unseen tasks by adaptation step 0..k, each array of shape (k + 1,).

    ci95: half the width of the 95 % interval of the mean, over tasks; see `tasks_interval`.
    losses, accuracies: of every task, (k + 1, tasks); None in an Evaluation, of which a run keeps thousands.
    identity: of every task, as `TaskFamily.identity`.
    """

    loss: Array
    loss_median: Array
    loss_ci95: Array
    accuracy: Array | None = None
    accuracy_ci95: Array | None = None
    losses: Array | None = None
    accuracies: Array | None = None
    identity: Array | None = None


class Verdict(NamedTuple):
    """The mean over tasks of the learner's loss minus the baseline's; of classes, of its share of wrong answers.

    baseline: the best one's key, or "constant" for predicting the mean target; baseline_step: its best step.
    step: the learner's, as many as it was trained with.
    ci95: half the width of the difference's 95 % interval.
    relative: the difference as a share of what the baseline has.
    measure: "loss" or "errors".
    """

    baseline: str
    baseline_step: int
    step: int
    difference: float
    ci95: float
    relative: float
    measure: str = "loss"

    @property
    def pays(self) -> bool | None:
        """True or False where the interval says so; None where the two cannot be told apart."""
        if abs(self.difference) <= self.ci95 or not math.isfinite(self.difference):
            return None
        return self.difference < 0


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """The learner and its baselines on the same unseen tasks.

    num_tasks: one episode of each; num_distinct_tasks: fewer, where some came again; None in older files.
    """

    num_tasks: int
    learner: StepScores
    baselines: Mapping[str, StepScores]
    mean: float  # loss of a constant prediction (or of chance)
    oracle: float | None
    baseline_iterations: Mapping[str, int] = dataclasses.field(default_factory=dict)
    verdict: Verdict | None = None
    num_distinct_tasks: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """Where the run is. compute_seconds: time spent in meta-training itself, baselines left out."""

    run_id: str
    iteration: int
    tasks_seen: int
    gradient_evaluations: float
    compute_seconds: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Prepared(Event):
    """The structure is compiled; meta-training can start. compile_seconds is 0 for a seen structure."""

    compile_seconds: float
    state: TrainingState


@dataclasses.dataclass(frozen=True, kw_only=True)
class Progress(Event):
    """A chunk has run: values per meta-iteration, the last of them `iteration`.

    objective: the training objective; before, after: query loss before and after adapting; all (n,).
    """

    objective: Array
    before: Array
    after: Array
    metrics: Mapping[str, Array]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Snapshot(Event):
    """A copy of everything learned, a few times per second and at the end."""

    state: TrainingState


@dataclasses.dataclass(frozen=True, kw_only=True)
class Evaluating(Event):
    """Unseen tasks are about to be tried, and nothing trains meanwhile; `Evaluated` comes next."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Evaluated(Event):
    """Unseen tasks were tried. baseline_share: baselines' part of all training seconds, 0..1."""

    evaluation: Evaluation
    baseline_share: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class LiveChanged(Event):
    """A live setting reached the experiment."""

    change: Change


@dataclasses.dataclass(frozen=True, kw_only=True)
class Diverged(Event):
    """A loss or a parameter is not finite any more.

    state: the last good one, from before the loss began to explode: its iteration is below the event's, where
        a lower rate would come too late.
    calmer: settings to go on with from there, by flat name.
    """

    state: TrainingState
    advice: str
    calmer: Mapping[str, float]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finished(Event):
    """The run is over. reason: "done", "stopped", "converged" or "diverged".

    final_objective: the objective of the last episodes after the last update.
    """

    reason: str
    state: TrainingState
    final_objective: float
