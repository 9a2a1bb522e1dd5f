"""Prototypical networks: a class is the mean of its support points' features, and the nearest mean wins.

    c_k = mean of f(x) over the support points of class k;   p(y = k | x) = softmax over k of -|f(x) - c_k|^2

Snell, Swersky, Zemel (2017), arXiv:1703.05175, equations 1 and 2. With "cosine attention" it is the matching network of
Vinyals et al. (2016), arXiv:1606.04080, equation 1: p(y = k | x) = sum over class k of softmax of cosine similarities.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from metalearn_gui.engine.backend import Tensor, tf
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.learners.base import (
    Adapted,
    Context,
    State,
    View,
    mean_by_class,
    memberships,
    with_unseen_classes,
)
from metalearn_gui.engine.learners.features import FeatureLearner
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, DRAWING, JUDGE, META_RATE, UPDATE, Line
from metalearn_gui.engine.networks.ops import product
from metalearn_gui.engine.params import param

SHARPNESS = 10.0  # of the attention: cosines lie within 1 of each other
PROTOTYPES, ATTENTION = "prototypes", "cosine attention"


@dataclasses.dataclass(frozen=True)
class ProtoNet(FeatureLearner):
    """Squared Euclidean distances to class means, or attention over the support points.

    View "prototypes": "prototypes" (tasks, ways, features), "support" and "query" (tasks, points, features),
    "support_labels" and "query_labels" (tasks, points).
    """

    key = "protonet"
    label = "ProtoNet"
    summary = "Learns features in which every class of a new task is the mean of its few examples."
    algorithm = (
        DRAWING,
        Line("for each task: no class is known", "cₖ unknown", BEGIN, 1),
        Line("a class is the mean of its features", "cₖ = mean f(x) over the support of class k", ADAPT, 1),
        Line("the nearest mean wins", "p(y = k | x) = softmaxₖ −‖f(x) − cₖ‖²", JUDGE, 1),
        Line("move the features", "θ ← θ − η ∇θ mean −log p(y | x)", UPDATE, 0, (META_RATE,)),
    )
    kinds = ("classification",)

    compares: str = param(
        PROTOTYPES,
        "Compares with",
        choices=(PROTOTYPES, ATTENTION),
        help="The mean of each class, or every support point (a matching network).",
    )

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        ways, width = ctx.network.output_dim, ctx.network.feature_dim
        num_tasks, num_points = support.x.shape[0], tf.shape(support.x)[1]
        if self.compares == ATTENTION:
            return {
                "features": tf.zeros([num_tasks, num_points, width]),
                "chosen": tf.zeros([num_tasks, num_points, ways]),
            }
        return {"prototypes": tf.zeros([num_tasks, ways, width]), "counts": tf.zeros([num_tasks, ways])}

    def fit(self, state: State, features: Tensor, support: PointSet, ctx: Context) -> Adapted:
        if self.compares == ATTENTION:
            return {"features": _unit(features), "chosen": memberships(support, ctx.network.output_dim)}
        means, counts = mean_by_class(features, support, ctx.network.output_dim)
        return {"prototypes": means, "counts": counts}

    def outputs(self, state: State, adapted: Adapted, features: Tensor, ctx: Context) -> Tensor:
        if "features" in adapted:
            return with_unseen_classes(_attended(adapted, features), tf.reduce_sum(adapted["chosen"], axis=1))
        centres = adapted["prototypes"]
        products = product(features, centres, transpose_y=True)
        # |f(x)|^2 is the same for every class: it cancels in the softmax.
        logits = 2.0 * products - tf.reduce_sum(tf.square(centres), axis=-1)[:, None]
        return with_unseen_classes(logits, adapted["counts"])

    def inspect(self, state: State, episodes: Episodes, ctx: Context) -> list[View]:
        support, query = episodes.parts
        features = functools.partial(ctx.network.features, state.params, state.carry)
        seen, asked = (features(part.x, None, ctx)[0] for part in (support, query))
        plain = dataclasses.replace(self, compares=PROTOTYPES)
        arrays = {
            "prototypes": plain.fit(state, seen, support, ctx)["prototypes"],
            "support": seen, "query": asked, "support_labels": support.y, "query_labels": query.y,
        }  # fmt: skip
        return [View("prototypes", {name: np.asarray(values) for name, values in arrays.items()})]


def _unit(features: Tensor) -> Tensor:
    return features * tf.math.rsqrt(tf.reduce_sum(tf.square(features), axis=-1, keepdims=True) + 1e-12)


def _attended(adapted: Adapted, features: Tensor) -> Tensor:
    """Log probabilities: the attention that each class's support points get together."""
    similarity = SHARPNESS * product(_unit(features), adapted["features"], transpose_y=True)
    is_real = tf.reduce_sum(adapted["chosen"], axis=-1)[:, None] > 0
    weights = tf.where(is_real, tf.exp(similarity - SHARPNESS), 0.0)
    per_class = product(weights, adapted["chosen"])
    total = tf.reduce_sum(per_class, axis=-1, keepdims=True)
    return tf.math.log(per_class + 1e-12) - tf.math.log(total + 1e-12)
