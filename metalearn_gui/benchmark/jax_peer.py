"""JAX: jit over a lax.scan of 100 meta-iterations, vmap over tasks, episodes drawn inside."""

from __future__ import annotations

import itertools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from metalearn_gui.benchmark.work import (
    AMPLITUDES,
    HIDDEN_DIM,
    INNER_RATE,
    INPUTS,
    LATEST_PHASE,
    META_BATCH,
    META_RATE,
    QUERIES,
    SHOTS,
    Race,
    Work,
    num_averaged,
)

Layers = list[tuple[Any, Any]]
SCANNED = 100  # meta-iterations in one call


def enter(work: Work) -> Race:
    """Fresh parameters; the first call compiles."""
    state = _start(jax.random.key(0))
    key = jax.random.key(1)
    scan = jax.jit(lambda state, key: jax.lax.scan(_step(work.inner_steps), state, jax.random.split(key, SCANNED)))

    def race(num_iterations: int) -> float:
        nonlocal state, key
        objectives = []
        for _ in range(-(-num_iterations // SCANNED)):
            key, own = jax.random.split(key)
            state, values = scan(state, own)
            objectives.append(np.asarray(values))
        return float(np.mean(np.concatenate(objectives)[-num_averaged(num_iterations) :]))

    return race


def _start(key: Any) -> tuple[Layers, Layers, Layers, Any]:
    """The uniform start, and Adam's two memories and count."""
    dims = (1, HIDDEN_DIM, HIDDEN_DIM, 1)
    layers = []
    for n, m in itertools.pairwise(dims):
        key, for_w, for_b = jax.random.split(key, 3)
        bound = n**-0.5
        draws = [
            jax.random.uniform(own, shape, minval=-bound, maxval=bound) for own, shape in ((for_w, (n, m)), (for_b, m))
        ]
        layers.append((draws[0], draws[1]))
    zeros = jax.tree.map(jnp.zeros_like, layers)
    return layers, zeros, zeros, jnp.zeros(())


def _outputs(layers: Layers, x: Any) -> Any:
    for w, b in layers[:-1]:
        x = jax.nn.relu(x @ w + b)
    w, b = layers[-1]
    return x @ w + b


def _loss(layers: Layers, x: Any, y: Any) -> Any:
    return jnp.mean((_outputs(layers, x) - y) ** 2)


def _step(inner_steps: int) -> Any:
    def task_loss(layers: Layers, x: Any, y: Any) -> Any:
        for _ in range(inner_steps):
            gradients = jax.grad(_loss)(layers, x[:SHOTS], y[:SHOTS])
            layers = jax.tree.map(lambda values, slope: values - INNER_RATE * slope, layers, gradients)
        return _loss(layers, x[SHOTS:], y[SHOTS:])

    def meta_loss(layers: Layers, x: Any, y: Any) -> Any:
        return jnp.mean(jax.vmap(task_loss, in_axes=(None, 0, 0))(layers, x, y))

    def step(state: Any, key: Any) -> Any:
        layers, m, v, count = state
        value, gradients = jax.value_and_grad(meta_loss)(layers, *_episodes(key))
        count = count + 1
        m = jax.tree.map(lambda old, slope: 0.9 * old + 0.1 * slope, m, gradients)
        v = jax.tree.map(lambda old, slope: 0.999 * old + 0.001 * slope**2, v, gradients)
        first, second = 1 - 0.9**count, 1 - 0.999**count
        layers = jax.tree.map(
            lambda values, m, v: values - META_RATE * (m / first) / (jnp.sqrt(v / second) + 1e-8), layers, m, v
        )
        return (layers, m, v, count), value

    return step


def _episodes(key: Any) -> tuple[Any, Any]:
    """(tasks, shots + queries, 1) of sinusoids."""
    keys = jax.random.split(key, 3)
    amplitude = jax.random.uniform(keys[0], (META_BATCH, 1, 1), minval=AMPLITUDES[0], maxval=AMPLITUDES[1])
    phase = jax.random.uniform(keys[1], (META_BATCH, 1, 1), maxval=LATEST_PHASE)
    x = jax.random.uniform(keys[2], (META_BATCH, SHOTS + QUERIES, 1), minval=INPUTS[0], maxval=INPUTS[1])
    return x, amplitude * jnp.sin(x - phase)
