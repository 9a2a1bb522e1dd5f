"""What turns an inner gradient into a step: plain, with momentum, or Adam, each closed under differentiation.

What an optimiser remembers lies beside a task's parameters in Adapted, under names that begin with MEMORY.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from metalearn_gui.engine.backend import Params, Tensor, tf
from metalearn_gui.engine.learners.base import Adapted

MEMORY = "memory/"
STEP = f"{MEMORY}step"  # steps taken so far, (tasks,)
MOMENTUM = 0.9
EPSILON_IN_ROOT = 1e-12  # beside the square, not beside its root: a second derivative at 0 is then a number

Memories = tuple[Tensor, ...]
Direction = Callable[[Tensor, Memories, Tensor, tuple[float, float]], tuple[Tensor, Memories]]


class InnerOptimizer(NamedTuple):
    """The names of what it keeps for every parameter, zeros at first, and how a gradient becomes a direction.

    lasting: those of the memories that are about gradients' sizes, and may go on from task to task.
    direction: (gradient, memories, step from 1 in a shape that broadcasts, Adam's betas) -> (direction, memories).
    """

    memories: tuple[str, ...]
    counts_steps: bool
    direction: Direction
    lasting: tuple[str, ...] = ()

    def fresh_memory(self, parameters: Params) -> Adapted:
        """What is remembered before the first step; the step count is there for who counts."""
        names = [f"{MEMORY}{kind}/{name}" for kind in self.memories for name in parameters]
        memory = {name: tf.zeros_like(parameters[name.split("/", 2)[2]]) for name in names}
        return memory | (fresh_count(parameters) if self.counts_steps else {})

    def directions(self, gradients: Params, adapted: Adapted, betas: tuple[float, float]) -> tuple[Params, Adapted]:
        """A step's directions by the name of the parameter, and the memory after it but for the count."""
        directions: Params = {}
        memory: Adapted = {}
        for name, gradient in gradients.items():
            places = [f"{MEMORY}{kind}/{name}" for kind in self.memories]
            count = beside(adapted[STEP] + 1.0, gradient) if self.counts_steps else tf.constant(1.0)
            directions[name], kept = self.direction(gradient, tuple(adapted[place] for place in places), count, betas)
            memory |= dict(zip(places, kept, strict=True))
        return directions, memory


def fresh_count(parameters: Params) -> Adapted:
    """A count of steps for every task, at 0."""
    some = next(iter(parameters.values()))
    return {STEP: tf.zeros(tf.shape(some)[:1])}


def parameters_of(adapted: Adapted) -> Params:
    """What adapts of a learner, without what its optimiser remembers."""
    return {name: values for name, values in adapted.items() if not name.startswith(MEMORY)}


def beside(per_task: Tensor, values: Tensor) -> Tensor:
    """A number or truth per task in the shape that goes with `values` (tasks, ...)."""
    return tf.reshape(per_task, [-1] + [1] * (len(values.shape) - 1))


def _plain(gradient: Tensor, memories: Memories, step: Tensor, betas: tuple[float, float]) -> tuple[Tensor, Memories]:
    return gradient, ()


def _momentum(
    gradient: Tensor, memories: Memories, step: Tensor, betas: tuple[float, float]
) -> tuple[Tensor, Memories]:
    """Polyak's heavy ball: the velocity is the direction."""
    velocity = MOMENTUM * memories[0] + gradient
    return velocity, (velocity,)


def _adam(gradient: Tensor, memories: Memories, step: Tensor, betas: tuple[float, float]) -> tuple[Tensor, Memories]:
    """Kingma, Ba (2015), arXiv:1412.6980, algorithm 1."""
    mean = betas[0] * memories[0] + (1.0 - betas[0]) * gradient
    square = betas[1] * memories[1] + (1.0 - betas[1]) * tf.square(gradient)
    corrected = square / (1.0 - tf.pow(betas[1], step))
    return mean / (1.0 - tf.pow(betas[0], step)) / tf.sqrt(corrected + EPSILON_IN_ROOT), (mean, square)


INNER_OPTIMIZERS = {
    "sgd": InnerOptimizer((), False, _plain),
    "momentum": InnerOptimizer(("velocity",), False, _momentum),
    "adam": InnerOptimizer(("mean", "square"), True, _adam, ("square",)),
}
