"""Rules that turn the gradient of a coordinate into its next change: two learned ones, and two made by hand.

All parameters of a network lie side by side, (tasks, n), and a rule treats each coordinate alone: its own
weights are the same for all of them, its memory is each one's own.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np

from metalearn_gui.engine.backend import Array, Params, Tensor, tf

UPDATE_SIZE = 0.1  # an untrained rule's changes are small beside weights
LOG_RANGE = 10.0  # e^-10 is the gradient below which its sign no longer counts for much
FIRST_RATE = 0.01
ADAM_DECAYS, ADAM_EPSILON = (0.9, 0.999), 1e-8
MOMENTUM_DECAYS = np.array([0.5, 0.9, 0.99], np.float32)
SQUARES_DECAY = 0.95
CLOCKS = (10.0, 100.0)  # steps
MAGNITUDE_RANGE = 3.0  # changes reach from e^-3 to e^3 times UPDATE_SIZE
NUM_FEATURES = 12
TINY = 1e-8
RATES = np.logspace(-4, 0, 13)  # that a rule made by hand may choose from


class Coordinates(NamedTuple):
    """What a rule may look at, each (tasks, n): a coordinate, and the root mean squares of its own tensor."""

    gradient: Tensor
    weight: Tensor
    gradient_size: Tensor
    weight_size: Tensor


@dataclasses.dataclass(frozen=True)
class UpdateRule(ABC):
    """units: of the hidden layer, where there is one."""

    units: int

    @abstractmethod
    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        """What is learned of the rule, float32 numpy."""

    @abstractmethod
    def memory_shapes(self, size: int) -> dict[str, tuple[int, ...]]:
        """What a run of `size` coordinates remembers from step to step, without the task axis; at first all 0."""

    @abstractmethod
    def update(self, weights: Params, memory: Params, seen: Coordinates) -> tuple[Tensor, Params]:
        """What is added to every coordinate (tasks, n), and the new memory."""


@dataclasses.dataclass(frozen=True)
class LstmRule(UpdateRule):
    """Andrychowicz et al. (2016), arXiv:1606.04474, section 2.1 and appendix A; one layer."""

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        units, fan_in = self.units, self.units + 2
        bias = np.zeros(4 * units, np.float32)
        bias[units : 2 * units] = 1.0  # it starts by remembering
        return {"gates": _uniform(rng, fan_in, 4 * units), "bias": bias, "out": _uniform(rng, units, 1)}

    def memory_shapes(self, size: int) -> dict[str, tuple[int, ...]]:
        return {"hidden": (size, self.units), "cell": (size, self.units)}

    def update(self, weights: Params, memory: Params, seen: Coordinates) -> tuple[Tensor, Params]:
        inputs = tf.concat([tf.stack(log_and_sign(seen.gradient), axis=-1), memory["hidden"]], axis=-1)
        gates = _dense(inputs, weights["gates"]) + weights["bias"]
        taken, kept, shown, proposed = tf.split(gates, 4, axis=-1)
        cell = tf.sigmoid(kept) * memory["cell"] + tf.sigmoid(taken) * tf.tanh(proposed)
        hidden = tf.sigmoid(shown) * tf.tanh(cell)
        return UPDATE_SIZE * _dense(hidden, weights["out"])[..., 0], {"hidden": hidden, "cell": cell}


@dataclasses.dataclass(frozen=True)
class MlpRule(UpdateRule):
    """A hidden layer on features of Metz et al. (2020), arXiv:2009.11243, appendix; a bounded direction times size."""

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        return {
            "w0": _uniform(rng, NUM_FEATURES, self.units),
            "b0": np.zeros(self.units, np.float32),
            "w1": _uniform(rng, self.units, 2),
            "b1": np.zeros(2, np.float32),
        }

    def memory_shapes(self, size: int) -> dict[str, tuple[int, ...]]:
        return {"momenta": (size, len(MOMENTUM_DECAYS)), "squares": (size,), "steps": (1,)}

    def update(self, weights: Params, memory: Params, seen: Coordinates) -> tuple[Tensor, Params]:
        memory = _remembered(memory, seen.gradient)
        hidden = tf.nn.relu(_dense(_features(memory, seen), weights["w0"]) + weights["b0"])
        outputs = _dense(hidden, weights["w1"]) + weights["b1"]
        size = tf.exp(MAGNITUDE_RANGE * tf.tanh(outputs[..., 1] / MAGNITUDE_RANGE))
        return UPDATE_SIZE * tf.tanh(outputs[..., 0]) * size, memory


@dataclasses.dataclass(frozen=True)
class SgdRule(UpdateRule):
    """- rate * gradient; the logarithm of the rate is what is learned."""

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        return {"log_rate": np.full(1, np.log(FIRST_RATE), np.float32)}

    def memory_shapes(self, size: int) -> dict[str, tuple[int, ...]]:
        return {}

    def update(self, weights: Params, memory: Params, seen: Coordinates) -> tuple[Tensor, Params]:
        return -tf.exp(weights["log_rate"]) * seen.gradient, memory


@dataclasses.dataclass(frozen=True)
class AdamRule(UpdateRule):
    """Kingma, Ba (2015), arXiv:1412.6980, algorithm 1; the logarithm of the rate is what is learned."""

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        return {"log_rate": np.full(1, np.log(FIRST_RATE), np.float32)}

    def memory_shapes(self, size: int) -> dict[str, tuple[int, ...]]:
        return {"momentum": (size,), "squares": (size,), "steps": (1,)}

    def update(self, weights: Params, memory: Params, seen: Coordinates) -> tuple[Tensor, Params]:
        first, second = ADAM_DECAYS
        steps = memory["steps"] + 1.0
        momentum = first * memory["momentum"] + (1.0 - first) * seen.gradient
        squares = second * memory["squares"] + (1.0 - second) * tf.square(seen.gradient)
        mean, size = momentum / (1.0 - first**steps), tf.sqrt(squares / (1.0 - second**steps))
        new = {"momentum": momentum, "squares": squares, "steps": steps}
        return -tf.exp(weights["log_rate"]) * mean / (size + ADAM_EPSILON), new


UPDATE_RULES: dict[str, type[UpdateRule]] = {"lstm": LstmRule, "mlp": MlpRule, "adam": AdamRule, "sgd": SgdRule}


def log_and_sign(gradient: Tensor) -> tuple[Tensor, Tensor]:
    """Andrychowicz et al.'s two numbers for gradients of any size, each within about [-1, 1]."""
    threshold = float(np.exp(-LOG_RANGE))
    size = tf.abs(gradient)
    is_large = size >= threshold
    log = tf.where(is_large, tf.math.log(tf.maximum(size, threshold)) / LOG_RANGE, -1.0)
    return log, tf.where(is_large, tf.sign(gradient), gradient / threshold)


def _remembered(memory: Params, gradient: Tensor) -> Params:
    momenta = MOMENTUM_DECAYS * memory["momenta"] + (1.0 - MOMENTUM_DECAYS) * gradient[..., None]
    squares = SQUARES_DECAY * memory["squares"] + (1.0 - SQUARES_DECAY) * tf.square(gradient)
    return {"momenta": momenta, "squares": squares, "steps": memory["steps"] + 1.0}


def _features(memory: Params, seen: Coordinates) -> Tensor:
    """(tasks, n, NUM_FEATURES), all of order 1 whatever the gradient's scale."""
    steps = memory["steps"]
    size = tf.sqrt(memory["squares"] / (1.0 - SQUARES_DECAY**steps)) + TINY
    momenta = memory["momenta"] / (1.0 - MOMENTUM_DECAYS ** steps[..., None]) / size[..., None]
    clocks = [tf.tanh(steps / clock) + tf.zeros_like(size) for clock in CLOCKS]
    logs = [
        tf.math.log(values + TINY) / LOG_RANGE
        for values in (tf.abs(seen.gradient), size, seen.gradient_size, seen.weight_size)
    ]
    ratios = [seen.gradient / size, seen.gradient / (seen.gradient_size + TINY), seen.weight]
    return tf.concat([tf.stack([*ratios, *logs, *clocks], axis=-1), momenta], axis=-1)


def _dense(x: Tensor, weights: Tensor) -> Tensor:
    """x (tasks, n, units) times weights, with as few and as large products as there can be."""
    rows = tf.matmul(tf.reshape(x, [-1, x.shape[-1]]), weights)
    return tf.reshape(rows, [-1, x.shape[1], weights.shape[1]])


def _uniform(rng: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    bound = 1.0 / np.sqrt(fan_in)
    return rng.uniform(-bound, bound, (fan_in, fan_out)).astype(np.float32)
