"""Nearest neighbour: a query is of the class of the support point next to it. Nothing is learned.

What features have to beat, on pixels as on points of the plane: Cover, Hart (1967), "Nearest neighbor pattern
classification", IEEE Transactions on Information Theory 13.
"""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.backend import Tensor, tf
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.learners.base import Adapted, Context, State, memberships, with_unseen_classes
from metalearn_gui.engine.learners.fixed import FixedLearner
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, JUDGE, Line
from metalearn_gui.engine.networks.ops import product

FAR = 1e4  # of a point of another class
SHARPNESS = 10.0


@dataclasses.dataclass(frozen=True)
class NearestNeighbour(FixedLearner):
    """Euclidean distance between inputs.

    Logits are minus SHARPNESS times the squared distance to each class over the mean one to all support points: no
    unit of the inputs makes it surer of itself.
    """

    key = "nearest"
    label = "Nearest neighbour"
    summary = "No learning at all: a query is of the class of the example it looks most like."
    algorithm = (
        Line("nothing is learned", "no θ", BEGIN),
        Line("keep the support set", "(xᵢ, yᵢ)", ADAPT),
        Line("a query is of the class next to it", "y = y of argminᵢ ‖x − xᵢ‖", JUDGE),
    )
    kinds = ("classification",)
    any_ways = True

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        num_tasks, num_points = support.x.shape[0], tf.shape(support.x)[1]
        return {"x": tf.zeros_like(support.x), "chosen": tf.zeros([num_tasks, num_points, ctx.network.output_dim])}

    def adapt_step(self, state: State, adapted: Adapted, support: PointSet, ctx: Context) -> Adapted:
        return {"x": support.x, "chosen": memberships(support, ctx.network.output_dim)}

    def outputs(self, adapted: Adapted, x: Tensor) -> Tensor:
        products = product(x, adapted["x"], transpose_y=True)
        squares = tf.reduce_sum(tf.square(adapted["x"]), axis=-1)[:, None] - 2.0 * products
        squares += tf.reduce_sum(tf.square(x), axis=-1, keepdims=True)
        is_real = tf.reduce_sum(adapted["chosen"], axis=-1)[:, None]
        mean = tf.math.divide_no_nan(
            tf.reduce_sum(squares * is_real, axis=-1, keepdims=True), tf.reduce_sum(is_real, axis=-1, keepdims=True)
        )
        nearness = SHARPNESS * squares / tf.maximum(mean, 1e-12)
        by_class = tf.where(adapted["chosen"][:, None] > 0, nearness[..., None], FAR)
        return with_unseen_classes(-tf.reduce_min(by_class, axis=2), tf.reduce_sum(adapted["chosen"], axis=1))
