"""Conditional neural process: one network reads the support set, another says what is where, and how sure it is.

    r = mean over the support set of encode(x, y);   mean, deviation = decode(x, r)

Everything is learned by the likelihood of targets given support sets of random size; adapting is one forward pass.

Garnelo et al. (2018), arXiv:1807.01613, equations 1 to 4. The base network is the decoder, made wider by r. Of
images the encoder reads the features that the decoder finds in them at r = 0.

Classes have a mean each, as in section 4.3 there, and that mean holds the weights with which the decoder's last layer
tells the class: the same function for all classes, as in Requeima et al. (2019), arXiv:1906.07697, section 2.2, so
that neither their order nor their number matters.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from metalearn_gui.engine.backend import Tensor, tf
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.learners.base import (
    Adapted,
    Context,
    Held,
    Learner,
    MetaGradient,
    State,
    mean_by_class,
    under,
)
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, DRAWING, JUDGE, META_RATE, UPDATE, Line
from metalearn_gui.engine.learners.set_encoder import encoded, fresh_layers, mean_over_points
from metalearn_gui.engine.networks.base import Network, Stats
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.base import TaskFamily

DECODER = "decoder/"
LEAST_DEVIATION = 0.1  # of the targets, where they are numbers
FIRST_WEIGHTS = 0.1  # the encoder's last layer starts this much smaller where it gives weights
STRIDE = 7919  # a prime: the first task's size is another one every time, each as often as the others


@dataclasses.dataclass(frozen=True)
class ConditionalNeuralProcess(Learner):
    """Params: "encoder/w0", ... and the wider network's under "decoder/". Step 0 has seen nothing: r = 0.

    Adapted: "summary", (tasks, encoder_width); for classes "weights", (tasks, ways, feature_dim + 1).
    """

    key = "cnp"
    label = "CNP"
    start_name = "nothing seen"
    summary = "Reads the support set in one pass and answers with a value and how sure it is."
    algorithm = (
        DRAWING,
        Line("for each task: nothing is read", "r ← 0", BEGIN, 1),
        Line("read the support set in one pass", "r = mean encode(x, y)", ADAPT, 1),
        Line("say what is where, and how sure", "μ, σ = decode(x, r)", JUDGE, 1),
        Line("move both networks", "θ ← θ − η ∇θ mean −log N(y; μ, σ)", UPDATE, 0, (META_RATE,)),
    )
    algorithm_of_classes = (
        *algorithm[:2],
        Line("read each class of the support set in one pass", "r꜀ = mean encode(x, y) over class c", ADAPT, 1),
        Line("say of each query which class it is", "p = softmax decode(x, r)", JUDGE, 1),
        Line("move both networks", "θ ← θ − η ∇θ mean −log p(y)", UPDATE, 0, (META_RATE,)),
    )
    adapts_once = True
    has_deviation = True
    any_ways = True

    encoder_width: int = param(
        128, "Encoder width", minimum=4, maximum=512, unit="units", log=True, advanced=True,
        help="Units in every layer of the encoder, and numbers in a task's summary.",
    )  # fmt: skip
    shots_min: int = param(
        0, "Fewest shots", minimum=0, maximum=1000, unit="points", advanced=True, once="least_support",
        help="Training uses support sets from so many points (per class in classification) up to all of them.",
    )  # fmt: skip

    classifies: bool = False  # whether targets are classes

    def fitted(self, tasks: TaskFamily) -> ConditionalNeuralProcess:
        return dataclasses.replace(self, classifies=tasks.kind == "classification")

    def held(self, network: Network) -> Held:
        width = self.encoder_width
        shared = network.num_parameters() + width * (network.reading_dim + 3 * width)
        per_task = network.output_dim * (network.feature_dim + 1) if self.classifies else width
        return Held(shared, per_task, per_point=3 * width)

    @property
    def gradient_evaluations(self) -> float:
        return 2.0

    def adaptation_structure(self) -> tuple[object, ...]:
        return (self.key, self.encoder_width)

    def init(self, network: Network, rng: np.random.Generator) -> State:
        width = self.encoder_width
        if self.classifies:
            (decoder, stats), head = network.init(rng), network.parts["head"]
            decoder = {name: values for name, values in decoder.items() if name not in head}
            dims = (network.reading_dim, width, width, network.feature_dim + 1)
            encoder = fresh_layers(rng, dims, FIRST_WEIGHTS)
        else:
            decoder, stats = self._decoder(network).init(rng)
            encoder = fresh_layers(rng, (network.reading_dim + network.output_dim, width, width, width))
        return State(encoder | {f"{DECODER}{name}": values for name, values in decoder.items()}, stats)

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        num_tasks, network = support.x.shape[0], ctx.network
        if support.y.dtype.is_integer:
            return {"weights": tf.zeros([num_tasks, network.output_dim, network.feature_dim + 1])}
        return {"summary": tf.zeros([num_tasks, self.encoder_width])}

    def adapt_step(self, state: State, adapted: Adapted, support: PointSet, ctx: Context) -> Adapted:
        read = ctx.network.reading(support.x, lambda: self._features(state, support, ctx))
        if support.y.dtype.is_integer:
            return {"weights": mean_by_class(self._encoded(state, read), support, ctx.network.output_dim)[0]}
        points = self._encoded(state, tf.concat([read, support.y], axis=-1))
        return {"summary": mean_over_points(points, support.mask)[0]}

    def predict(self, state: State, adapted: Adapted, x: Tensor, ctx: Context) -> tuple[Tensor, Stats]:
        if "weights" in adapted:
            weights = adapted["weights"]
            features, stats = self._class_features(state, x, None, ctx)
            return tf.matmul(features, weights[..., :-1], transpose_b=True) + weights[:, None, :, -1], stats
        outputs, stats = self._decoded(state, adapted, x, ctx)
        return outputs[..., : ctx.network.output_dim], stats

    def deviation(self, state: State, adapted: Adapted, x: Tensor, ctx: Context) -> Tensor:
        outputs, _ = self._decoded(state, adapted, x, ctx)
        return LEAST_DEVIATION + (1.0 - LEAST_DEVIATION) * tf.nn.softplus(outputs[..., ctx.network.output_dim :])

    def meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        support = self._some_of(episodes.support, ctx)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state.params)
            adapted = self.adapt_step(state, self.begin(state, support, ctx), support, ctx)
            objective = self._unlikelihood(state, adapted, episodes.query, ctx)
        gradients = tape.gradient(objective, state.params, unconnected_gradients="zero")
        before = self.loss_before(state, episodes.support, ctx)
        after, carry = self.judged(state, adapted, episodes.query, ctx)
        return MetaGradient(gradients, objective, before, after, carry, {})

    def _unlikelihood(self, state: State, adapted: Adapted, points: PointSet, ctx: Context) -> Tensor:
        """Mean negative log likelihood of the targets, in nats per number (classification: per point)."""
        if points.y.dtype.is_integer:
            return tf.reduce_mean(self.loss(state, adapted, points, ctx))
        mean, _ = self.predict(state, adapted, points.x, ctx)
        deviation = self.deviation(state, adapted, points.x, ctx)
        squares = tf.square((points.y - mean) / deviation)
        return tf.reduce_mean(0.5 * squares + tf.math.log(deviation)) + 0.5 * math.log(2 * math.pi)

    def _some_of(self, support: PointSet, ctx: Context) -> PointSet:
        """The first so many points of each support set: the sizes follow each other from task to task."""
        num_tasks, num_points = support.x.shape[:2]
        per_shot = ctx.network.output_dim if support.y.dtype.is_integer else 1
        least = min(self.shots_min * per_shot, num_points)
        turn = tf.cast(ctx.iteration, tf.int32) % 65536
        sizes = least + (turn * STRIDE + tf.range(num_tasks)) % (num_points - least + 1)
        return support._replace(mask=tf.cast(tf.range(num_points) < sizes[:, None], tf.float32))

    def _encoded(self, state: State, points: Tensor) -> Tensor:
        hidden = tf.nn.relu(encoded(state.params, 1, tf.nn.relu(encoded(state.params, 0, points))))
        return encoded(state.params, 2, hidden)

    def _decoded(self, state: State, adapted: Adapted, x: Tensor, ctx: Context) -> tuple[Tensor, Stats]:
        """Means and raw deviations, side by side."""
        inputs = self._inputs(adapted, x)
        return self._decoder(ctx.network).apply(under(state.params, DECODER), state.carry, inputs, None, ctx)

    def _features(self, state: State, support: PointSet, ctx: Context) -> Tensor:
        if support.y.dtype.is_integer:
            return self._class_features(state, support.x, support.mask, ctx)[0]
        inputs, decoder = self._inputs(self.begin(state, support, ctx), support.x), self._decoder(ctx.network)
        return decoder.features(under(state.params, DECODER), state.carry, inputs, support.mask, ctx)[0]

    def _class_features(self, state: State, x: Tensor, mask: Tensor | None, ctx: Context) -> tuple[Tensor, Stats]:
        """What the classes' weights read; the decoder is no wider for classes."""
        return ctx.network.features(under(state.params, DECODER), state.carry, x, mask, ctx)

    def _inputs(self, adapted: Adapted, x: Tensor) -> Tensor:
        """Every point with its task's summary behind it."""
        shape = tf.concat([tf.shape(x)[:2], [self.encoder_width]], axis=0)
        return tf.concat([x, tf.broadcast_to(adapted["summary"][:, None], shape)], axis=-1)

    def _decoder(self, network: Network) -> Network:
        return network.fitted(network.input_dim, 2 * network.output_dim).widened(self.encoder_width)
