"""Ridge regression on a task's own support set: the plain way to use few rows, which no other task helps with.

    W = argmin |(X - mean X) W - (Y - mean Y)|^2 + PENALTY |W|^2, on inputs and targets of deviation 1

Hoerl, Kennard (1970), "Ridge regression", Technometrics 12; the mean is not penalised.
"""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.backend import Tensor, tf
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.learners.base import Adapted, Context, State
from metalearn_gui.engine.learners.fixed import FixedLearner
from metalearn_gui.engine.learners.ridge import solved
from metalearn_gui.engine.learners.set_encoder import mean_over_points
from metalearn_gui.engine.networks.ops import product

PENALTY = 1.0


@dataclasses.dataclass(frozen=True)
class LinearRidge(FixedLearner):
    """No entry of LEARNERS: a baseline for tasks of one's own (baselines.py)."""

    key = "linear_ridge"
    label = "Ridge per task"
    summary = "A linear regression on the task's own support set, with small weights."
    kinds = ("regression",)

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        num_tasks, width, num_outputs = support.x.shape[0], support.x.shape[2], ctx.network.output_dim
        return {"w": tf.zeros([num_tasks, width, num_outputs]), "b": tf.zeros([num_tasks, 1, num_outputs])}

    def adapt_step(self, state: State, adapted: Adapted, support: PointSet, ctx: Context) -> Adapted:
        x_mean, y_mean = (mean_over_points(values, support.mask)[0][:, None] for values in (support.x, support.y))
        rows, targets = support.x - x_mean, support.y - y_mean
        if support.mask is not None:
            rows, targets = rows * support.mask[:, :, None], targets * support.mask[:, :, None]
        w = solved(rows, targets, tf.constant(PENALTY))
        return {"w": w, "b": y_mean - product(x_mean, w)}

    def outputs(self, adapted: Adapted, x: Tensor) -> Tensor:
        return product(x, adapted["w"]) + adapted["b"]
