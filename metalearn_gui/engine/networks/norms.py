"""Normalisations of a convolution's output (points, height, width, channels), each followed by gain and shift.

Batch: Ioffe, Szegedy (2015), arXiv:1502.03167; layer: Ba, Kiros, Hinton (2016), arXiv:1607.06450;
group: Wu, He (2018), arXiv:1803.08494.
"""

from __future__ import annotations

from typing import Any, ClassVar

from metalearn_gui.engine.backend import Array, Params, Tensor, tf
from metalearn_gui.engine.networks.base import Stats

EPSILON = 1e-3
MOMENTUM = 0.9  # of the running averages, per meta-iteration
GROUPS = 8  # or fewer: alone, or with one other, the only pixel that a last block may have would be 0, or 1 and -1
FEWEST_CHANNELS = 4  # of a group


class Norm:
    """No normalisation: the shift is the convolution's bias."""

    has_gain: ClassVar[bool] = False
    is_transductive: ClassVar[bool] = False
    stats: ClassVar[dict[str, float]] = {}  # running averages by name, and where they start

    def apply(
        self, x: Tensor, block: int, params: Params, stats: Stats, weights: Tensor | None, training: bool
    ) -> tuple[Tensor, Stats]:
        """The normalised x, and the renewed statistics of this block.

        Args:
            weights: (points,), 0 for padding; None = all real.
        """
        return x + params[f"b{block}"], {}

    def build(self, x: Any, block: int, params: dict[str, Array], stats: dict[str, Array]) -> Any:
        """The same as Keras layers; what the convolution has done already is left out."""
        return x


class BatchNorm(Norm):
    """By the batch's mean and variance in training, by their running averages at test."""

    has_gain = True
    stats = {"mean": 0.0, "variance": 1.0}

    def apply(
        self, x: Tensor, block: int, params: Params, stats: Stats, weights: Tensor | None, training: bool
    ) -> tuple[Tensor, Stats]:
        gain, shift = params[f"g{block}"], params[f"b{block}"]
        names = f"mean{block}", f"variance{block}"
        if not training:
            scale = gain * tf.math.rsqrt(stats[names[1]] + EPSILON)
            return x * scale + (shift - stats[names[0]] * scale), {}
        y, mean, variance = tf.compat.v1.nn.fused_batch_norm(x, gain, shift, epsilon=EPSILON, is_training=True)
        moved = {
            name: MOMENTUM * stats[name] + (1.0 - MOMENTUM) * tf.stop_gradient(value)
            for name, value in zip(names, (mean, variance), strict=True)
        }
        return y, moved

    def build(self, x: Any, block: int, params: dict[str, Array], stats: dict[str, Array]) -> Any:
        layer = tf.keras.layers.BatchNormalization(epsilon=EPSILON)
        y = layer(x)
        layer.set_weights([params[f"g{block}"], params[f"b{block}"], stats[f"mean{block}"], stats[f"variance{block}"]])
        return y


class TransductiveBatchNorm(Norm):
    """By the batch in training and at test: a query's prediction then depends on the other queries."""

    has_gain = True
    is_transductive = True

    def apply(
        self, x: Tensor, block: int, params: Params, stats: Stats, weights: Tensor | None, training: bool
    ) -> tuple[Tensor, Stats]:
        if weights is None:
            weights = tf.ones(tf.shape(x)[:1])
        share = weights / tf.maximum(tf.reduce_sum(weights), 1.0)
        share = share[:, None, None, None] / tf.cast(tf.shape(x)[1] * tf.shape(x)[2], tf.float32)
        mean = tf.reduce_sum(x * share, axis=[0, 1, 2])
        variance = tf.reduce_sum(tf.square(x - mean) * share, axis=[0, 1, 2])
        return (x - mean) * (params[f"g{block}"] * tf.math.rsqrt(variance + EPSILON)) + params[f"b{block}"], {}

    def build(self, x: Any, block: int, params: dict[str, Array], stats: dict[str, Array]) -> Any:
        ops = tf.keras.ops
        mean, variance = ops.mean(x, axis=(0, 1, 2)), ops.var(x, axis=(0, 1, 2))
        return (x - mean) * params[f"g{block}"] / ops.sqrt(variance + EPSILON) + params[f"b{block}"]


class GroupNorm(Norm):
    """By groups of channels within one image: no other image is looked at."""

    has_gain = True

    def __init__(self, num_groups: int) -> None:
        self._num_groups = num_groups

    def apply(
        self, x: Tensor, block: int, params: Params, stats: Stats, weights: Tensor | None, training: bool
    ) -> tuple[Tensor, Stats]:
        return self._normalised(x) * params[f"g{block}"] + params[f"b{block}"], {}

    def build(self, x: Any, block: int, params: dict[str, Array], stats: dict[str, Array]) -> Any:
        layer = tf.keras.layers.GroupNormalization(groups=self._groups_of(x.shape[-1]), epsilon=EPSILON)
        y = layer(x)
        layer.set_weights([params[f"g{block}"], params[f"b{block}"]])
        return y

    def _normalised(self, x: Tensor) -> Tensor:
        shape = tf.shape(x)
        channels = x.shape[-1]
        groups = self._groups_of(channels)
        grouped = tf.reshape(x, [shape[0], shape[1] * shape[2], groups, channels // groups])
        mean = tf.reduce_mean(grouped, axis=[1, 3], keepdims=True)
        variance = tf.reduce_mean(tf.square(grouped - mean), axis=[1, 3], keepdims=True)
        return tf.reshape((grouped - mean) * tf.math.rsqrt(variance + EPSILON), shape)

    def _groups_of(self, channels: int) -> int:
        return max(1, min(self._num_groups, channels // FEWEST_CHANNELS))


NORMS: dict[str, Norm] = {
    "none": Norm(),
    "batch": BatchNorm(),
    "batch, transductive": TransductiveBatchNorm(),
    "layer": GroupNorm(1),
    "group": GroupNorm(GROUPS),
}
