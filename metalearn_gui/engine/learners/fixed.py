"""Learners that have nothing to learn from other tasks: their one pass over the support set is a formula on inputs."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod

import numpy as np

from metalearn_gui.engine.backend import Tensor
from metalearn_gui.engine.episodes import Episodes
from metalearn_gui.engine.learners.base import Adapted, Context, Learner, MetaGradient, State
from metalearn_gui.engine.networks.base import Network, Stats


@dataclasses.dataclass(frozen=True)
class FixedLearner(Learner):
    """Step 0 has seen nothing, step 1 everything."""

    adapts_once = True
    start_name = "nothing seen"

    @property
    def gradient_evaluations(self) -> float:
        return 0.0

    def init(self, network: Network, rng: np.random.Generator) -> State:
        return State({}, {})

    @abstractmethod
    def outputs(self, adapted: Adapted, x: Tensor) -> Tensor:
        """Outputs (tasks, points, output_dim) at x (tasks, points, input_dim)."""

    def predict(self, state: State, adapted: Adapted, x: Tensor, ctx: Context) -> tuple[Tensor, Stats]:
        return self.outputs(adapted, x), {}

    def meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        before = self.loss_before(state, episodes.support, ctx)
        after, _ = self.loss_after(state, episodes, ctx)
        return MetaGradient({}, after, before, after, state.carry, {})
