"""Does it pay? The learner beside its best baseline on the same unseen tasks, task by task."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from metalearn_gui.engine.events import StepScores, Verdict
from metalearn_gui.engine.intervals import num_distinct, tasks_interval


def verdict(step: int, learner: StepScores, baselines: Mapping[str, StepScores]) -> Verdict | None:
    """The learner at one step, and every baseline at its best step.

    Choosing the baseline and its step by the very tasks that judge favours the baseline: whoever wins, wins by more.

    Args:
        step: as many as the learner was trained with.

    Returns: None where there is nothing to compare with.
    """
    losses = {key: scores.losses for key, scores in baselines.items() if scores.losses is not None}
    means = {
        (key, place): float(loss)
        for key, values in losses.items()
        for place, loss in enumerate(values.mean(axis=1))
        if np.isfinite(loss)
    }
    if not means or learner.losses is None:
        return None
    key, place = min(means, key=lambda one: means[one])
    paired = learner.losses[step] - losses[key][place]
    difference = float(paired.mean())
    relative = difference / means[key, place] if means[key, place] else 0.0
    is_one_task = num_distinct(len(paired), learner.identity) < 2  # it says nothing of others
    half = math.inf if is_one_task else float(tasks_interval(paired, learner.identity))
    return Verdict(key, place, step, difference, half, relative)
