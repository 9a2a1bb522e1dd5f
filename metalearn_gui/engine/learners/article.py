"""Meta-gradient descent as the article has it: minimise L(theta) + R(theta), both levels at once.

L is the mean support loss before adapting; R is the mean query loss after inner_steps adaptation steps:
theta <- theta - eta (base_loss_weight * grad L + meta_loss_weight * grad R). R alone is MAML; L alone is
joint training, which is the article's own smallest run.

R's gradient is that of Finn, Abbeel, Levine (2017), arXiv:1703.03400, exact second order.
"""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.backend import Array, tf
from metalearn_gui.engine.episodes import Episodes
from metalearn_gui.engine.learners.base import Context, MetaGradient, State
from metalearn_gui.engine.learners.gradient import GradientLearner, inner_product, norm
from metalearn_gui.engine.learners.pseudo_code import META_RATE, UPDATE, Line, gradient_lines
from metalearn_gui.engine.params import param


@dataclasses.dataclass(frozen=True)
class Article(GradientLearner):
    """Two gradients, weighed live; their sizes and the cosine between them are curves."""

    key = "article"
    label = "L + R"
    summary = "The article's meta-gradient descent: the loss before adapting plus the loss after it."
    objective = "L + w·R"
    order = "2nd order"
    algorithm = gradient_lines(
        Line(
            "move down both gradients", "θ ← θ − η (wL ∇L(θ) + wR ∇R(θ))", UPDATE, 0,
            (META_RATE, ("wL", "base_loss_weight"), ("wR", "meta_loss_weight")),
        )
    )  # fmt: skip
    concerns = ("base_loss_weight", "meta_loss_weight")

    base_loss_weight: float = param(
        1.0,
        "Weight of L",
        minimum=0.0,
        maximum=10.0,
        live=True,
        help="Weight of the base loss: support set, before adapting.",
    )
    meta_loss_weight: float = param(
        1.0,
        "Weight of R",
        minimum=0.0,
        maximum=10.0,
        live=True,
        help="Weight of the meta loss: query set, after adapting.",
    )

    @property
    def gradient_evaluations(self) -> float:
        return 3.0 * self.inner_steps + 2.0

    @property
    def metric_names(self) -> tuple[str, ...]:
        return ("base_loss", "meta_loss", "base_gradient", "meta_gradient", "cosine")

    def meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        with tf.GradientTape(watch_accessed_variables=False, persistent=True) as tape:
            tape.watch(state.params)
            base = self.loss_before(state, episodes.support, ctx)
            meta, carry = self.loss_after(state, episodes, ctx)
        base_gradient = tape.gradient(base, state.params)
        meta_gradient = tape.gradient(meta, state.params)
        base_weight, meta_weight = ctx.live["base_loss_weight"], ctx.live["meta_loss_weight"]
        gradients = {
            name: base_weight * base_gradient[name] + meta_weight * meta_gradient[name] for name in state.params
        }
        sizes = norm(base_gradient), norm(meta_gradient)
        metrics = {
            "base_loss": base,
            "meta_loss": meta,
            "base_gradient": sizes[0],
            "meta_gradient": sizes[1],
            "cosine": inner_product(base_gradient, meta_gradient) / tf.maximum(sizes[0] * sizes[1], 1e-20),
        }
        objective = base_weight * base + meta_weight * meta
        return MetaGradient(gradients, objective, base, meta, carry, metrics)

    def reported_loss(self, objectives: Array, final: float) -> float:
        return final  # the article prints the loss of its rows after the last epoch
