"""MAML: meta-learn an initialisation that adapts in a few gradient steps.

For each task: theta' = theta - inner_learning_rate * grad L_support(theta), inner_steps times;
then move theta down the exact gradient of the mean L_query(theta'), second order and all.

Finn, Abbeel, Levine (2017), arXiv:1703.03400, algorithm 1. Its options, each alone or together, are those of
Antoniou, Edwards, Storkey (2019), arXiv:1810.09502, section 4: a learned rate for every parameter tensor and inner
step; a loss after every step, annealed to the last one's; first order before second order.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Tensor, tf
from metalearn_gui.engine.episodes import Episodes
from metalearn_gui.engine.learners.base import Adapted, Context, MetaGradient, State, View
from metalearn_gui.engine.learners.gradient import FirstOrderLearner, GradientLearner
from metalearn_gui.engine.learners.inner_optimizers import STEP, beside, fresh_count
from metalearn_gui.engine.learners.pseudo_code import META_RATE, UPDATE, Line, gradient_lines
from metalearn_gui.engine.networks.base import Network
from metalearn_gui.engine.params import param

RATES = "rates/"


@dataclasses.dataclass(frozen=True)
class Maml(GradientLearner):
    """Differentiates through the adaptation: the start is judged by where its steps lead.

    With learned_rates, "rates/NAME" (inner_steps,) lies beside every parameter NAME and is view "rates"; a step
    beyond the trained ones takes the last rate.
    """

    key = "maml"
    label = "MAML"
    summary = "Learns a start from which a few gradient steps solve a new task."
    order = "2nd order"
    algorithm = gradient_lines(
        Line("move the start down the exact gradient", "θ ← θ − η ∇θ mean Rᵢ, through θ′ᵢ(θ)", UPDATE, 0, (META_RATE,))
    )

    learned_rates: bool = param(
        False,
        "Learned rates per step",
        advanced=True,
        help="Learn a rate for every parameter tensor and inner step (LSLR); they start from the inner learning rate.",
    )
    multi_step_iterations: int = param(
        0,
        "Multi-step loss",
        minimum=1,
        maximum=10_000_000,
        off=0,
        advanced=True,
        log=True,
        unit="iterations",
        help="Meta-iterations over which the loss goes from the mean over all inner steps to the last; 0 = off.",
    )
    first_order_iterations: int = param(
        0,
        "First order at first",
        minimum=1,
        maximum=10_000_000,
        off=0,
        advanced=True,
        log=True,
        unit="iterations",
        help="Meta-iterations without second derivatives before those with them; 0 = off.",
    )

    @property
    def gradient_evaluations(self) -> float:
        judged = self.inner_steps if self.multi_step_iterations else 1
        return 3.0 * self.inner_steps + judged  # a Hessian-vector product costs about two

    def adaptation_structure(self) -> tuple[object, ...]:
        if not self.learned_rates:
            return super().adaptation_structure()
        return (type(self).__name__, self.inner_steps, *self.step_structure())

    def adaptation_live_names(self) -> tuple[str, ...]:
        return () if self.learned_rates else super().adaptation_live_names()

    def init(self, network: Network, rng: np.random.Generator) -> State:
        params, stats = super().init(network, rng)
        names = self.adapting(network) if self.learned_rates else ()
        rates = {RATES + name: np.full(self.inner_steps, self.inner_learning_rate, np.float32) for name in names}
        return State(params | rates, stats)

    def remembering(self, parameters: Adapted) -> Adapted:
        count = fresh_count(parameters) if self.learned_rates else {}
        return {**super().remembering(parameters), **count}

    def rate(self, name: str, state: State, adapted: Adapted, ctx: Context) -> Tensor:
        if not self.learned_rates:
            return super().rate(name, state, adapted, ctx)
        step = tf.minimum(tf.cast(adapted[STEP], tf.int32), self.inner_steps - 1)
        # A product with one-hot rows: the gradient of looking a rate up would be a scatter, slow when compiled.
        rates = tf.linalg.matvec(tf.one_hot(step, self.inner_steps), state.params[RATES + name])
        return beside(rates, adapted[name])

    def meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        if not self.first_order_iterations:
            return self._meta_gradient(state, episodes, ctx)
        result: MetaGradient = tf.cond(
            tf.less(tf.cast(ctx.iteration, tf.float32), float(self.first_order_iterations)),
            lambda: self.at_first_order()._meta_gradient(state, episodes, ctx),
            lambda: self._meta_gradient(state, episodes, ctx),
        )
        return result

    def at_first_order(self) -> FirstOrderPhase:
        """The same learner with its inner gradients taken as constants."""
        return FirstOrderPhase(**{field.name: getattr(self, field.name) for field in dataclasses.fields(self)})

    def _meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        if not self.multi_step_iterations:
            return super().meta_gradient(state, episodes, ctx)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state.params)
            losses, carry = self.losses_on_the_way(state, episodes, ctx)
            objective = tf.reduce_sum(self.loss_weights(ctx.iteration) * tf.stack(losses))
        gradients = tape.gradient(objective, state.params, unconnected_gradients="zero")
        before = self.loss_before(state, episodes.support, ctx)
        return MetaGradient(gradients, objective, before, losses[-1], carry, {})

    def loss_weights(self, iteration: Tensor | int) -> Tensor:
        """The weight of the loss after each inner step, (inner_steps,), sum 1: all alike at first, then the last."""
        done = tf.minimum(tf.cast(iteration, tf.float32) / self.multi_step_iterations, 1.0)
        last = tf.one_hot(self.inner_steps - 1, self.inner_steps)
        return done * last + (1.0 - done) / self.inner_steps

    def inspect(self, state: State, episodes: Episodes, ctx: Context) -> list[View]:
        if not self.learned_rates:
            return []
        names = self.adapting(ctx.network)
        return [View("rates", {name: np.asarray(state.params[RATES + name]) for name in names})]


@dataclasses.dataclass(frozen=True)
class FirstOrderPhase(FirstOrderLearner, Maml):
    """MAML while its derivative order is annealed: first-order MAML with MAML's other options."""
