"""The mean of a task's support set: what a task's own level alone comes to. Nothing is learned."""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.backend import Tensor, tf
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.learners.base import Adapted, Context, State
from metalearn_gui.engine.learners.fixed import FixedLearner


@dataclasses.dataclass(frozen=True)
class TaskMean(FixedLearner):
    """No entry of LEARNERS: a baseline for tasks of one's own (baselines.py)."""

    key = "task_mean"
    label = "Mean of the task"
    summary = "Predicts the mean of the task's support set, whatever the input."

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        return {"mean": tf.zeros([support.x.shape[0], 1, ctx.network.output_dim])}

    def adapt_step(self, state: State, adapted: Adapted, support: PointSet, ctx: Context) -> Adapted:
        return {"mean": mean_over_points(support.y, support.mask)}

    def outputs(self, adapted: Adapted, x: Tensor) -> Tensor:
        return adapted["mean"] + tf.zeros_like(x[..., :1])


def mean_over_points(values: Tensor, mask: Tensor | None) -> Tensor:
    """(tasks, 1, numbers), 0 for a task without points."""
    if mask is None:
        return tf.reduce_mean(values, axis=1, keepdims=True)
    shares = mask / tf.maximum(tf.reduce_sum(mask, axis=1, keepdims=True), 1.0)
    return tf.reduce_sum(values * shares[:, :, None], axis=1, keepdims=True)
