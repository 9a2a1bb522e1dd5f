"""A network that reads a set of points: dense layers on each of them, and a mean that knows no order.

Garnelo et al. (2018), arXiv:1807.01613, section 3.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from metalearn_gui.engine.backend import Array, Params, Tensor, tf

ENCODER = "encoder/"


def fresh_layers(rng: np.random.Generator, dims: Sequence[int], last_size: float | None = None) -> dict[str, Array]:
    """Weights "encoder/w0", ... and biases "encoder/b0", ..., float32, He uniform and 0.

    Args:
        last_size: bound of the last layer's weights before it is divided by the root of the fan-in; None = He.
    """
    layers: dict[str, Array] = {}
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(dims)):
        is_last = layer == len(dims) - 2
        bound = last_size / np.sqrt(fan_in) if is_last and last_size is not None else np.sqrt(6.0 / fan_in)
        layers[f"{ENCODER}w{layer}"] = rng.uniform(-bound, bound, (fan_in, fan_out)).astype(np.float32)
        layers[f"{ENCODER}b{layer}"] = np.zeros(fan_out, np.float32)
    return layers


def encoded(params: Params, layer: int, x: Tensor) -> Tensor:
    """One of the layers, linear, for x (..., units)."""
    weights = params[f"{ENCODER}w{layer}"]
    rows = tf.matmul(tf.reshape(x, [-1, weights.shape[0]]), weights) + params[f"{ENCODER}b{layer}"]
    return tf.reshape(rows, [*_sizes(x)[:-1], weights.shape[1]])


def mean_over_points(values: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor | float]:
    """The mean over real points (tasks, units), and whether there are any (tasks, 1)."""
    if mask is None:
        return tf.reduce_mean(values, axis=1), 1.0
    count = tf.reduce_sum(mask, axis=1)[:, None]
    return tf.reduce_sum(values * mask[..., None], axis=1) / tf.maximum(count, 1.0), tf.minimum(count, 1.0)


def _sizes(x: Tensor) -> list[Tensor | int]:
    dynamic = tf.shape(x)
    return [dynamic[axis] if size is None else size for axis, size in enumerate(x.shape)]
