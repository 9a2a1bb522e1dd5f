"""The loss of a kind of task: a plain function of outputs and a point set."""

from __future__ import annotations

from collections.abc import Callable

from metalearn_gui.engine.backend import Tensor, tf
from metalearn_gui.engine.episodes import PointSet

Loss = Callable[[Tensor, PointSet], Tensor]  # -> (tasks,)


def mean_squared_error(outputs: Tensor, points: PointSet) -> Tensor:
    """Mean over points and target dimensions, shape (tasks,)."""
    return _masked_mean(tf.reduce_mean(tf.square(outputs - points.y), axis=-1), points.mask)


def cross_entropy(logits: Tensor, points: PointSet) -> Tensor:
    """Mean negative log likelihood of the class ids, in nats, shape (tasks,)."""
    # Written out in plain operations: the fused one has no second derivative in every export format.
    top = tf.stop_gradient(tf.reduce_max(logits, axis=-1, keepdims=True))
    log_sum = tf.math.log(tf.reduce_sum(tf.exp(logits - top), axis=-1)) + top[..., 0]
    chosen = tf.reduce_sum(logits * tf.one_hot(points.y, logits.shape[-1], dtype=logits.dtype), axis=-1)
    return _masked_mean(log_sum - chosen, points.mask)


def accuracy(logits: Tensor, points: PointSet) -> Tensor:
    """Share of points whose largest logit is their class, shape (tasks,)."""
    hit = tf.equal(tf.argmax(logits, axis=-1, output_type=tf.int32), points.y)
    return _masked_mean(tf.cast(hit, tf.float32), points.mask)


def no_accuracy(outputs: Tensor, points: PointSet) -> Tensor:
    """Regression has none: zeros, shape (tasks,)."""
    return tf.zeros_like(outputs[:, 0, 0])


def _masked_mean(values: Tensor, mask: Tensor | None) -> Tensor:
    if mask is None:
        return tf.reduce_mean(values, axis=-1)
    # An empty support set has loss 0 and gradient 0, not NaN.
    return tf.reduce_sum(values * mask, axis=-1) / tf.maximum(tf.reduce_sum(mask, axis=-1), 1.0)


def in_units(kind: str, unit: Tensor) -> Loss:
    """The loss of a kind of task for numbers that are multiplied by `unit`, (output_dim,), first; classes have none."""
    if kind == "classification":
        return LOSSES[kind]
    return lambda outputs, points: LOSSES[kind](outputs * unit, points._replace(y=points.y * unit))


LOSSES: dict[str, Loss] = {"regression": mean_squared_error, "classification": cross_entropy}
ACCURACIES: dict[str, Loss] = {"regression": no_accuracy, "classification": accuracy}
