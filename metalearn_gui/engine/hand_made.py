"""What a learned optimiser has to beat: a rule made by hand, at its best rate, from the same starts."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from metalearn_gui.engine.evaluation import NUM_TASKS, score, unseen_episodes
from metalearn_gui.engine.events import LearnerState, StepScores
from metalearn_gui.engine.learners.learned_optimizer import RULE
from metalearn_gui.engine.learners.update_rules import RATES
from metalearn_gui.engine.settings import ExperimentSettings

CHOOSING_TASKS = 200


class HandMade(NamedTuple):
    """The chosen rate, and how it does on unseen tasks."""

    rate: float
    scores: StepScores


def best_hand_made(
    settings: ExperimentSettings,
    state: LearnerState,
    rule: str = "adam",
    num_tasks: int = NUM_TASKS,
    seed: int = 0,
    compile: bool = True,
) -> HandMade:
    """The best of 13 rates from 1e-4 to 1: the one with the least query loss at the last step on validation tasks.

    Args:
        settings: of a run of learned_optimizer; its test_steps say how many steps are taken.
        state: of that run; its starts are the ones that the rule starts from, the same for the same place.
        rule: "adam" or "sgd".
        num_tasks, seed: of the unseen tasks, as for `evaluate`.
    """
    other = settings.replaced(update_rule=rule)
    validation = unseen_episodes(settings, CHOOSING_TASKS, seed, "validation")[1]

    def last_loss(rate: float) -> float:
        loss = score(other, _with_rate(state, rate), validation, compile).loss[-1]
        return float(loss) if np.isfinite(loss) else math.inf

    best = float(min(RATES, key=last_loss))
    tasks, test = unseen_episodes(settings, num_tasks, seed)
    identity = settings.tasks.identity(tasks)
    return HandMade(best, score(other, _with_rate(state, best), test, compile, identity))


def _with_rate(state: LearnerState, rate: float) -> LearnerState:
    return LearnerState({f"{RULE}log_rate": np.array([np.log(rate)], np.float32)}, state.carry, {}, 0)
