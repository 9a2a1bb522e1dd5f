"""What a comparison came to: losses by step and task, paired differences, curves by any axis."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.compare.contenders import Lane
from metalearn_gui.engine.compare.seed_curves import Curve, across_seeds
from metalearn_gui.engine.events import StepScores, TrainingState
from metalearn_gui.engine.intervals import few_values_interval, num_distinct, tasks_interval

Steps = int | Mapping[str, int] | None
EARLY_ENDS = ("diverged", "converged", "own length", "nothing to train")
AXES = ("iteration", "tasks_seen", "gradient_evaluations", "compute_seconds")


@dataclasses.dataclass(frozen=True)
class Moment:
    """A run in training, tried on unseen tasks. Its counts are named as in AXES."""

    iteration: int
    tasks_seen: int
    gradient_evaluations: float
    compute_seconds: float
    scores: StepScores


@dataclasses.dataclass(frozen=True, eq=False)
class TrainedRun:
    """One run of a comparison at its end.

    reason: as in events.Finished; line: what to know about an end that is not "done", else "".
    state: None where only the figures were kept.
    scores: on the unseen tasks that all runs share, with the losses of each: (steps + 1, tasks).
    moments: from the first meta-iterations to the end, on as many of these tasks as can be tried while it trains.
    constant_loss: of predicting the mean target; oracle: the least there can be, or None.
    seconds: compiling and training, from the clock.
    """

    lane: Lane
    reason: str
    line: str
    state: TrainingState | None
    scores: StepScores
    moments: tuple[Moment, ...]
    constant_loss: float
    oracle: float | None
    seconds: float

    @property
    def is_cut_short(self) -> bool:
        """Whether a person stopped it before its end."""
        return self.reason == "stopped"

    @property
    def losses(self) -> Array:
        assert self.scores.losses is not None  # a comparison keeps them
        return self.scores.losses


@dataclasses.dataclass(frozen=True)
class Difference:
    """The mean of one contender's loss minus another's on the same tasks, and half the width of its 95 % interval."""

    mean: float
    ci95: float

    @property
    def parts(self) -> bool:
        """Whether the interval leaves zero out."""
        return math.isfinite(self.mean) and abs(self.mean) > self.ci95


@dataclasses.dataclass(frozen=True, eq=False)
class Entry:
    """A contender's finished runs, one for every seed. Steps beyond the last one mean the last one."""

    key: str
    label: str
    runs: tuple[TrainedRun, ...]

    @property
    def has_diverged(self) -> bool:
        """Whether a run of it did not come to its end."""
        return any(run.reason == "diverged" for run in self.runs)

    @property
    def is_cut_short(self) -> bool:
        """Whether a person stopped a run of it."""
        return any(run.is_cut_short for run in self.runs)

    @property
    def early_end(self) -> str:
        """Why its runs ended before seconds that they were given, one of EARLY_ENDS; "" if none did.

        Of several seeds the one that tells most; what a person stopped is no end of its own.
        """
        ends = {_early_end(run) for run in self.runs}
        return next((end for end in EARLY_ENDS if end in ends), "")

    @property
    def num_steps(self) -> int:
        """Adaptation steps that were tried."""
        return len(self.runs[0].scores.loss) - 1

    @property
    def trained_steps(self) -> int:
        """Adaptation steps that training takes."""
        return min(self.runs[0].lane.settings.learner.num_steps, self.num_steps)

    @property
    def best_step(self) -> int:
        """The step of the lowest mean loss; chosen by the tasks that judge, so its loss flatters a little."""
        means = [self.mean(step) for step in range(self.num_steps + 1)]
        return min(range(len(means)), key=lambda step: means[step] if math.isfinite(means[step]) else math.inf)

    def losses(self, step: int) -> Array:
        """Of every seed and task, (seeds, tasks)."""
        return np.stack([run.losses[min(step, self.num_steps)] for run in self.runs])

    def mean(self, step: int) -> float:
        """The mean over seeds and tasks."""
        return _mean(self.losses(step))

    def median(self, step: int) -> float:
        """The mean over seeds of the median over tasks."""
        return _mean(np.median(self.losses(step), axis=1))

    def ci95(self, step: int) -> float:
        """Half the width of the mean's 95 % interval: over tasks, or over seeds where that is wider."""
        return _half_width(self.losses(step), self.runs[0].scores.identity)

    def accuracy(self, step: int) -> tuple[float, float] | None:
        """Its mean and half the width of its interval, likewise; None for regression."""
        step = min(step, self.num_steps)
        scores = [run.scores for run in self.runs]
        found = [
            (one.accuracy[step], one.accuracy_ci95[step])
            for one in scores
            if one.accuracy is not None and one.accuracy_ci95 is not None
        ]
        if not found:
            return None
        accuracies, halves = np.array(found).T
        return _mean(accuracies), float(max(few_values_interval(accuracies), halves.mean()))

    def curve(self, axis: str, step: int) -> Curve:
        """The mean loss over tasks as training went on, along one of AXES."""
        step = min(step, self.num_steps)
        return across_seeds(
            [
                (
                    np.array([getattr(moment, axis) for moment in run.moments], float),
                    np.array([moment.scores.loss[step] for moment in run.moments], float),
                )
                for run in self.runs
            ]
        )


@dataclasses.dataclass(frozen=True, eq=False)
class Comparison:
    """Every contender that has a finished run, in the order they were named in.

    A run that was cut short counts where its contender has no other: beside whole ones it would tell of less training.
    lanes: all that were planned. step arguments: the same for all, or by contender, or None = each at its own best.
    """

    lanes: tuple[Lane, ...]
    runs: tuple[TrainedRun, ...]

    @functools.cached_property
    def entries(self) -> tuple[Entry, ...]:
        keys = dict.fromkeys(lane.contender for lane in self.lanes)
        found = ((key, _counting([run for run in self.runs if run.lane.contender == key])) for key in keys)
        return tuple(Entry(key, runs[0].lane.label, runs) for key, runs in found if runs)

    @property
    def num_tasks(self) -> int:
        """Episodes of unseen tasks, the same for all; 0 before the first run is over."""
        return self.runs[0].losses.shape[1] if self.runs else 0

    @property
    def num_distinct_tasks(self) -> int:
        """How many tasks these are of: fewer where a finite set has fewer."""
        return num_distinct(self.num_tasks, self.runs[0].scores.identity) if self.runs else 0

    @property
    def tasks_text(self) -> str:
        """How many they are, in words."""
        return "1 unseen task" if self.num_distinct_tasks == 1 else f"{self.num_distinct_tasks} unseen tasks"

    @property
    def shares_tasks(self) -> bool:
        """Whether all train on the same tasks in the same order: their families, episodes and meta-batches agree."""
        streams = {(lane.settings.tasks, lane.settings.episodes, lane.settings.outer.meta_batch) for lane in self.lanes}
        return len(streams) <= 1

    def completed(self, known: Iterable[TrainedRun]) -> Comparison:
        """With those known runs of its lanes that it has no newer one of."""
        missing = {lane.run_id for lane in self.lanes} - {run.lane.run_id for run in self.runs}
        return Comparison(self.lanes, (*self.runs, *(run for run in known if run.lane.run_id in missing)))

    def entry(self, key: str) -> Entry:
        """A contender's.

        Raises:
            KeyError: none of its runs is over.
        """
        found = next((entry for entry in self.entries if entry.key == key), None)
        if found is None:
            raise KeyError(f"No run of {key} is over yet")
        return found

    def difference(self, key: str, other: str, step: Steps = None) -> Difference:
        """One contender's loss minus another's, paired: by seed and task, over the seeds that both have.

        With several seeds the interval may be over seeds: it then says what another start would change, too.
        """
        one, two = self.entry(key), self.entry(other)
        shared = [(a, b) for a in one.runs for b in two.runs if a.lane.seed == b.lane.seed]
        pairs = shared or list(zip(one.runs, two.runs, strict=False))
        steps = [_step_of(entry, step) for entry in (one, two)]
        with np.errstate(invalid="ignore"):
            paired = np.stack([a.losses[steps[0]] - b.losses[steps[1]] for a, b in pairs])
        return Difference(_mean(paired), _half_width(paired, pairs[0][0].scores.identity))

    def alone(self, step: Steps = None) -> frozenset[str]:
        """The one contender that is better than every other beyond the interval; nobody where there is none."""
        best = self.best(step) if len(self.entries) > 1 else frozenset()
        return best if len(best) == 1 else frozenset()

    def best(self, step: Steps = None) -> frozenset[str]:
        """The contender with the lowest mean loss, and all that cannot be told apart from it.

        One alone is the best; of several none is.
        """
        means = {entry.key: entry.mean(_step_of(entry, step)) for entry in self.entries}
        finite = {key: mean for key, mean in means.items() if math.isfinite(mean)}
        if not finite:
            return frozenset()
        first = min(finite, key=lambda key: finite[key])
        behind = {key: self.difference(key, first, step) for key in finite if key != first}
        # On the seeds that both have, another may even be ahead of the one whose mean over its own is the lowest.
        return frozenset([first, *(key for key, one in behind.items() if not one.parts or one.mean < 0.0)])


def _counting(runs: Sequence[TrainedRun]) -> tuple[TrainedRun, ...]:
    """Those that came to their end; all where none did."""
    return tuple(run for run in runs if not run.is_cut_short) or tuple(runs)


def _early_end(run: TrainedRun) -> str:
    if not run.lane.settings.learner.gradient_evaluations:
        return "nothing to train"
    if run.reason == "done":
        is_whole = run.moments[-1].iteration >= run.lane.settings.outer.num_iterations
        return "own length" if is_whole else ""
    return run.reason if run.reason in ("diverged", "converged") else ""


def _step_of(entry: Entry, step: Steps) -> int:
    if step is None:
        return entry.best_step
    return min(step if isinstance(step, int) else step[entry.key], entry.num_steps)


def _mean(values: Array) -> float:
    with np.errstate(invalid="ignore", over="ignore"):  # a learner may diverge beyond its trained steps
        return float(values.mean())


def _half_width(values: Array, identity: Array | None) -> float:
    """Of the mean of (seeds, tasks): over tasks, or over seeds where that is wider.

    What learns nothing is the same with every seed, and a few seeds may be alike by chance: tasks still differ.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        return float(max(few_values_interval(values.mean(axis=1)), tasks_interval(values.mean(axis=0), identity)))
