"""Unseen tasks: the learner and its baselines tried on the same ones, with intervals over tasks."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from metalearn_gui.engine import boosting
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.baselines import SCRATCH_WITH_ADAM, baseline_settings, compared_settings
from metalearn_gui.engine.episodes import Episodes, PointSet, Tasks, generator, map_episodes
from metalearn_gui.engine.events import Evaluation, LearnerState, StepScores, TrainingState
from metalearn_gui.engine.intervals import num_distinct, tasks_interval
from metalearn_gui.engine.learners.update_rules import RATES
from metalearn_gui.engine.programs import adaptation_program
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.verdict import verdict

NUM_TASKS = 600
TASKS_SEED = 0  # of unseen tasks, wherever a run is tried: figures of different places are of the same tasks
RATE_GRID = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)  # a baseline's inner rate; classes bear the largest
ADAM_GRID = tuple(RATES.tolist())  # that of the start from scratch with Adam
FEW_RATES = (1e-2, 1e-1)  # for networks whose adaptation takes seconds; a tenth of them for Adam
DRAWN_NUMBERS = 2**22  # numbers of unseen inputs that are drawn in one call: 16 MB, and some times that on the way
SLICE = 200  # tasks in one call, at most; losses only are kept
SLICE_NUMBERS = 2**23  # and so many activations of the widest layer: more fill memory and win no time
SLICE_WEIGHTS = 2**26  # and so many weights of the tasks' own: four layers of 512 units have 80 tasks of them
WATCHED_NUMBERS, FEWEST_TASKS = 2**27, 30  # such activations in one look at unseen tasks while training goes on
GRAPH_NUMBERS = 2**17  # what a task takes the time of at least in a graph, where every operation is called by itself
CONSTANT = "constant"  # the key of predicting the mean target, beside those of the baselines

Watch = Callable[[int, int], None]  # takes the tasks tried so far, of all learners together, and how many there are


def unseen_episodes(
    settings: ExperimentSettings, num_tasks: int, seed: int, split: str = "test"
) -> tuple[Tasks, Episodes]:
    """Tasks of a split that training never touches, and one episode of each (numpy)."""
    tasks, parts = _unseen_parts(settings, num_tasks, seed, split)
    return tasks, _joined(parts, num_tasks)


def _unseen_parts(
    settings: ExperimentSettings, num_tasks: int, seed: int, split: str
) -> tuple[Tasks, Iterator[Episodes]]:
    """The tasks, and their episodes as they come: so many in one call as memory bears."""
    rng = generator(seed, split, 0)
    tasks = settings.tasks.tasks(rng, num_tasks, split)
    size = max(1, DRAWN_NUMBERS // (settings.points_per_task * settings.tasks.input_dim))
    groups = (tasks.take(np.arange(start, min(start + size, num_tasks))) for start in range(0, num_tasks, size))
    sizes = settings.episodes.shots, settings.episodes.queries
    return tasks, (settings.tasks.draw(group, rng, *sizes) for group in groups)


def _joined(parts: Iterator[Episodes], num_tasks: int) -> Episodes:
    """All parts as one, each filled in as it comes: no second copy of the whole is ever there."""
    first = next(parts)
    if len(first.query.x) == num_tasks:
        return first
    whole, filled = map_episodes(lambda values: np.empty((num_tasks, *values.shape[1:]), values.dtype), first), 0
    for part in itertools.chain([first], parts):
        end = filled + len(part.query.x)
        for target, values in zip(_arrays(whole), _arrays(part), strict=True):
            target[filled:end] = values
        filled = end
    return whole


def _arrays(episodes: Episodes) -> list[Array]:
    return [values for values in (*episodes.support, *episodes.query, episodes.classes) if values is not None]


def _in_bytes(episodes: Episodes) -> Episodes:
    """Inputs in [0, 1] as 255ths; `_slice` takes them back."""

    def packed(points: PointSet) -> PointSet:
        return points._replace(x=np.rint(points.x * np.float32(255.0)).astype(np.uint8))

    return episodes._replace(support=packed(episodes.support), query=packed(episodes.query))


def evaluate(
    settings: ExperimentSettings,
    state: TrainingState,
    num_tasks: int = NUM_TASKS,
    seed: int = TASKS_SEED,
    split: str = "test",
    compile: bool = True,
    watch: Watch | None = None,
) -> Evaluation:
    """Mean, median and 95 % interval of the query loss for steps 0..test_steps, the baselines' too.

    Args:
        settings: of the run; its episodes' sizes and its family say what the unseen tasks are.
        seed: of the unseen tasks, apart from the run's own.
        split: "test", or "validation" for choosing.
        watch: told after every slice of tasks.
    """
    return Evaluator(settings, num_tasks, seed, split, compile, watch=watch).evaluation(state)


class Evaluator:
    """The same unseen episodes again and again; what has not changed since is not tried again."""

    def __init__(
        self,
        settings: ExperimentSettings,
        num_tasks: int,
        seed: int,
        split: str,
        compile: bool,
        baselines: bool = True,
        watch: Watch | None = None,
    ) -> None:
        self.settings = settings
        self._num_tasks, self._seed, self._split, self._compile = num_tasks, seed, split, compile
        self._tries_baselines, self._watch = baselines, watch
        self._known: dict[str, tuple[LearnerState, ExperimentSettings, StepScores]] = {}

    def follow(self, settings: ExperimentSettings) -> None:
        """Take other live values; where the unseen tasks change with them, they are drawn again."""
        if settings.tasks != self.settings.tasks:
            for drawn in ("_unseen", "constant_loss", "_without_learning", "_boosting"):
                self.__dict__.pop(drawn, None)
        self.settings = settings

    def tuned(self, state: TrainingState) -> dict[str, float]:
        """The best inner learning rate of each baseline on these episodes, and of Adam from scratch."""
        others, is_cheap = baseline_settings(self.settings, {}), self.settings.network.compiles
        rates, adam_rates = (RATE_GRID, ADAM_GRID) if is_cheap else (FEW_RATES, tuple(rate / 10 for rate in FEW_RATES))
        found = {
            key: best_inner_rate(other, state.baselines[key], self._episodes, self._compile, rates)
            for key, other in others.items()
        }
        with_adam = state.tuned.get(SCRATCH_WITH_ADAM)  # from scratch there is nothing that training would change
        if with_adam is None:
            _, adam = compared_settings(self.settings, {})[SCRATCH_WITH_ADAM]
            with_adam = best_inner_rate(adam, state.baselines["scratch"], self._episodes, self._compile, adam_rates)
        return found | {SCRATCH_WITH_ADAM: with_adam}

    @functools.cached_property
    def _unseen(self) -> tuple[Array | None, Episodes]:
        """Which task each is, and its episode."""
        family = self.settings.tasks
        tasks, parts = _unseen_parts(self.settings, self._num_tasks, self._seed, self._split)
        return family.identity(tasks), _joined(map(_in_bytes, parts) if family.fits_bytes else parts, self._num_tasks)

    @property
    def _episodes(self) -> Episodes:
        return self._unseen[1]

    @property
    def _tells_classes(self) -> bool:
        return self.settings.tasks.kind == "classification"

    @functools.cached_property
    def constant_loss(self) -> float:
        """Of predicting the mean target of all tasks; of classes ln(ways): no task is drawn, which takes seconds."""
        if self._tells_classes:
            return math.log(self.settings.tasks.output_dim)
        return float(np.mean(_squares_around_the_mean(self._episodes)))

    @functools.cached_property
    def _boosting(self) -> StepScores:
        """It learns from training tasks at once, whatever the learner has learned yet, and takes no steps."""
        steps = self.settings.outer.test_steps + 1
        rows = [np.repeat(values[None], steps, axis=0) for values in boosting.tried(self.settings, self._episodes)]
        return _summary(self.settings, [rows], self._unseen[0])

    @functools.cached_property
    def _without_learning(self) -> dict[str, StepScores]:
        """Nothing pays that is no better than a constant. Of classes that is chance, which accuracies tell better."""
        if self._tells_classes:
            return {}
        losses = _squares_around_the_mean(self._episodes).mean(axis=(1, 2))[None]
        return {CONSTANT: _summary(self.settings, [[losses, losses]], self._unseen[0])}

    def evaluation(self, state: TrainingState) -> Evaluation:
        """The learner and its baselines; Adam from scratch once its rate is chosen."""
        others = self._others(state) if self._tries_baselines else {}
        learner = self._scores("learner", self.settings, state.learner, self._told(0, 1 + len(others)))
        baselines = {
            key: self._scores(key, *other, self._told(place, 1 + len(others)))
            for place, (key, other) in enumerate(others.items(), start=1)
        }
        if self._tries_baselines and boosting.is_available(self.settings):
            baselines[boosting.KEY] = self._boosting
        step = min(self.settings.learner.num_steps, self.settings.outer.test_steps)
        own = self.settings.learner  # where it learns nothing, it is to be told that it is no better than itself
        rivals = {key: one for key, one in baselines.items() if key != own.key or not own.gradient_evaluations}
        return Evaluation(
            num_tasks=self._num_tasks,
            learner=_kept(learner),
            baselines={key: _kept(scores) for key, scores in baselines.items()},
            mean=self.constant_loss,
            oracle=self.settings.tasks.oracle(self.settings.episodes.shots),
            baseline_iterations={key: learned.iteration for key, (_, learned) in others.items()},
            verdict=verdict(step, learner, rivals and rivals | self._without_learning),
            num_distinct_tasks=num_distinct(self._num_tasks, self._unseen[0]),
        )

    def _told(self, place: int, num_learners: int) -> Callable[[int], None] | None:
        """Takes the tasks tried by one of the learners; tells what that is of all."""
        watch, each = self._watch, self._num_tasks
        return None if watch is None else lambda tried: watch(place * each + tried, num_learners * each)

    def _others(self, state: TrainingState) -> dict[str, tuple[ExperimentSettings, LearnerState]]:
        """The baselines that have something to say, and what they have learned."""
        every = compared_settings(self.settings, state.tuned).items()
        others = {key: (settings, state.baselines[state_of]) for key, (state_of, settings) in every}
        return {
            key: other
            for key, other in others.items()
            if _has_outputs(*other) and (key != SCRATCH_WITH_ADAM or key in state.tuned)
        }

    def learner_scores(self, state: LearnerState) -> StepScores:
        """The learner alone."""
        return self._scores("learner", self.settings, state)

    def warm_up(self, state: TrainingState) -> None:
        """Compile, on one slice of tasks; nothing to do where nothing is compiled."""
        if not self._compile:
            return
        one = _slice(self._episodes, 0, slice_size(self.settings, self._episodes))
        score(self.settings, state.learner, one, self._compile)
        others = compared_settings(self.settings, {}) if self._tries_baselines else {}
        for state_of, other in others.values():
            score(other, state.baselines[state_of], one, self._compile)

    def _scores(
        self,
        key: str,
        settings: ExperimentSettings,
        state: LearnerState,
        tell: Callable[[int], None] | None = None,
    ) -> StepScores:
        known = self._known.get(key)
        if known is None or known[0] is not state or known[1] != settings:
            identity, episodes = self._unseen
            known = (state, settings, score(settings, state, episodes, self._compile, identity, tell))
            self._known[key] = known
        return known[2]


def _kept(scores: StepScores) -> StepScores:
    """What a run remembers."""
    return dataclasses.replace(scores, losses=None, accuracies=None, identity=None)


def score(
    settings: ExperimentSettings,
    state: LearnerState,
    episodes: Episodes,
    compile: bool = True,
    identity: Array | None = None,
    tell: Callable[[int], None] | None = None,
) -> StepScores:
    """One learner on given episodes, in slices of tasks.

    Args:
        identity: which task each is, as `TaskFamily.identity`.
        tell: takes the number of tasks tried, after every slice.
    """
    return _summary(settings, [_by_task(settings, state, episodes, compile, tell)], identity)


def score_unseen(
    settings: ExperimentSettings, state: LearnerState, num_tasks: int, seed: int, compile: bool = True
) -> StepScores:
    """One learner on unseen tasks of the test split, drawn group by group so that any number fits into memory."""
    tasks, parts = _unseen_parts(settings, num_tasks, seed, "test")
    rows = [_by_task(settings, state, part, compile) for part in parts]
    return _summary(settings, rows, settings.tasks.identity(tasks))


def _by_task(
    settings: ExperimentSettings,
    state: LearnerState,
    episodes: Episodes,
    compile: bool,
    tell: Callable[[int], None] | None = None,
) -> list[Array]:
    """Losses and accuracies by step and task."""
    steps = settings.outer.test_steps
    taken = min(steps, 1) if settings.learner.adapts_once else steps
    program = adaptation_program(settings, taken, keep=False, compile=compile)
    live = settings.learner.live_values()
    num_tasks = episodes.query.x.shape[0]
    size = slice_size(settings, episodes)
    size = size if compile else min(size, num_tasks)  # only a compiled program needs one shape for all
    parts = []
    for start in range(0, num_tasks, size):
        part = _slice(episodes, start, size)
        parts.append(program.run(state, part.support, part.query, live))
        if tell is not None:
            tell(min(start + size, num_tasks))
    rows = [np.concatenate(column, axis=1)[:, :num_tasks].astype(np.float64) for column in zip(*parts, strict=True)]
    return [np.concatenate([values, np.repeat(values[-1:], steps - taken, axis=0)]) for values in rows]


def _summary(settings: ExperimentSettings, groups: Sequence[Sequence[Array]], identity: Array | None) -> StepScores:
    loss, known = (np.concatenate(column, axis=1) for column in zip(*groups, strict=True))
    accuracy = known if settings.tasks.kind == "classification" else None
    with np.errstate(invalid="ignore", over="ignore"):  # a learner may diverge beyond its trained steps
        return StepScores(
            loss=loss.mean(axis=1),
            loss_median=np.median(loss, axis=1),
            loss_ci95=tasks_interval(loss, identity),
            accuracy=None if accuracy is None else accuracy.mean(axis=1),
            accuracy_ci95=None if accuracy is None else tasks_interval(accuracy, identity),
            losses=loss,
            accuracies=accuracy,
            identity=identity,
        )


def watched_tasks(settings: ExperimentSettings, asked: int) -> int:
    """How many of the unseen tasks asked for are tried while training goes on: all, or what takes about a second."""
    if settings.network.compiles:
        return asked
    numbers = _numbers_of(settings, settings.points_per_task) * (settings.outer.test_steps + 1)
    return min(asked, max(FEWEST_TASKS, WATCHED_NUMBERS // numbers))


def slice_size(settings: ExperimentSettings, episodes: Episodes) -> int:
    """How many of these tasks are adapted to in one call: as many as memory bears."""
    return tasks_in_one_call(settings, int(episodes.support.x.shape[1] + episodes.query.x.shape[1]))


def tasks_in_one_call(settings: ExperimentSettings, num_points: int) -> int:
    """The same of tasks with so many points."""
    weights = settings.learner.held(settings.network).per_task
    by_weights = SLICE_WEIGHTS // weights if weights else SLICE
    return max(1, min(SLICE, by_weights, SLICE_NUMBERS // _numbers_of(settings, num_points)))


def _numbers_of(settings: ExperimentSettings, num_points: int) -> int:
    """Activations of the widest layer by which a step on one task is measured."""
    numbers = num_points * settings.network.largest_activation
    return numbers if settings.network.compiles else max(numbers, GRAPH_NUMBERS)


def _has_outputs(settings: ExperimentSettings, state: LearnerState) -> bool:
    """Whether it has an output for every class; a head that was trained for fewer says nothing."""
    if settings.learner.any_ways:
        return True
    heads = [state.params[name] for name in settings.network.parts["head"] if name in state.params]
    return all(values.shape[-1] == settings.network.output_dim for values in heads)


def best_inner_rate(
    settings: ExperimentSettings,
    state: LearnerState,
    episodes: Episodes,
    compile: bool,
    grid: Sequence[float] = RATE_GRID,
) -> float:
    """The inner learning rate of the grid with the lowest mean loss over steps 1..test_steps."""

    def mean_loss(rate: float) -> float:
        loss = score(settings.replaced(inner_learning_rate=rate), state, episodes, compile).loss[1:]
        return float(loss.mean()) if np.isfinite(loss).all() else math.inf

    return min(grid, key=mean_loss)


def _squares_around_the_mean(episodes: Episodes) -> Array:
    targets = np.asarray(episodes.query.y)
    squares: Array = (targets - targets.mean(axis=(0, 1))) ** 2
    return squares


def _slice(episodes: Episodes, start: int, size: int) -> Episodes:
    """`size` tasks from `start`; the last slice is filled up with its last task, so that shapes stay."""
    places = np.minimum(np.arange(start, start + size), episodes.query.x.shape[0] - 1)
    return map_episodes(lambda values: _as_numbers(values[places]), episodes)


def _as_numbers(values: Array) -> Array:
    return np.asarray(values / np.float32(255.0)) if values.dtype == np.uint8 else values


def finite(value: float) -> float | None:
    """A number for JSON, which has no NaN and no infinity."""
    return float(value) if math.isfinite(value) else None


def to_json(scores: StepScores) -> list[Mapping[str, float | None]]:
    """The rows of `evaluate --json`."""
    columns = {"loss": scores.loss, "loss_median": scores.loss_median, "loss_ci95": scores.loss_ci95}
    if scores.accuracy is not None and scores.accuracy_ci95 is not None:
        columns |= {"accuracy": scores.accuracy, "accuracy_ci95": scores.accuracy_ci95}
    return [
        {"step": step} | {name: finite(values[step]) for name, values in columns.items()}
        for step in range(len(scores.loss))
    ]
