"""Learners that adapt by a formula on a network's features: one pass over the support set, no gradient steps."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod

import numpy as np

from metalearn_gui.engine.backend import Params, Tensor, tf
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.learners.base import Adapted, Context, Learner, MetaGradient, State
from metalearn_gui.engine.networks.base import Network, Stats


@dataclasses.dataclass(frozen=True)
class FeatureLearner(Learner):
    """Step 0 has seen nothing, step 1 everything; steps beyond change nothing. The network's head is left out.

    `begin` gives what an empty support set comes to, in the shapes of `fit`.
    """

    any_ways = True
    adapts_once = True
    start_name = "nothing seen"

    @property
    def gradient_evaluations(self) -> float:
        return 2.0  # support and query points alike

    def init(self, network: Network, rng: np.random.Generator) -> State:
        params, stats = network.init(rng)
        body = {name: values for name, values in params.items() if name not in network.parts["head"]}
        return State(body | self.own_params(), stats)

    def own_params(self) -> Params:
        """What is learned beside the network, float32 numpy."""
        return {}

    @abstractmethod
    def fit(self, state: State, features: Tensor, support: PointSet, ctx: Context) -> Adapted:
        """The formula: from the support set's features (tasks, points, feature_dim) and targets."""

    @abstractmethod
    def outputs(self, state: State, adapted: Adapted, features: Tensor, ctx: Context) -> Tensor:
        """Outputs (tasks, points, output_dim) from features."""

    def adapt_step(self, state: State, adapted: Adapted, support: PointSet, ctx: Context) -> Adapted:
        features, _ = ctx.network.features(state.params, state.carry, support.x, support.mask, ctx)
        return self.fit(state, features, support, ctx)

    def predict(self, state: State, adapted: Adapted, x: Tensor, ctx: Context) -> tuple[Tensor, Stats]:
        features, stats = ctx.network.features(state.params, state.carry, x, None, ctx)
        return self.outputs(state, adapted, features, ctx), stats

    def meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        support, query = episodes.parts
        both = tf.concat([support.x, query.x], axis=1)  # one pass: a batch's statistics are the whole episode's
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state.params)
            features, stats = ctx.network.features(state.params, state.carry, both, None, ctx)
            seen, asked = tf.split(features, [support.x.shape[1], query.x.shape[1]], axis=1)
            adapted = self.fit(state, seen, support, ctx)
            after = tf.reduce_mean(ctx.loss(self.outputs(state, adapted, asked, ctx), query))
        gradients = tape.gradient(after, state.params, unconnected_gradients="zero")
        nothing = self.outputs(state, self.begin(state, support, ctx), tf.stop_gradient(seen), ctx)
        before = tf.reduce_mean(ctx.loss(nothing, support))
        return MetaGradient(gradients, after, before, after, stats, {})
