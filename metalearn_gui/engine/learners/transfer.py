"""Transfer learning: train one network on all tasks together, then fine-tune it on a new one.

theta <- theta - meta_learning_rate * grad of the mean loss of all points of the meta-batch's tasks, no
adaptation in between; a new task gets the gradient steps that MAML's gets.

The "pretrained" baseline of Finn, Abbeel, Levine (2017), arXiv:1703.03400, section 5.1.
"""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.backend import Tensor, tf
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.learners.base import Context, MetaGradient, State
from metalearn_gui.engine.learners.gradient import FirstOrderLearner


@dataclasses.dataclass(frozen=True)
class Transfer(FirstOrderLearner):
    """Joint training over tasks: what learning to learn has to beat."""

    key = "transfer"
    label = "Transfer"
    summary = "Trains one network on all tasks together, then fine-tunes: what learning to learn has to beat."

    @property
    def gradient_evaluations(self) -> float:
        return 2.0  # support and query points alike

    def meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state.params)
            before = tf.reduce_mean(self._joint_loss(state, episodes.support, ctx))
            queries = tf.reduce_mean(self._joint_loss(state, episodes.query, ctx))
            objective = 0.5 * (before + queries)
        gradients = tape.gradient(objective, state.params)
        after = self.loss_after(state, episodes, ctx)
        return MetaGradient(gradients, objective, before, after, state.carry, {})

    def _joint_loss(self, state: State, points: PointSet, ctx: Context) -> Tensor:
        outputs, _ = ctx.network.apply(state.params, state.carry, points.x, None, ctx)
        return ctx.loss(outputs, points)
