"""The unseen tasks that all runs of a comparison are tried on."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from metalearn_gui.engine.adaptation import places_for
from metalearn_gui.engine.baselines import BASELINES
from metalearn_gui.engine.compare.contenders import Lane
from metalearn_gui.engine.compare.result import Moment, TrainedRun
from metalearn_gui.engine.episodes import Episodes, Tasks, padded
from metalearn_gui.engine.evaluation import FEW_RATES, RATE_GRID, Evaluator, best_inner_rate
from metalearn_gui.engine.events import Finished, LearnerState, StepScores
from metalearn_gui.engine.scoring import score, watched_tasks
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import VALIDATION_TASKS
from metalearn_gui.engine.unseen import unseen_episodes


class Judge:
    """Tries runs on the same tasks of a split; those of the same family and sizes share the episodes, too.

    pads: fill support sets up to a few sizes, so that many numbers of shots share few programs.
    """

    def __init__(self, num_tasks: int, seed: int, compile: bool, split: str = "test", pads: bool = False) -> None:
        self._pads = pads
        self._num_tasks, self._seed, self._compile, self._split = num_tasks, seed, compile, split
        self._evaluators: dict[object, Evaluator] = {}

    def judged(self, lane: Lane, end: Finished, line: str, moments: Sequence[Moment], seconds: float) -> TrainedRun:
        """A run that is over, with its losses on every unseen task; they are its last moment's scores, too."""
        learner = end.state.learner
        lane = dataclasses.replace(lane, settings=self.tuned(lane.settings, learner))
        scores = self.scores(lane.settings, learner)
        counts = end.iteration, end.tasks_seen, end.gradient_evaluations, end.compute_seconds
        kept = [moment for moment in moments if moment.iteration < end.iteration]
        last = Moment(*counts, dataclasses.replace(scores, losses=None, identity=None))
        return TrainedRun(
            lane=lane,
            reason=end.reason,
            line=line,
            state=end.state,
            scores=scores,
            moments=(*kept, last),
            constant_loss=self._evaluator(lane.settings).constant_loss,
            oracle=lane.settings.tasks.oracle(lane.settings.episodes.shots),
            seconds=seconds,
        )

    def scores(self, settings: ExperimentSettings, learner: LearnerState) -> StepScores:
        """A learner on the tasks, with the losses of each."""
        if self._pads:
            tasks, episodes = self._drawn(settings, self._num_tasks, self._split)
            return score(settings, learner, episodes, self._compile, settings.tasks.identity(tasks))
        return self._evaluator(settings).learner_scores(learner)

    def tuned(self, settings: ExperimentSettings, learner: LearnerState) -> ExperimentSettings:
        """A baseline that was not given its best inner learning rate proves nothing; validation tasks choose it."""
        if settings.learner.key not in BASELINES:
            return settings
        _, episodes = self._drawn(settings, watched_tasks(settings, VALIDATION_TASKS), "validation")
        grid = RATE_GRID if settings.network.compiles else FEW_RATES
        rate = best_inner_rate(settings, learner, episodes, self._compile, grid)
        return settings.replaced(inner_learning_rate=rate)

    def _drawn(self, settings: ExperimentSettings, num_tasks: int, split: str) -> tuple[Tasks, Episodes]:
        tasks, episodes = unseen_episodes(settings, num_tasks, self._seed, split)
        if not self._pads:
            return tasks, episodes
        places = places_for(settings, episodes.support.x.shape[1])
        return tasks, episodes._replace(support=padded(episodes.support, places))

    def _evaluator(self, settings: ExperimentSettings) -> Evaluator:
        drawn_by = settings.tasks, settings.episodes.shots, settings.episodes.queries
        if drawn_by not in self._evaluators:
            self._evaluators[drawn_by] = Evaluator(settings, self._num_tasks, self._seed, self._split, self._compile)
        self._evaluators[drawn_by].follow(settings)
        return self._evaluators[drawn_by]
