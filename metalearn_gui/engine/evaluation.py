"""Unseen tasks: the learner and its baselines tried on the same ones, with intervals over tasks."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Sequence

import numpy as np

from metalearn_gui.engine import boosting
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.baselines import SCRATCH_WITH_ADAM, baseline_settings, compared_settings
from metalearn_gui.engine.episodes import Episodes
from metalearn_gui.engine.events import Evaluation, LearnerState, StepScores, TrainingState
from metalearn_gui.engine.footprint import check_memory_to_try
from metalearn_gui.engine.intervals import num_distinct
from metalearn_gui.engine.learners.update_rules import RATES
from metalearn_gui.engine.scoring import score, slice_size, summary
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.unseen import NUM_TASKS, TASKS_SEED, in_bytes, joined, slice_of, unseen_parts
from metalearn_gui.engine.verdict import verdict

RATE_GRID = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)  # a baseline's inner rate; classes bear the largest
ADAM_GRID = tuple(RATES.tolist())  # that of the start from scratch with Adam
FEW_RATES = (1e-2, 1e-1)  # for networks whose adaptation takes seconds; a tenth of them for Adam
CONSTANT = "constant"  # the key of predicting the mean target, beside those of the baselines

Watch = Callable[[int, int], None]  # takes the tasks tried so far, of all learners together, and how many there are


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

    Raises:
        SettingError: more episodes than fit into memory.
    """
    check_memory_to_try(settings, num_tasks)
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
        tasks, parts = unseen_parts(self.settings, self._num_tasks, self._seed, self._split)
        return family.identity(tasks), joined(map(in_bytes, parts) if family.fits_bytes else parts, self._num_tasks)

    @property
    def _episodes(self) -> Episodes:
        return self._unseen[1]

    @property
    def _tells_classes(self) -> bool:
        return self.settings.tasks.kind == "classification"

    @property
    def _has_even_classes(self) -> bool:
        """Every class as often as every other: not so in a table, where healthy may be ten times as often as ill."""
        return self._tells_classes and not self.settings.tasks.is_table

    @functools.cached_property
    def constant_loss(self) -> float:
        """Of predicting the mean target of all tasks, or how often each class is the target."""
        if self._has_even_classes:  # ln(ways): no task is drawn, which takes seconds
            return math.log(self.settings.tasks.output_dim)
        if self._tells_classes:
            return float(np.mean(_by_shares(self._episodes)[0]))
        return float(np.mean(_squares_around_the_mean(self._episodes)))

    @functools.cached_property
    def _boosting(self) -> StepScores:
        """It learns from training tasks at once, whatever the learner has learned yet, and takes no steps."""
        steps = self.settings.outer.test_steps + 1
        rows = [np.repeat(values[None], steps, axis=0) for values in boosting.tried(self.settings, self._episodes)]
        return summary(self.settings, [rows], self._unseen[0])

    @functools.cached_property
    def _without_learning(self) -> dict[str, StepScores]:
        """Nothing pays that is no better than a constant. Of even classes that is chance, which accuracies tell."""
        if self._has_even_classes:
            return {}
        if self._tells_classes:
            by_shares = [np.repeat(values[None], 2, axis=0) for values in _by_shares(self._episodes)]
            return {CONSTANT: summary(self.settings, [by_shares], self._unseen[0])}
        losses = _squares_around_the_mean(self._episodes).mean(axis=(1, 2))[None]
        return {CONSTANT: summary(self.settings, [[losses, losses]], self._unseen[0])}

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
        one = slice_of(self._episodes, 0, slice_size(self.settings, self._episodes))
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


def _by_shares(episodes: Episodes) -> tuple[Array, Array]:
    """The losses of predicting each class as often as it comes, (tasks,), and the accuracies of the commonest."""
    targets = np.asarray(episodes.query.y)
    shares = np.bincount(targets.ravel()) / targets.size
    return -np.log(shares[targets]).mean(axis=1), (targets == shares.argmax()).mean(axis=1)


def _squares_around_the_mean(episodes: Episodes) -> Array:
    targets = np.asarray(episodes.query.y)
    squares: Array = (targets - targets.mean(axis=(0, 1))) ** 2
    return squares
