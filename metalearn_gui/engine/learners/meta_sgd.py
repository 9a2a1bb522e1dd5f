"""Meta-SGD: meta-learn the start and, for every one of its parameters, the rate at which it adapts.

For each task: theta' = theta - alpha * grad L_support(theta), entry by entry, inner_steps times;
then move theta and alpha down the exact gradient of the mean L_query(theta'). A rate may turn negative.

Li, Zhou, Chen, Li (2017), arXiv:1707.09835, equation 1 and algorithm 1.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Tensor
from metalearn_gui.engine.episodes import Episodes
from metalearn_gui.engine.learners.base import Adapted, Context, State, View
from metalearn_gui.engine.learners.gradient import GradientLearner
from metalearn_gui.engine.learners.pseudo_code import META_RATE, UPDATE, Line, gradient_lines
from metalearn_gui.engine.networks.base import Network
from metalearn_gui.engine.params import param

RATES = "rates/"


@dataclasses.dataclass(frozen=True)
class MetaSgd(GradientLearner):
    """A rate "rates/NAME" of the same shape beside every parameter NAME.

    View "rates": the learned rates by the name of their parameter, each of that parameter's shape.
    """

    key = "meta_sgd"
    label = "Meta-SGD"
    summary = "Learns the start and a learning rate, sign and all, for every parameter of the network."
    order = "2nd order"
    algorithm = gradient_lines(
        Line("move the start and its rates", "(θ, α) ← (θ, α) − η ∇ mean Rᵢ", UPDATE, 0, (META_RATE,)),
        adapt="θ′ᵢ ← θ′ᵢ − α ∘ ∇L(θ′ᵢ; supportᵢ)",
        rate=("α at first", "inner_learning_rate"),
    )

    inner_learning_rate: float = param(
        0.01,
        "First inner learning rate α",
        minimum=1e-6,
        maximum=10.0,
        log=True,
        help="What every parameter's learned rate starts from.",
    )

    @property
    def gradient_evaluations(self) -> float:
        return 3.0 * self.inner_steps + 1.0  # a Hessian-vector product costs about two

    def structure(self) -> tuple[object, ...]:
        return (type(self).__name__, self.inner_steps, *self.step_structure())  # where rates start changes no program

    def adaptation_structure(self) -> tuple[object, ...]:
        return (type(self).__name__, *self.step_structure())

    def adaptation_live_names(self) -> tuple[str, ...]:
        return ()

    def init(self, network: Network, rng: np.random.Generator) -> State:
        params, stats = network.init(rng)
        rates = {RATES + name: np.full_like(params[name], self.inner_learning_rate) for name in self.adapting(network)}
        return State(params | rates, stats)

    def rate(self, name: str, state: State, adapted: Adapted, ctx: Context) -> Tensor:
        return state.params[RATES + name]

    def inspect(self, state: State, episodes: Episodes, ctx: Context) -> list[View]:
        names = self.adapting(ctx.network)
        return [View("rates", {name: np.asarray(state.params[RATES + name]) for name in names})]
