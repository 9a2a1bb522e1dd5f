"""Per-FedAvg: FedAvg whose clients train for what one of their own adaptation steps will come to.

A client's step: theta_k <- theta_k - local_learning_rate * grad of L_query(theta_k - alpha grad L_support(theta_k)),
local_steps times, alpha = inner_learning_rate; the server averages theta_k as in FedAvg.

Fallah, Mokhtari, Ozdaglar (2020), arXiv:2002.07948, algorithm 1 (full local batches, D'' = D); first order drops
the Hessian, the other choice has exact Hessian-vector products where the paper's HF takes differences.
"""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.backend import Params, tf
from metalearn_gui.engine.episodes import Episodes
from metalearn_gui.engine.learners.base import Adapted, Context, State
from metalearn_gui.engine.learners.fedavg import FederatedLearner
from metalearn_gui.engine.learners.inner_optimizers import parameters_of
from metalearn_gui.engine.learners.pseudo_code import (
    ADAPT,
    BEGIN,
    DRAW,
    INNER_RATE,
    JUDGE,
    META_RATE,
    UPDATE,
    Line,
)
from metalearn_gui.engine.params import param


@dataclasses.dataclass(frozen=True)
class PerFedAvg(FederatedLearner):
    """MAML on every client, and only the starts travel."""

    key = "perfedavg"
    label = "Per-FedAvg"
    summary = "Clients agree on a start that each of them can make its own in a step."
    algorithm = (
        Line("draw the clients of a round", "S of all clients", DRAW, 0, (("clients", "meta_batch"),)),
        Line("for each client: take the server's model", "θₖ ← θ", BEGIN, 1),
        Line("adapt: one step of the client's own", "θ′ₖ = θₖ − α ∇Lₖ(θₖ; support)", ADAPT, 2,
             (INNER_RATE,)),
        Line("train for what that step comes to", "θₖ ← θₖ − β ∇ Lₖ(θ′ₖ; query)", JUDGE, 2,
             (("β", "local_learning_rate"), ("local steps", "local_steps"))),
        Line("average what comes back", "θ ← θ + η Σ nₖ/n (θₖ − θ)", UPDATE, 0, (META_RATE,)),
    )  # fmt: skip

    local_learning_rate: float = param(
        0.01,
        "Local learning rate β",
        minimum=1e-6,
        maximum=10.0,
        log=True,
        live=True,
        help="Size of a client's step while it trains for all; η moves the server's model, α personalises it.",
    )
    local_gradient: str = param(
        "first order",
        "Local gradient",
        choices=("first order", "hessian-vector"),
        advanced=True,
        help="Whether a client's step differentiates through its adaptation step.",
    )

    @property
    def gradient_evaluations(self) -> float:
        per_adaptation = {"first order": 1.0, "hessian-vector": 3.0}[self.local_gradient]
        return self.local_steps * (per_adaptation * self.inner_steps + 1.0)

    def shaped(self, gradients: Params) -> Params:
        if self.local_gradient == "first order":
            gradients = {name: tf.stop_gradient(gradient) for name, gradient in gradients.items()}
        return super().shaped(gradients)

    def trained_locally(self, state: State, episodes: Episodes, ctx: Context) -> Adapted:
        own = parameters_of(self.begin(state, episodes.support, ctx))
        for _ in range(self.local_steps):
            own = self._local_step(state, own, episodes, ctx)
        return own

    def _local_step(self, state: State, own: Adapted, episodes: Episodes, ctx: Context) -> Adapted:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(own)
            personal = self.remembering(own)
            for _ in range(self.inner_steps):
                personal = self.adapt_step(state, personal, episodes.support, ctx)
            loss = tf.reduce_sum(self.loss(state, personal, episodes.query, ctx))
        gradients = tape.gradient(loss, own)
        return {name: values - ctx.live["local_learning_rate"] * gradients[name] for name, values in own.items()}
