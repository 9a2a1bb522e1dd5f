"""A multi-layer perceptron with dense layers and one activation."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from metalearn_gui.engine.backend import Array, Params, Tensor, tf
from metalearn_gui.engine.networks import ops
from metalearn_gui.engine.networks.base import Network, Phase, Stats
from metalearn_gui.engine.params import Component, SettingError, param

MAX_LAYERS, MAX_WIDTH = 6, 1024

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": ops.relu,
    "tanh": lambda z: tf.tanh(z),
    "elu": lambda z: tf.where(z > 0, z, tf.exp(tf.minimum(z, 0.0)) - 1.0),
    "sine": lambda z: tf.sin(z),
}

# Bound of the uniform, or standard deviation of the normal distribution, from fan-in and fan-out.
INITIALIZATIONS: dict[str, Callable[[np.random.Generator, int, int], Array]] = {
    "he": lambda rng, n, m: rng.normal(0.0, np.sqrt(2.0 / n), (n, m)),
    "glorot": lambda rng, n, m: rng.uniform(-1.0, 1.0, (n, m)) * np.sqrt(6.0 / (n + m)),
    "uniform": lambda rng, n, m: rng.uniform(-1.0, 1.0, (n, m)) / np.sqrt(n),
}


@dataclasses.dataclass(frozen=True)
class DenseSettings(Component):
    """The settings of hidden dense layers, whatever stands before them."""

    hidden_dim: int = param(
        40,
        "Hidden dimension",
        minimum=1,
        maximum=MAX_WIDTH,
        unit="units",
        log=True,
        help="Units in every hidden layer.",
    )
    num_hidden_layers: int = param(
        2, "Hidden layers", minimum=0, maximum=MAX_LAYERS, unit="layers", help="Hidden layers; 0 is a linear model."
    )
    hidden_dims: str = param(
        "",
        "Units by layer",
        advanced=True,
        help="For example 256,128,64,64; empty = the hidden dimension in every layer.",
    )
    activation: str = param("relu", "Activation", choices=tuple(ACTIVATIONS), help="Between the layers.")
    initialization: str = param(
        "uniform",
        "Start",
        choices=tuple(INITIALIZATIONS),
        advanced=True,
        help="He normal with zero biases, Glorot uniform with zero biases, or uniform within 1/sqrt(fan-in).",
    )

    def check(self) -> None:
        widths = _parse_widths(self.hidden_dims)
        if widths and len(widths) != self.num_hidden_layers:
            object.__setattr__(self, "num_hidden_layers", len(widths))

    def replaced(self, **values: Any) -> Self:
        sets_every_layer = not values.keys().isdisjoint(("hidden_dim", "num_hidden_layers"))
        return super().replaced(**({"hidden_dims": ""} if sets_every_layer else {}) | values)

    @property
    def widths(self) -> tuple[int, ...]:
        """Units of every hidden layer."""
        return _parse_widths(self.hidden_dims) or (self.hidden_dim,) * self.num_hidden_layers


@dataclasses.dataclass(frozen=True)
class Mlp(DenseSettings, Network):
    """Parameters w0 (input_dim, h0), b0 (h0,), w1, b1, ...; the last layer is the head and is linear."""

    key = "mlp"
    label = "MLP"
    summary = "Dense layers, one after the other."

    input_dim: int = param(1, "Input dimension", minimum=1, maximum=100_000, unit="numbers", help="Numbers per input.")
    output_dim: int = param(1, "Output dimension", minimum=1, maximum=1000, unit="numbers", help="Numbers per output.")

    def fitted(self, input_dim: int, output_dim: int) -> Mlp:
        return dataclasses.replace(self, input_dim=input_dim, output_dim=output_dim)

    def widened(self, extra: int) -> Mlp:
        return self.fitted(self.input_dim + extra, self.output_dim)

    def structure(self) -> tuple[Any, ...]:
        return (type(self).__name__, self.dims, self.activation)  # where it starts changes no program

    @property
    def dims(self) -> tuple[int, ...]:
        """Units from the input to the output."""
        return (self.input_dim, *self.widths, self.output_dim)

    @property
    def parts(self) -> dict[str, tuple[str, ...]]:
        last = len(self.dims) - 2
        body = tuple(name for layer in range(last) for name in (f"w{layer}", f"b{layer}"))
        return {"body": body, "head": (f"w{last}", f"b{last}")}

    def init(self, rng: np.random.Generator) -> tuple[dict[str, Array], dict[str, Array]]:
        params: dict[str, Array] = {}
        for layer, (fan_in, fan_out) in enumerate(zip(self.dims, self.dims[1:], strict=False)):
            params[f"w{layer}"] = INITIALIZATIONS[self.initialization](rng, fan_in, fan_out).astype(np.float32)
            bound = 1.0 / np.sqrt(fan_in) if self.initialization == "uniform" else 0.0
            params[f"b{layer}"] = rng.uniform(-bound, bound, fan_out).astype(np.float32)
        return params, {}

    def parameter_sizes(self) -> dict[str, int]:
        layers = enumerate(itertools.pairwise(self.dims))
        return {f"{kind}{i}": units * (fan_in if kind == "w" else 1) for i, (fan_in, units) in layers for kind in "wb"}

    @property
    def num_activations(self) -> int:
        return sum(self.dims)

    @property
    def feature_dim(self) -> int:
        return self.dims[-2]

    @property
    def largest_activation(self) -> int:
        return max(self.dims)

    def features(
        self, params: Params, stats: Stats, x: Tensor, mask: Tensor | None, ctx: Phase
    ) -> tuple[Tensor, Stats]:
        for layer in range(len(self.dims) - 2):
            x = ACTIVATIONS[self.activation](dense(x, params[f"w{layer}"], params[f"b{layer}"]))
        return x, stats

    def head(self, params: Params, features: Tensor) -> Tensor:
        last = len(self.dims) - 2
        return dense(features, params[f"w{last}"], params[f"b{last}"])

    def build(self, params: dict[str, Array], stats: dict[str, Array]) -> Any:
        keras = tf.keras
        inputs = x = keras.Input((self.input_dim,), name="inputs")
        last = len(self.dims) - 2
        widths = self.dims[1:] if self.has_head(params) else self.widths
        for layer, width in enumerate(widths):
            x = keras.layers.Dense(width, name="outputs" if layer == last else f"hidden_{layer + 1}")(x)
            if layer < last:
                x = KERAS_ACTIVATIONS[self.activation](x)
        model = keras.Model(inputs, x, name="base_network")
        model.set_weights([params[f"{kind}{layer}"] for layer in range(len(widths)) for kind in "wb"])
        return model


KERAS_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda z: tf.keras.layers.Activation("relu")(z),
    "tanh": lambda z: tf.keras.layers.Activation("tanh")(z),
    "elu": lambda z: tf.keras.layers.Activation("elu")(z),
    # An operation of its own: keras cannot load a file whose layer names a bare function.
    "sine": lambda z: tf.keras.ops.sin(z),
}


def dense(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """x W + b with W shared by all tasks or one for each."""
    per_task = len(w.shape) == 3
    return _dense_per_task(x, w, b) if per_task else _dense_shared(x, w, b)


def _dense_per_task(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return ops.add_bias(ops.bmm(x, w), b)


def _dense_shared(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    shape = tf.shape(x)
    rows = tf.matmul(tf.reshape(x, [-1, w.shape[0]]), w) + b
    return tf.reshape(rows, tf.concat([shape[:-1], [w.shape[1]]], axis=0))


def _parse_widths(text: str) -> tuple[int, ...]:
    if not text.strip():
        return ()
    parts = [part.strip() for part in text.split(",")]
    numbers = tuple(int(part) if part.isascii() and part.isdigit() else 0 for part in parts)
    if len(numbers) > MAX_LAYERS or not all(1 <= number <= MAX_WIDTH for number in numbers):
        raise SettingError(
            f"Units by layer (hidden_dims) is {text[:60]!r}; it must be 1 to {MAX_LAYERS} whole numbers "
            f"in [1, {MAX_WIDTH}] with commas between, for example 256,128,64,64"
        )
    return numbers
