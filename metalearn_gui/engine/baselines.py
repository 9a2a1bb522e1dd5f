"""What learning to learn is measured against: other learners on the same network and the same tasks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from metalearn_gui.engine.episodes import Episodes, generator
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.learners.base import Learner
from metalearn_gui.engine.learners.linear_ridge import LinearRidge
from metalearn_gui.engine.learners.logistic import LogisticRegression
from metalearn_gui.engine.learners.nearest import NearestNeighbour
from metalearn_gui.engine.learners.task_mean import TaskMean
from metalearn_gui.engine.plain_settings import AS_TRIED
from metalearn_gui.engine.settings import ExperimentSettings

BASELINES = ("transfer", "scratch")  # each with a state of its own, trained beside
TRANSFER_LEARNING_RATE = 0.01  # joint training is short here; at 0.001 it would prove nothing

BASELINE_META_BATCH = 25  # joint training on one task at a time would be a straw man
BASELINE_NUMBERS = 2**23  # activations of the widest layer in one of its steps, at most


class Sharing(NamedTuple):
    """A baseline that adapts from the state of another one: whose, and how."""

    state_of: str
    learner: Callable[[Learner], Learner]  # from the other one's
    needs_data: bool = False  # True: only beside learners of one's own data, where a plain method may well do


SCRATCH_WITH_ADAM = "scratch_adam"
SHARING = {
    SCRATCH_WITH_ADAM: Sharing("scratch", lambda scratch: scratch.replaced(inner_optimizer="adam")),
    "nearest": Sharing("scratch", lambda _: NearestNeighbour()),  # of inputs: it looks at nothing else
    "logistic": Sharing("transfer", lambda _: LogisticRegression()),
    "task_mean": Sharing("scratch", lambda _: TaskMean(), needs_data=True),
    "linear_ridge": Sharing("scratch", lambda _: LinearRidge(), needs_data=True),
}

EXAMPLE_BLOCK = 2**31 - 3  # the block number of the meta-batch that a fresh state is shaped by: no training draws it


def baseline_settings(settings: ExperimentSettings, tuned: Mapping[str, float]) -> dict[str, ExperimentSettings]:
    """The experiment of each baseline: same tasks, episodes and network; plain Adam outside.

    Args:
        tuned: inner learning rates by key. A rate that suits a meta-learned start can ruin another start,
            and a baseline that was not given its best rate proves nothing.
    """
    num_tasks = settings.episodes.num_training_tasks or BASELINE_META_BATCH
    affordable = BASELINE_NUMBERS // (settings.points_per_task * settings.network.largest_activation)
    meta_batch = max(settings.outer.meta_batch, min(BASELINE_META_BATCH, num_tasks, affordable))
    plain = {
        "meta_batch": meta_batch,
        "meta_optimizer": "adam",
        "meta_learning_rate": TRANSFER_LEARNING_RATE,
        "meta_schedule": "constant",
        **AS_TRIED,
        "inner_optimizer": "sgd",
        "gradient_clip": 0.0,
    }
    others = {key: settings.replaced(learner=key, **plain) for key in BASELINES}
    return {
        key: other.replaced(inner_learning_rate=tuned[key]) if key in tuned else other for key, other in others.items()
    }


def compared_settings(
    settings: ExperimentSettings, tuned: Mapping[str, float]
) -> dict[str, tuple[str, ExperimentSettings]]:
    """Every baseline that takes such tasks: whose state it is tried with, and the experiment.

    Args:
        tuned: as above.
    """
    trained = baseline_settings(settings, tuned)
    found = {key: (key, other) for key, other in trained.items()}
    for key, (state_of, learner_from, needs_data) in SHARING.items():
        learner = learner_from(trained[state_of].learner)
        if settings.tasks.kind in learner.kinds and (settings.tasks.needs_data or not needs_data):
            other = dataclasses.replace(trained[state_of], learner=learner)
            found[key] = state_of, other.replaced(inner_learning_rate=tuned[key]) if key in tuned else other
    return found


def initial_states(settings: ExperimentSettings) -> tuple[LearnerState, dict[str, LearnerState]]:
    """The learner's start and its baselines', all drawn from the same seed."""
    baselines = {key: initial_state(other) for key, other in baseline_settings(settings, {}).items()}
    return initial_state(settings), baselines


def initial_state(settings: ExperimentSettings) -> LearnerState:
    """A fresh learner: the same seed gives the same start."""
    learner = settings.learner.fitted(settings.tasks)
    state = learner.init(settings.network, np.random.default_rng(settings.seed))
    unfinished = learner.unfinished(state, lambda: _example_meta_batch(settings))
    scaling = settings.tasks.scaling()
    carry = dict(state.carry) | unfinished | (scaling.carried() if scaling else {})
    return LearnerState(dict(state.params), carry, {}, 0)


def _example_meta_batch(settings: ExperimentSettings) -> Episodes:
    settings = settings.stages()[0]
    rng = generator(settings.seed, "train", EXAMPLE_BLOCK)
    tasks = settings.tasks.tasks(rng, settings.outer.meta_batch, "train")
    return settings.tasks.draw(tasks, rng, settings.episodes.shots, settings.episodes.queries)


def steps_beside(settings: ExperimentSettings, share: float) -> dict[str, float]:
    """Baseline meta-iterations per meta-iteration of the learner that cost at most `share` of its gradients."""
    own = max(_gradients(settings), 1.0)
    costs = {key: _gradients(other) for key, other in baseline_settings(settings, {}).items()}
    return {key: min(0.2, share * own / cost) for key, cost in costs.items() if cost > 0}


def _gradients(settings: ExperimentSettings) -> float:
    """Gradient evaluations of one meta-iteration, in episodes of the size of unseen ones."""
    stages = settings.stages()
    size = sum(stage.points_per_task for stage in stages) / len(stages) / settings.points_per_task
    return settings.learner.gradient_evaluations * settings.outer.meta_batch * size


def steps_due(iteration: int, per_iteration: float) -> int:
    """A baseline's meta-iterations when the learner has this many: a function of nothing else, in few calls."""
    due = int(iteration * per_iteration)
    grain = 10 if due < 50 else 50
    return due - due % grain
