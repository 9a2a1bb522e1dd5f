"""Transfer learning: train one network on all tasks together, then fine-tune it on a new one.

theta <- theta - meta_learning_rate * grad of the mean loss of all points of the meta-batch's tasks, no
adaptation in between; a new task gets the gradient steps that MAML's gets. Where the training classes are a
fixed set, it is one softmax over all of them, and a new task gets a new head.

The "pretrained" baseline of Finn, Abbeel, Levine (2017), arXiv:1703.03400, section 5.1.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Tensor, tf
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.learners.base import Context, MetaGradient, State
from metalearn_gui.engine.learners.gradient import FirstOrderLearner
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, DRAWING, INNER_RATE, META_RATE, UPDATE, Line
from metalearn_gui.engine.networks.base import Network
from metalearn_gui.engine.networks.mlp import dense
from metalearn_gui.engine.tasks.base import TaskFamily

SOFTMAX = "softmax/"


@dataclasses.dataclass(frozen=True)
class Transfer(FirstOrderLearner):
    """Joint training over tasks: what learning to learn has to beat."""

    key = "transfer"
    label = "Transfer"
    start_name = "trained on all tasks"
    summary = "Trains one network on all tasks together, then fine-tunes: what learning to learn has to beat."
    algorithm = (
        DRAWING,
        Line("move the network on all their points", "θ ← θ − η ∇ mean L(θ; all points)", UPDATE, 0, (META_RATE,)),
        Line("for a new task: begin with what was trained", "θ′ ← θ", BEGIN, 0),
        Line("fine-tune", "θ′ ← θ′ − α ∇L(θ′; support)", ADAPT, 1, (INNER_RATE,)),
    )

    num_classes: int = 0  # of the softmax over all training classes; 0 = none

    @property
    def gradient_evaluations(self) -> float:
        return 2.0  # support and query points alike

    def fitted(self, tasks: TaskFamily) -> Transfer:
        return dataclasses.replace(self, num_classes=tasks.with_fixed_classes().num_classes)

    def trains_on(self, tasks: TaskFamily) -> TaskFamily:
        return tasks.with_fixed_classes()

    def init(self, network: Network, rng: np.random.Generator) -> State:
        params, stats = network.init(rng)
        if not self.num_classes:
            return State(params, stats)
        new_head = {name: np.zeros_like(params[name]) for name in network.parts["head"]}
        bound = 1.0 / np.sqrt(network.feature_dim)
        weights = rng.uniform(-bound, bound, (network.feature_dim, self.num_classes)).astype(np.float32)
        softmax = {f"{SOFTMAX}w": weights, f"{SOFTMAX}b": np.zeros(self.num_classes, np.float32)}
        return State(params | new_head | softmax, stats)

    def meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        if f"{SOFTMAX}w" in state.params and episodes.classes is not None:
            return self._over_all_classes(state, episodes, ctx)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state.params)
            before = tf.reduce_mean(self._joint_loss(state, episodes.support, ctx))
            queries = tf.reduce_mean(self._joint_loss(state, episodes.query, ctx))
            objective = 0.5 * (before + queries)
        gradients = tape.gradient(objective, state.params, unconnected_gradients="zero")
        after, carry = self.loss_after(state, episodes, ctx)
        return MetaGradient(gradients, objective, before, after, carry, {})

    def _over_all_classes(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        """The gradient of the classifier of all training classes at once."""
        x = tf.concat([part.x for part in episodes.parts], axis=1)
        labels = [tf.gather(episodes.classes, part.y, batch_dims=1) for part in episodes.parts]
        points = PointSet(x, tf.concat(labels, axis=1))
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state.params)
            features, stats = ctx.network.features(state.params, state.carry, x, None, ctx)
            logits = dense(features, state.params[f"{SOFTMAX}w"], state.params[f"{SOFTMAX}b"])
            objective = tf.reduce_mean(ctx.loss(logits, points))
        gradients = tape.gradient(objective, state.params, unconnected_gradients="zero")
        after, _ = self.loss_after(state, episodes, ctx)
        return MetaGradient(gradients, objective, objective, after, stats, {})

    def _joint_loss(self, state: State, points: PointSet, ctx: Context) -> Tensor:
        outputs, _ = ctx.network.apply(state.params, state.carry, points.x, None, ctx)
        return ctx.loss(outputs, points)
