"""JAX: jit over a lax.scan of a block of meta-iterations, vmap over tasks (but for pictures); plain learners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from metalearn_gui.benchmark import jax_pictures
from metalearn_gui.benchmark.work import Race, Work, num_averaged
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.trainer import BlockSource

Params = dict[str, Any]
Gradient = Callable[[Params, Episodes], tuple[Any, Params]]  # -> objective and what the meta-optimiser is given

ACTIVATIONS = {"relu": jax.nn.relu, "tanh": jnp.tanh}


def enter(work: Work) -> Race:
    """The engine's own start; the first call compiles."""
    settings = work.settings
    source, state, number = BlockSource(settings), start(settings), 0
    scan = jax.jit(lambda state, block: jax.lax.scan(meta_step(settings), state, block))

    def race(num_iterations: int) -> float:
        nonlocal state, number
        objectives = []
        for _ in range(-(-num_iterations // settings.tasks.block_steps)):
            state, values = scan(state, source.draw(number))
            objectives.append(values)
            number += 1
        return float(np.mean(np.concatenate(objectives)[-num_averaged(num_iterations) :]))

    return race


def start(settings: ExperimentSettings) -> Any:
    """Parameters, and the meta-optimiser's two memories and count."""
    params = JOINED.get(settings.learner.key, dict)(initial_state(settings).params)
    zeros = {name: np.zeros_like(values) for name, values in params.items()}
    return params, zeros, zeros, np.float32(0.0)


def meta_step(settings: ExperimentSettings) -> Callable[[Any, Episodes], tuple[Any, Any]]:
    """One meta-iteration, as lax.scan wants it: state and episodes to state and objective."""
    gradient = GRADIENTS[settings.learner.key](settings)
    update = {"adam": _adam, "sgd": _sgd}[settings.outer.meta_optimizer]
    rate = settings.outer.meta_learning_rate

    def step(state: Any, episodes: Episodes) -> tuple[Any, Any]:
        objective, gradients = gradient(state[0], episodes)
        return update(state, gradients, rate), objective

    return step


def _adam(state: Any, gradients: Params, rate: float) -> Any:
    params, m, v, count = state
    count = count + 1
    m = jax.tree.map(lambda old, slope: 0.9 * old + 0.1 * slope, m, gradients)
    v = jax.tree.map(lambda old, slope: 0.999 * old + 0.001 * slope**2, v, gradients)
    first, second = 1 - 0.9**count, 1 - 0.999**count
    params = jax.tree.map(
        lambda values, m, v: values - rate * (m / first) / (jnp.sqrt(v / second) + 1e-8), params, m, v
    )
    return params, m, v, count


def _sgd(state: Any, gradients: Params, rate: float) -> Any:
    params, *memory = state
    return jax.tree.map(lambda values, slope: values - rate * slope, params, gradients), *memory


def _network(settings: ExperimentSettings) -> Callable[[Params, Any], Any]:
    activation = ACTIVATIONS[settings.network.activation]
    last = len(settings.network.dims) - 2

    def outputs(params: Params, x: Any) -> Any:
        for layer in range(last):
            x = activation(x @ params[f"w{layer}"] + params[f"b{layer}"])
        return x @ params[f"w{last}"] + params[f"b{last}"]

    return outputs


def _mean_over_tasks(task_loss: Callable[..., Any]) -> Gradient:
    """The gradient of the mean of task_loss(params, support, query)."""

    def meta_loss(params: Params, episodes: Episodes) -> Any:
        return jnp.mean(jax.vmap(task_loss, in_axes=(None, 0, 0))(params, *episodes.parts))

    return jax.value_and_grad(meta_loss)


def _maml(settings: ExperimentSettings) -> Gradient:
    """The learned rates of Meta-SGD are "rates/NAME"; MAML has one rate for all."""
    outputs, learner = _network(settings), settings.learner

    def loss(own: Params, points: PointSet) -> Any:
        return jnp.mean((outputs(own, points.x) - points.y) ** 2)

    def task_loss(params: Params, support: PointSet, query: PointSet) -> Any:
        own = {name: values for name, values in params.items() if not name.startswith("rates/")}
        for _ in range(learner.inner_steps):
            slopes = jax.grad(loss)(own, support)
            own = {
                name: values - params.get(f"rates/{name}", learner.inner_learning_rate) * slopes[name]
                for name, values in own.items()
            }
        return loss(own, query)

    return _mean_over_tasks(task_loss)


def _cavia(settings: ExperimentSettings) -> Gradient:
    outputs, learner = _network(settings), settings.learner

    def loss(context: Any, params: Params, points: PointSet) -> Any:
        repeated = jnp.broadcast_to(context, (len(points.x), len(context)))
        return jnp.mean((outputs(params, jnp.concatenate([points.x, repeated], axis=1)) - points.y) ** 2)

    def task_loss(params: Params, support: PointSet, query: PointSet) -> Any:
        context = jnp.zeros(learner.num_context)
        for _ in range(learner.inner_steps):
            context = context - learner.inner_learning_rate * jax.grad(loss)(context, params, support)
        return loss(context, params, query)

    return _mean_over_tasks(task_loss)


def _joined(params: Params) -> Params:
    """The rows of weights that read the context, below those that read the input."""
    own = {name: values for name, values in params.items() if not name.startswith("context/")}
    return own | {
        name: np.concatenate([own[name], params[f"context/{name}"]]) for name in own if f"context/{name}" in params
    }


def _reptile(settings: ExperimentSettings) -> Gradient:
    """Minibatches of the support set's size, in turn, from all points of the episode."""
    outputs, learner, shots = _network(settings), settings.learner, settings.episodes.shots

    def loss(own: Params, x: Any, y: Any) -> Any:
        return jnp.mean((outputs(own, x) - y) ** 2)

    def task(params: Params, support: PointSet, query: PointSet) -> tuple[Any, Params]:
        x, y = (jnp.concatenate(both).reshape(-1, shots, 1) for both in zip(support[:2], query[:2], strict=True))
        own = params
        for step in range(learner.inner_steps):
            slopes = jax.grad(loss)(own, x[step % len(x)], y[step % len(x)])
            own = jax.tree.map(lambda values, slope: values - learner.inner_learning_rate * slope, own, slopes)
        return loss(own, query.x, query.y), jax.tree.map(jnp.subtract, params, own)

    def gradient(params: Params, episodes: Episodes) -> tuple[Any, Params]:
        results = jax.vmap(task, in_axes=(None, 0, 0))(params, *episodes.parts)
        return jax.tree.map(lambda values: jnp.mean(values, axis=0), results)

    return gradient


def _metann(settings: ExperimentSettings) -> Gradient:
    """The head is what is adjusted; the mean query loss over the applications."""
    outputs, learner = _network(settings), settings.learner
    head = [(name, settings.network.dims[-2:] if name[0] == "w" else (1,)) for name in settings.network.parts["head"]]

    def dense(params: Params, layer: int, x: Any) -> Any:
        return x @ params[f"encoder/w{layer}"] + params[f"encoder/b{layer}"]

    def adjusted(params: Params, own: Params, support: PointSet) -> Params:
        predicted = outputs(own, support.x)
        points = jnp.concatenate([support.x, support.y, predicted, support.y - predicted], axis=1)
        hidden = jax.nn.relu(dense(params, 1, jax.nn.relu(dense(params, 0, points))))
        proposal = dense(params, 3, jax.nn.relu(dense(params, 2, jnp.mean(hidden, axis=0))))
        parts = jnp.split(proposal, np.cumsum([int(np.prod(shape)) for _, shape in head])[:-1])
        return own | {name: own[name] + part.reshape(shape) for (name, shape), part in zip(head, parts, strict=True)}

    def task_loss(params: Params, support: PointSet, query: PointSet) -> Any:
        own, losses = {name: values for name, values in params.items() if not name.startswith("encoder/")}, []
        for _ in range(learner.num_applications):
            own = adjusted(params, own, support)
            losses.append(jnp.mean((outputs(own, query.x) - query.y) ** 2))
        return jnp.mean(jnp.stack(losses))

    return _mean_over_tasks(task_loss)


GRADIENTS: dict[str, Callable[[ExperimentSettings], Gradient]] = {
    "maml": _maml, "meta_sgd": _maml, "cavia": _cavia, "reptile": _reptile, "metann": _metann,
    "protonet": jax_pictures.protonet, "fomaml": jax_pictures.fomaml,
}  # fmt: skip
JOINED: dict[str, Callable[[Params], Params]] = {"cavia": _joined}  # a start whose parts the peer holds together
