"""FedAvg: every task is a client that trains on its own points; the server averages what comes back.

For each client of a round: theta_k = theta - inner_learning_rate * grad L_k(theta), local_steps times, where L_k
is the loss of its two minibatches in turn, the support set and the query set; then the server moves,
theta <- theta + meta_learning_rate * sum_k (n_k / n) (theta_k - theta).

McMahan, Moore, Ramage, Hampson, Aguera y Arcas (2017), arXiv:1602.05629, algorithm 1.
"""

from __future__ import annotations

import dataclasses
from abc import abstractmethod

import numpy as np

from metalearn_gui.engine.backend import Array, Params, Tensor, tf
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.learners.base import Adapted, Context, MetaGradient, State, TrainingTasks, View, fold
from metalearn_gui.engine.learners.gradient import GradientLearner
from metalearn_gui.engine.learners.inner_optimizers import parameters_of
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, DRAW, INNER_RATE, META_RATE, UPDATE, Line
from metalearn_gui.engine.networks.base import Network
from metalearn_gui.engine.params import param

BYTES_PER_NUMBER = 4  # float32 on the wire
ANSWERS = "clients/answers"  # in the carry: answers that arrived since the start


@dataclasses.dataclass(frozen=True)
class FederatedLearner(GradientLearner):
    """A server and its clients; a round is a meta-iteration and a meta-batch is who is asked.

    View "clients", one entry per client: points, drawn (in the newest round), weight in it (0 = not drawn, or
    its answer was lost), and the loss on its query set before and after personalising; and since the start:
    rounds, bytes_down, bytes_up.
    """

    shows_training_tasks = True
    concerns = ("num_training_tasks", "fixed_points", "non_iid", "meta_batch")

    local_steps: int = param(
        5, "Local steps", minimum=1, maximum=20, unit="steps", help="Steps of a client before it answers."
    )
    lost_clients: float = param(
        0.0,
        "Lost clients",
        minimum=0.0,
        maximum=0.95,
        live=True,
        help="Share of a round's clients whose answer never arrives.",
    )

    @property
    def metric_names(self) -> tuple[str, ...]:
        return ("clients_heard", "bytes_down", "bytes_up")

    def adaptation_live_names(self) -> tuple[str, ...]:
        return ("inner_learning_rate",)

    @abstractmethod
    def trained_locally(self, state: State, episodes: Episodes, ctx: Context) -> Adapted:
        """The parameters that each client sends back, leading axis = clients."""

    def init(self, network: Network, rng: np.random.Generator) -> State:
        state = super().init(network, rng)
        return State(state.params, state.carry | {ANSWERS: np.zeros((), np.float32)})

    def meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        answers = self.trained_locally(state, episodes, ctx)
        weights = self.client_weights(_num_points(episodes), ctx)
        heard = tf.reduce_sum(tf.cast(weights > 0, tf.float32))
        gradients = {
            name: tf.tensordot(weights, state.params[name][None] - values, axes=1)
            for name, values in parameters_of(answers).items()
        } | self.shared_gradients(state, answers, episodes, ctx)
        before = self.loss_before(state, episodes.support, ctx)
        after, carry = self.loss_after(state, episodes, ctx)
        size = float(_num_bytes(state.params))
        metrics = {"clients_heard": heard, "bytes_down": size * weights.shape[0], "bytes_up": size * heard}
        carry = {**carry, ANSWERS: state.carry[ANSWERS] + heard}
        return MetaGradient(gradients, after, before, after, carry, metrics)

    def client_weights(self, counts: Tensor, ctx: Context) -> Tensor:
        """n_k / n over the clients of a round that were heard; all 0 where every answer was lost."""
        arrives = _scattered(tf.shape(counts)[0], ctx.iteration) >= ctx.live["lost_clients"]
        counts = counts * tf.cast(arrives, tf.float32)
        return counts / tf.maximum(tf.reduce_sum(counts), 1.0)

    def inspect_training(self, state: State, training: TrainingTasks, ctx: Context) -> list[View]:
        episodes, drawn = training
        points = _num_points(episodes)
        weights = self.client_weights(tf.gather(points, drawn), ctx._replace(iteration=ctx.iteration - 1.0))
        personal = fold(self, state, episodes.support, ctx, self.num_steps)
        own_weights = np.zeros(points.shape[0], np.float32)
        own_weights[drawn] = weights
        rounds, size = float(ctx.iteration), float(_num_bytes(state.params))
        arrays: dict[str, Array] = {
            "points": np.asarray(points),
            "drawn": np.isin(np.arange(points.shape[0]), drawn),
            "weight": own_weights,
            "before": np.asarray(self.loss(state, self.begin(state, episodes.support, ctx), episodes.query, ctx)),
            "after": np.asarray(self.loss(state, personal, episodes.query, ctx)),
            "rounds": np.array(rounds),
            "bytes_down": np.array(rounds * len(drawn) * size),
            "bytes_up": np.asarray(state.carry[ANSWERS]) * size,
        }
        return [View("clients", arrays)]


@dataclasses.dataclass(frozen=True)
class FedAvg(FederatedLearner):
    """The average of networks that never saw each other's points."""

    key = "fedavg"
    label = "FedAvg"
    start_name = "the server's network"
    summary = "Every task is a client that trains on its own points; the server averages what comes back."
    order = "1st order"
    algorithm = (
        Line("draw the clients of a round", "S of all clients", DRAW, 0, (("clients", "meta_batch"),)),
        Line("for each client: take the server's model", "θₖ ← θ", BEGIN, 1),
        Line(
            "train on the client's own points", "θₖ ← θₖ − α ∇Lₖ(θₖ)", ADAPT, 2,
            (INNER_RATE, ("local steps", "local_steps")),
        ),
        Line("average what comes back", "θ ← θ + η Σ nₖ/n (θₖ − θ)", UPDATE, 0, (META_RATE,)),
    )  # fmt: skip

    @property
    def gradient_evaluations(self) -> float:
        return float(self.local_steps)

    def trained_locally(self, state: State, episodes: Episodes, ctx: Context) -> Adapted:
        own = self.begin(state, episodes.support, ctx)
        for step in range(self.local_steps):
            own = self.adapt_step(state, own, episodes.parts[step % 2], ctx)
        return own


def _scattered(num_clients: Tensor, iteration: Tensor | int) -> Tensor:
    """A number in [0, 1) per client, new in every round: Wellons' lowbias32 hash.

    TensorFlow's own stateless numbers differ between a compiled program and an uncompiled one.
    """
    rounds = tf.cast(tf.cast(iteration, tf.int32), tf.uint32)
    bits = tf.cast(tf.range(num_clients), tf.uint32) * tf.constant(0x9E3779B9, tf.uint32)
    bits += (rounds + 1) * tf.constant(0x85EBCA6B, tf.uint32)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B), (16, 1)):
        shifted = tf.bitwise.right_shift(bits, tf.constant(shift, tf.uint32))
        bits = tf.bitwise.bitwise_xor(bits, shifted) * tf.constant(factor, tf.uint32)
    kept = tf.bitwise.right_shift(bits, tf.constant(8, tf.uint32))
    return tf.cast(kept, tf.float32) / 2.0**24


def _num_points(episodes: Episodes) -> Tensor:
    """The points of every client, its support and its query set together."""
    return tf.add_n([_counted(points) for points in episodes.parts])


def _counted(points: PointSet) -> Tensor:
    if points.mask is None:
        return tf.fill(tf.shape(points.x)[:1], float(points.x.shape[1]))
    return tf.reduce_sum(points.mask, axis=1)


def _num_bytes(params: Params) -> int:
    return BYTES_PER_NUMBER * sum(int(np.prod(values.shape)) for values in params.values())
