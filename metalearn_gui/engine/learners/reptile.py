"""Reptile: move the start towards where each task's own training ends.

For each task: theta' = theta - inner_learning_rate * grad L_i(theta), i = 1..inner_steps, where L_i is the
loss of the i-th minibatch of the episode's points, each of the support set's size, in turn;
then theta <- theta + meta_learning_rate * mean(theta' - theta). The meta-optimiser is given theta - theta'.
An inner Adam goes on from task to task: its mean of squares is that of all tasks so far, and unseen tasks start
from it too. With an empty one, a task's first steps would have every coordinate move by the whole rate.

Nichol, Achiam, Schulman (2018), arXiv:1803.02999, algorithms 1 (serial) and 2 (batched).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.learners.base import Adapted, Context, MetaGradient, State, num_tasks_of, under
from metalearn_gui.engine.learners.gradient import FirstOrderLearner, per_task
from metalearn_gui.engine.learners.inner_optimizers import MEMORY, STEP, parameters_of
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, DRAWING, INNER_RATE, META_RATE, UPDATE, Line
from metalearn_gui.engine.networks.base import Network

LASTING = "lasting/"  # in the carry: what the inner optimiser has seen of gradients' sizes, task after task


@dataclasses.dataclass(frozen=True)
class Reptile(FirstOrderLearner):
    """A pseudo-gradient: all points of an episode are there to train on, and only unseen tasks judge it."""

    key = "reptile"
    label = "Reptile"
    summary = "Moves the start towards where training on each task ends; needs no query set."
    order = "1st order"
    algorithm = (
        DRAWING,
        Line("for each task: begin at the start", "φᵢ ← θ", BEGIN, 1),
        Line("adapt on a minibatch", "φᵢ ← φᵢ − α ∇L(φᵢ; batch)", ADAPT, 2, (INNER_RATE, ("steps", "inner_steps"))),
        Line("move the start towards the ends", "θ ← θ + η mean (φᵢ − θ)", UPDATE, 0, (META_RATE,)),
    )
    inner_betas = (0.0, 0.999)  # the paper's inner Adam has no first moment (section 6)

    def init(self, network: Network, rng: np.random.Generator) -> State:
        params, stats = super().init(network, rng)
        kinds = self._optimizer.lasting
        sizes = {f"{MEMORY}{kind}/{name}": np.zeros_like(values) for kind in kinds for name, values in params.items()}
        count = {STEP: np.zeros((), np.float32)} if kinds else {}
        return State(params, stats | {f"{LASTING}{name}": values for name, values in (sizes | count).items()})

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        num_tasks = num_tasks_of(support)
        lasting = {name: per_task(values, num_tasks) for name, values in under(state.carry, LASTING).items()}
        return super().begin(state, support, ctx) | lasting

    @property
    def gradient_evaluations(self) -> float:
        return float(self.inner_steps)

    def meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        batches = _minibatches(episodes)
        adapted = self.begin(state, episodes.support, ctx)
        for step in range(self.inner_steps):
            adapted = self.adapt_step(state, adapted, batches[step % len(batches)], ctx)
        gradients = {
            name: state.params[name] - tf.reduce_mean(values, axis=0) for name, values in parameters_of(adapted).items()
        } | self.shared_gradients(state, adapted, episodes, ctx)
        before = self.loss_before(state, episodes.support, ctx)
        after, carry = self.judged(state, adapted, episodes.query, ctx)
        lasting = {f"{LASTING}{name}": tf.reduce_mean(adapted[name], axis=0) for name in under(carry, LASTING)}
        return MetaGradient(gradients, after, before, after, {**carry, **lasting}, {})


def _minibatches(episodes: Episodes) -> list[PointSet]:
    """The support set, then as many sets of its size as the query set holds."""
    support, query = episodes.parts
    size, num_queries = support.x.shape[1], query.x.shape[1]
    starts = range(0, num_queries - size + 1, size)
    return [support, *(PointSet(query.x[:, s : s + size], query.y[:, s : s + size]) for s in starts)]
