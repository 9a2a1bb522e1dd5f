"""The mean of a task's support set: what a task's own level alone comes to. Nothing is learned."""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.backend import Tensor, tf
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.learners.base import Adapted, Context, State
from metalearn_gui.engine.learners.fixed import FixedLearner
from metalearn_gui.engine.learners.set_encoder import mean_over_points


@dataclasses.dataclass(frozen=True)
class TaskMean(FixedLearner):
    """No entry of LEARNERS: a baseline for tasks of one's own (baselines.py)."""

    key = "task_mean"
    label = "Mean of the task"
    summary = "Predicts the mean of the task's support set, whatever the input."
    kinds = ("regression",)

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        return {"mean": tf.zeros([support.x.shape[0], 1, ctx.network.output_dim])}

    def adapt_step(self, state: State, adapted: Adapted, support: PointSet, ctx: Context) -> Adapted:
        return {"mean": mean_over_points(support.y, support.mask)[0][:, None]}

    def outputs(self, adapted: Adapted, x: Tensor) -> Tensor:
        return adapted["mean"] + tf.zeros_like(x[..., :1])
