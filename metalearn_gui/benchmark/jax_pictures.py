"""JAX's programs for pictures: Conv4 with im2col, which is several times faster here than its own convolution.

Running averages are left out, and every task's pass is unrolled: a batched matrix product would run on one core.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.networks.norms import EPSILON
from metalearn_gui.engine.settings import ExperimentSettings

Params = dict[str, Any]
Gradient = Callable[[Params, Episodes], tuple[Any, Params]]


def protonet(settings: ExperimentSettings) -> Gradient:
    """One pass over the support and the query set of an episode, as the engine has it."""
    features = _features(settings)

    def task_loss(params: Params, support: PointSet, query: PointSet) -> Any:
        rows = features(params, jnp.concatenate([support.x, query.x]))
        seen, asked = rows[: len(support.x)], rows[len(support.x) :]
        ways = len(support.y) // settings.stages()[0].episodes.shots
        chosen = jax.nn.one_hot(support.y, ways)
        centres = chosen.T @ seen / jnp.sum(chosen, axis=0)[:, None]
        return _cross_entropy(2.0 * asked @ centres.T - jnp.sum(centres**2, axis=1), query.y)

    return _task_by_task(jax.value_and_grad(task_loss))


def fomaml(settings: ExperimentSettings) -> Gradient:
    """The gradient of every task's query loss where its inner steps lead, averaged."""
    features, learner, last = _features(settings), settings.learner, settings.network.num_blocks

    def loss(own: Params, points: PointSet) -> Any:
        return _cross_entropy(features(own, points.x) @ own[f"w{last}"] + own[f"b{last}"], points.y)

    def task_gradient(params: Params, support: PointSet, query: PointSet) -> tuple[Any, Params]:
        own = params
        for _ in range(learner.inner_steps):
            slopes = jax.grad(loss)(own, support)
            own = jax.tree.map(lambda values, slope: values - learner.inner_learning_rate * slope, own, slopes)
        return jax.value_and_grad(loss)(own, query)

    return _task_by_task(task_gradient)


def _task_by_task(task_gradient: Callable[..., tuple[Any, Params]]) -> Gradient:
    """The mean over tasks of an objective and its gradient."""

    def gradient(params: Params, episodes: Episodes) -> tuple[Any, Params]:
        tasks = [jax.tree.map(lambda values, i=i: values[i], episodes.parts) for i in range(len(episodes.query.x))]
        results = [task_gradient(params, *task) for task in tasks]
        return jax.tree.map(lambda *values: jnp.mean(jnp.stack(values), axis=0), *results)

    return gradient


def _cross_entropy(logits: Any, labels: Any) -> Any:
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1))


def _features(settings: ExperimentSettings) -> Callable[[Params, Any], Any]:
    network = settings.network

    def features(params: Params, x: Any) -> Any:
        x = x.reshape(-1, *network.image_shape)
        for block in range(network.num_blocks):
            x = _pooled(_convolved(x, params[f"w{block}"]))
            mean, variance = jnp.mean(x, axis=(0, 1, 2)), jnp.var(x, axis=(0, 1, 2))
            scale = params[f"g{block}"] * jax.lax.rsqrt(variance + EPSILON)
            x = jax.nn.relu((x - mean) * scale + params[f"b{block}"])
        return x.reshape(len(x), -1)

    return features


def _convolved(x: Any, kernel: Any) -> Any:
    """3 x 3, same size: the nine neighbours of every pixel side by side, times a matrix."""
    count, height, width, channels = x.shape
    framed = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    shifted = [framed[:, down : down + height, right : right + width] for down in range(3) for right in range(3)]
    columns = jnp.concatenate(shifted, axis=-1).reshape(-1, 9 * channels)
    return (columns @ kernel.reshape(9 * channels, -1)).reshape(count, height, width, -1)


def _pooled(x: Any) -> Any:
    """The largest of every 2 x 2; a last odd row or column is left out. Of equals the first gets the gradient."""
    count, height, width, channels = x.shape
    x = x[:, : height // 2 * 2, : width // 2 * 2].reshape(count, height // 2, 2, width // 2, 2, channels)
    x = jnp.where(x[:, :, 0] >= x[:, :, 1], x[:, :, 0], x[:, :, 1])
    return jnp.where(x[:, :, :, 0] >= x[:, :, :, 1], x[:, :, :, 0], x[:, :, :, 1])
