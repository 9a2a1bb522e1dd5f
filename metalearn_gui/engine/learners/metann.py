"""The article's meta-neural network: a network that reads a task and adjusts another network's parameters.

    phi = decode(mean over the support set of encode(x, y, f_theta(x), y - f_theta(x)));  theta <- theta + adjust(phi)

applied num_applications times, each time seeing what the base network f still gets wrong; then encoder,
decoder and the start theta move down the gradient of the query loss of f_theta, the mean over the
applications. Predictions are a plain forward pass of f with the adjusted parameters.

Of images it reads x as the features that f finds in them. The set encoder with a mean is that of Garnelo et al.
(2018), arXiv:1807.01613, section 3; parameters as the output of a network are those of Ha, Dai, Le (2016),
arXiv:1609.09106. Where classes' heads are adjusted it reads the set once for every class, with that class's y and
residual, and proposes that class's weights: the same function for all classes, as in Xu et al. (2020),
arXiv:1912.02738, section 3.3. Read once for all of them, pictures' classes are not told apart.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable

import numpy as np

from metalearn_gui.engine.backend import Params, Tensor, tf
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.learners.base import (
    Adapted,
    Context,
    Held,
    Learner,
    MetaGradient,
    State,
    View,
    num_tasks_of,
)
from metalearn_gui.engine.learners.gradient import norm, per_task
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, DRAWING, JUDGE, META_RATE, UPDATE, Line
from metalearn_gui.engine.learners.set_encoder import ENCODER, encoded, fresh_layers, mean_over_points
from metalearn_gui.engine.networks.base import Network, Stats
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.base import TaskFamily

FIRST_PROPOSAL = 0.1  # the last layer starts this much smaller: the first proposals are small ones


@dataclasses.dataclass(frozen=True)
class MetaNetwork(Learner):
    """Params: the base network's under its own names, and the meta-network's under "encoder/".

    View "proposal": "stages" (5,): support points, base loss, size of the proposal, loss with it (query set),
    size of the gradient that trains the meta-network; "change/NAME" (applications,): size of what each
    application changes in a parameter. Sizes are Euclidean norms, over tasks their root mean square.
    """

    key = "metann"
    label = "MetaNN"
    summary = "A second network reads the support set and proposes how to change the base network's parameters."
    algorithm = (
        DRAWING,
        Line("for each task: begin at the start", "θ′ᵢ ← θ", BEGIN, 1),
        Line(
            "read the support set, and what is still wrong", "φᵢ = decode(mean encode(x, y, f(x), y − f(x)))", ADAPT, 2,
            (("applications", "num_applications"),),
        ),
        Line("adjust the base network", "θ′ᵢ ← θ′ᵢ + adjust(φᵢ)", ADAPT, 2),
        Line("judge every application on the query set", "Rᵢ = mean L(θ′ᵢ; queryᵢ)", JUDGE, 1),
        Line("move encoder, decoder and start", "(ω, θ) ← (ω, θ) − η ∇ mean Rᵢ", UPDATE, 0, (META_RATE,)),
    )  # fmt: skip

    adjusts: str = param(
        "head",
        "Adjusts",
        choices=("head", "biases", "gains and shifts", "everything"),
        help="What of the base network the meta-network changes.",
    )
    num_applications: int = param(
        1,
        "Applications",
        minimum=1,
        maximum=10,
        unit="times",
        help="How often it is applied in training, each time seeing what is still wrong.",
    )
    encoder_width: int = param(
        128, "Encoder width", minimum=4, maximum=512, unit="units", log=True, advanced=True,
        help="Units in every layer of the meta-network.",
    )  # fmt: skip

    classifies: bool = False  # whether targets are classes

    def fitted(self, tasks: TaskFamily) -> MetaNetwork:
        return dataclasses.replace(self, classifies=tasks.kind == "classification")

    @property
    def num_steps(self) -> int:
        return self.num_applications

    def held(self, network: Network) -> Held:
        sizes, width = network.parameter_sizes(), self.encoder_width
        own = sum(sizes[name] for name in network.adapting)
        outer = sum(size for name, size in sizes.items() if name.startswith("b")) * 2
        head = sum(sizes[name] for name in network.parts["head"])
        adjusted = {"everything": own, "head": head}.get(self.adjusts, outer)
        shared = sum(sizes.values()) + width * (network.reading_dim + 3 * network.output_dim + 2 * width + adjusted)
        return Held(shared, own + adjusted, self.num_applications, 3 * width)

    @property
    def gradient_evaluations(self) -> float:
        return 2.0 * self.num_applications + 1.0

    def adaptation_structure(self) -> tuple[object, ...]:
        return (self.key, self.adjusts, self.encoder_width)

    def init(self, network: Network, rng: np.random.Generator) -> State:
        params, stats = network.init(rng)
        own = {name: params[name] for name in network.adapting}
        by_class = self.classifies and self.adjusts == "head"
        adjusted = sum(int(np.prod(shape)) for shape in _adjusted(self.adjusts, network, own).values())
        adjusted //= network.output_dim if by_class else 1
        width, features = self.encoder_width, network.reading_dim + 3 * (1 if by_class else network.output_dim)
        dims = (features, width, width, width, adjusted)
        return State(params | fresh_layers(rng, dims, FIRST_PROPOSAL), stats)

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        num_tasks = num_tasks_of(support)
        return {name: per_task(state.params[name], num_tasks) for name in ctx.network.adapting}

    def adapt_step(self, state: State, adapted: Adapted, support: PointSet, ctx: Context) -> Adapted:
        features, _ = ctx.network.features({**state.params, **adapted}, state.carry, support.x, support.mask, ctx)
        read = ctx.network.reading(support.x, lambda: features)
        points, mask = _described(read, support.y, ctx.network.head(adapted, features)), support.mask
        by_class = self.adjusts == "head" and support.y.dtype.is_integer
        if by_class:
            points, mask = _for_every_class(points, mask, ctx.network.output_dim)
        hidden = tf.nn.relu(encoded(state.params, 1, tf.nn.relu(encoded(state.params, 0, points))))
        # With no points nothing is known: a proposal made of biases alone would still move the network.
        summary, is_seen = mean_over_points(hidden, mask)
        proposal = encoded(state.params, 3, tf.nn.relu(encoded(state.params, 2, summary))) * is_seen
        if by_class:
            proposal = _of_all_classes(proposal, ctx.network)
        return adapted | self._changed(proposal, adapted, ctx.network)

    def predict(self, state: State, adapted: Adapted, x: Tensor, ctx: Context) -> tuple[Tensor, Stats]:
        return ctx.network.apply({**state.params, **adapted}, state.carry, x, None, ctx)

    def meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state.params)
            losses, carry = self.losses_on_the_way(state, episodes, ctx)
            objective = tf.add_n(losses) / len(losses)
        gradients = tape.gradient(objective, state.params, unconnected_gradients="zero")
        before = self.loss_before(state, episodes.support, ctx)
        return MetaGradient(gradients, objective, before, losses[-1], carry, {})

    def inspect(self, state: State, episodes: Episodes, ctx: Context) -> list[View]:
        path = [self.begin(state, episodes.support, ctx)]
        for _ in range(self.num_applications):
            path.append(self.adapt_step(state, path[-1], episodes.support, ctx))
        changes = {name: [_size({name: new[name] - old[name]}) for old, new in itertools.pairwise(path)]
                   for name in path[0]}  # fmt: skip
        result = self.meta_gradient(state, episodes, ctx)
        trained = {name: values for name, values in result.gradients.items() if name.startswith(ENCODER)}
        total = _size({name: path[-1][name] - path[0][name] for name in path[0]})
        points = float(episodes.support.x.shape[1])
        arrays = {"stages": np.array([points, result.before, total, result.after, norm(trained)], np.float32)}
        arrays |= {f"change/{name}": np.array(sizes, np.float32) for name, sizes in changes.items()}
        return [View("proposal", arrays)]

    def _changed(self, proposal: Tensor, adapted: Adapted, network: Network) -> Params:
        """The parameters that a flat proposal (tasks, numbers) changes."""
        shared = {name: values[0] for name, values in adapted.items()}
        shapes = _adjusted(self.adjusts, network, shared)
        parts = tf.split(proposal, [int(np.prod(shape)) for shape in shapes.values()], axis=1)
        named = {
            name: tf.reshape(part, [-1, *shape]) for (name, shape), part in zip(shapes.items(), parts, strict=True)
        }
        return _APPLIED[self.adjusts](adapted, named)


def _added(adapted: Adapted, proposal: Params) -> Params:
    return {name: adapted[name] + change for name, change in proposal.items()}


def _gained_and_shifted(adapted: Adapted, proposal: Params) -> Params:
    """Each unit's input, times 1 + gain, plus a shift: the same as other weights and another bias."""
    changed = {}
    for name, change in proposal.items():
        gain, bias = 1.0 + change[:, 0], f"b{name}"
        scaled = f"g{name}" if f"g{name}" in adapted else f"w{name}"  # a norm would undo a gain of the weights
        shape = [-1, *[1] * (adapted[scaled].shape.rank - 2), gain.shape[1]]
        changed[scaled] = adapted[scaled] * tf.reshape(gain, shape)
        changed[bias] = adapted[bias] * gain + change[:, 1]
    return changed


_APPLIED: dict[str, Callable[[Adapted, Params], Params]] = {
    "head": _added, "biases": _added, "everything": _added, "gains and shifts": _gained_and_shifted,
}  # fmt: skip


def _adjusted(adjusts: str, network: Network, params: Params) -> dict[str, tuple[int, ...]]:
    """What a proposal holds, in order: name -> shape; for gains and shifts a layer's number -> (2, units)."""
    names = network.parts["head"] if adjusts == "head" else tuple(sorted(params))
    shapes = {name: tuple(params[name].shape) for name in names}
    if adjusts == "biases":
        return {name: shape for name, shape in shapes.items() if name.startswith("b")}
    if adjusts == "gains and shifts":
        return {name[1:]: (2, *shape) for name, shape in shapes.items() if name.startswith("b")}
    return shapes


def _described(read: Tensor, targets: Tensor, outputs: Tensor) -> Tensor:
    """(tasks, points, features); classes as one-hot targets beside their probabilities."""
    if targets.dtype.is_integer:
        targets, outputs = tf.one_hot(targets, outputs.shape[-1]), tf.nn.softmax(outputs)
    return tf.concat([read, targets, outputs, targets - outputs], axis=-1)


def _for_every_class(points: Tensor, mask: Tensor | None, ways: int) -> tuple[Tensor, Tensor | None]:
    """(tasks, points, read + 3 ways) -> (tasks * ways, points, read + 3): y, probability, residual of one class."""
    shape = tf.shape(points)
    read, known = tf.split(points, [points.shape[-1] - 3 * ways, 3 * ways], axis=-1)
    known = tf.transpose(tf.reshape(known, [shape[0], shape[1], 3, ways]), [0, 3, 1, 2])
    read = tf.repeat(read[:, None], ways, axis=1)
    both = tf.concat([read, known], axis=-1)
    rows = tf.reshape(both, [shape[0] * ways, shape[1], both.shape[-1]])
    return rows, None if mask is None else tf.repeat(mask, ways, axis=0)


def _of_all_classes(proposal: Tensor, network: Network) -> Tensor:
    """Weights and bias of each class (tasks * ways, numbers) in the order of the head's parameters (tasks, numbers)."""
    by_class = tf.reshape(proposal, [-1, network.output_dim, proposal.shape[-1]])
    return tf.reshape(tf.transpose(by_class, [0, 2, 1]), [-1, network.output_dim * proposal.shape[-1]])


def _size(changes: Params) -> Tensor:
    """Norm of all changes (tasks, ...) together, root mean square over tasks."""
    num_tasks = tf.cast(tf.shape(next(iter(changes.values())))[0], tf.float32)
    return norm(changes) / tf.sqrt(num_tasks)
