"""The inner loop that gradient-based learners share: a few steps of gradient descent on the support set."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np

from metalearn_gui.engine.backend import Params, Tensor, tf
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.learners.base import (
    UNROLLED_STEPS,
    Adapted,
    Context,
    Held,
    Learner,
    State,
    num_tasks_of,
)
from metalearn_gui.engine.learners.inner_optimizers import (
    INNER_OPTIMIZERS,
    STEP,
    InnerOptimizer,
    beside,
    parameters_of,
)
from metalearn_gui.engine.networks.base import Network, Stats
from metalearn_gui.engine.params import param


@dataclasses.dataclass(frozen=True)
class GradientLearner(Learner):
    """theta' = theta - inner_learning_rate * grad L_support(theta), step by step, for every task.

    With momentum or Adam the gradient's place is taken by the optimiser's direction, and weight decay pulls
    the parameters themselves: theta' = theta - inner_learning_rate * (direction + inner_weight_decay * theta).
    """

    inner_betas: ClassVar[tuple[float, float]] = (0.9, 0.999)  # of the inner Adam

    inner_learning_rate: float = param(
        0.01,
        "Inner learning rate α",
        minimum=1e-6,
        maximum=10.0,
        log=True,
        live=True,
        help="Size of an adaptation step: how far a task moves its own weights from the shared start.",
    )
    inner_steps: int = param(
        1, "Inner steps", minimum=1, maximum=20, unit="steps", help="Adaptation steps that training takes."
    )
    inner_gradient_clip: float = param(
        0.0,
        "Inner gradient clip",
        minimum=0.0,
        maximum=1e6,
        advanced=True,
        help="Largest norm of a task's inner gradient; 0 = off.",
    )
    inner_optimizer: str = param(
        "sgd",
        "Inner optimiser",
        choices=tuple(INNER_OPTIMIZERS),
        advanced=True,
        help="Takes an inner gradient to an adaptation step; its memory begins empty unless the learner keeps it.",
    )
    inner_weight_decay: float = param(
        0.0,
        "Inner weight decay",
        minimum=0.0,
        maximum=100.0,
        advanced=True,
        help="How strongly each adaptation step pulls what adapts towards 0; 0 = off.",
    )

    @property
    def num_steps(self) -> int:
        return self.inner_steps

    @property
    def gradient_evaluations(self) -> float:
        return self.inner_steps + 1.0

    def held(self, network: Network) -> Held:
        sizes = network.parameter_sizes()
        adapting = sum(sizes[name] for name in self.adapting(network))
        # A loop keeps the gradient of each step beside its weights; of unrolled ones a compiler drops it.
        kept = self.inner_steps if self.inner_steps <= UNROLLED_STEPS else 2 * self.inner_steps
        return Held(sum(sizes.values()), adapting, kept if self.order == "2nd order" else 1)

    def adaptation_structure(self) -> tuple[object, ...]:
        return ("gradient", *self.step_structure())

    def step_structure(self) -> tuple[object, ...]:
        """What the program of a single step depends on, whichever parameters adapt."""
        return (self.inner_gradient_clip, self.inner_optimizer, self.inner_weight_decay, self.inner_betas)

    def adaptation_live_names(self) -> tuple[str, ...]:
        return ("inner_learning_rate",)

    def init(self, network: Network, rng: np.random.Generator) -> State:
        params, stats = network.init(rng)
        return State(params, stats)

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        num_tasks = num_tasks_of(support)
        return self.remembering({name: per_task(state.params[name], num_tasks) for name in self.adapting(ctx.network)})

    def remembering(self, parameters: Params) -> Adapted:
        """Parameters (tasks, ...) with the memory of a step that has none before it."""
        return {**parameters, **self._optimizer.fresh_memory(parameters)}

    def adapt_step(self, state: State, adapted: Adapted, support: PointSet, ctx: Context) -> Adapted:
        parameters = parameters_of(adapted)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(parameters)
            loss = tf.reduce_sum(self.loss(state, parameters, support, ctx))
        gradients = self.shaped(tape.gradient(loss, parameters))
        directions, memory = self._optimizer.directions(gradients, adapted, self.inner_betas)
        if self.inner_weight_decay:
            directions = {name: d + self.inner_weight_decay * parameters[name] for name, d in directions.items()}
        moved = {
            name: values - self.rate(name, state, adapted, ctx) * directions[name]
            for name, values in parameters.items()
        }
        count = {STEP: adapted[STEP] + 1.0} if STEP in adapted else {}
        return {**moved, **memory, **count}

    @property
    def _optimizer(self) -> InnerOptimizer:
        return INNER_OPTIMIZERS[self.inner_optimizer]

    def predict(self, state: State, adapted: Adapted, x: Tensor, ctx: Context) -> tuple[Tensor, Stats]:
        return ctx.network.apply({**state.params, **parameters_of(adapted)}, state.carry, x, None, ctx)

    def adapting(self, network: Network) -> tuple[str, ...]:
        """The names of the parameters that adapt to a task; the others are shared by all tasks."""
        return network.adapting

    def rate(self, name: str, state: State, adapted: Adapted, ctx: Context) -> Tensor:
        """What a step multiplies the direction of this parameter by: a number, one per task or one for each entry.

        Args:
            adapted: what the step starts from, with its memory.
        """
        return ctx.live["inner_learning_rate"]

    def shared_gradients(self, state: State, adapted: Adapted, episodes: Episodes, ctx: Context) -> Params:
        """The gradient of the mean query loss by what no task adapts, for learners whose others are differences.

        Args:
            adapted: taken as a constant.
        """
        shared = {name: values for name, values in state.params.items() if name not in adapted}
        if not shared:
            return {}
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(shared)
            loss, _ = self.judged(State(state.params | shared, state.carry), adapted, episodes.query, ctx)
        return dict(tape.gradient(loss, shared))

    def shaped(self, gradients: Params) -> Params:
        """The inner gradients as the step uses them: clipped to a norm per task."""
        if not self.inner_gradient_clip:
            return gradients
        squares = [tf.reduce_sum(tf.square(g), axis=list(range(1, g.shape.rank))) for g in gradients.values()]
        norm = tf.sqrt(tf.add_n(squares) + 1e-12)
        scale = tf.minimum(1.0, self.inner_gradient_clip / norm)
        return {name: g * beside(scale, g) for name, g in gradients.items()}


@dataclasses.dataclass(frozen=True)
class FirstOrderLearner(GradientLearner):
    """The same steps, with the inner gradients taken as constants when the outer loop differentiates."""

    def shaped(self, gradients: Params) -> Params:
        constants = {name: tf.stop_gradient(g) for name, g in gradients.items()}
        return super().shaped(constants)


def per_task(values: Tensor, num_tasks: Tensor | int) -> Tensor:
    """Shared parameters with a leading task axis; the gradient is the sum over tasks."""

    @tf.custom_gradient
    def broadcast(shared: Tensor) -> tuple[Tensor, object]:
        rank = shared.shape.rank
        repeated = tf.tile(shared[None], [num_tasks] + [1] * rank)
        return repeated, lambda upstream: tf.reduce_sum(upstream, axis=0)

    result: Tensor = broadcast(tf.convert_to_tensor(values))
    return result


def zeros_like(params: Params) -> Params:
    """A gradient of nothing."""
    return {name: tf.zeros_like(values) for name, values in params.items()}


def norm(gradients: Params) -> Tensor:
    """The Euclidean norm over all parameters."""
    return tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(g)) for g in gradients.values()]))


def inner_product(one: Params, other: Params) -> Tensor:
    """The sum of products over all parameters."""
    return tf.add_n([tf.reduce_sum(one[name] * other[name]) for name in one])
