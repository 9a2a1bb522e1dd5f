"""Logistic regression on a network's features, which stay as they are: the plain way to use what was learned before.

    W = argmin mean over the support set of -log softmax(W f)_y + penalty / 2 |W|^2

on features f that are centred and scaled by the support set's mean and size; by Nesterov's accelerated gradient
descent, from zero. The "baseline" of Chen, Liu, Kira, Wang, Huang (2019), arXiv:1904.04232, section 3.2, its new head
trained to the end as in Tian et al. (2020), arXiv:2003.11539, section 3.
"""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.backend import Tensor, tf
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.learners.base import Adapted, Context, State, memberships
from metalearn_gui.engine.learners.features import FeatureLearner
from metalearn_gui.engine.networks.ops import product

PENALTY = 0.01
NUM_STEPS = 100  # ten times the root of the condition number: what is left is about e^-10 of the way


@dataclasses.dataclass(frozen=True)
class LogisticRegression(FeatureLearner):
    """No entry of LEARNERS: it is tried with the features that another learner has trained (baselines.py)."""

    key = "logistic"
    label = "Logistic regression"
    summary = "A new last layer for every task, trained to the end on features that stay as they are."
    kinds = ("classification",)

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        num_tasks, ways, width = support.x.shape[0], ctx.network.output_dim, ctx.network.feature_dim
        return {"w": tf.zeros([num_tasks, width, ways]), "b": tf.zeros([num_tasks, 1, ways])}

    def fit(self, state: State, features: Tensor, support: PointSet, ctx: Context) -> Adapted:
        chosen = memberships(support, ctx.network.output_dim)
        is_real = tf.reduce_sum(chosen, axis=-1, keepdims=True)
        shares = is_real / tf.maximum(tf.reduce_sum(is_real, axis=1, keepdims=True), 1.0)
        centre = tf.reduce_sum(features * shares, axis=1, keepdims=True)
        squares = tf.reduce_sum(tf.square(features - centre) * shares, axis=[1, 2], keepdims=True)
        size = tf.sqrt(squares + 1e-12)
        w, b = _minimised((features - centre) / size, chosen, shares)
        w = w / size
        return {"w": w, "b": b - product(centre, w)}

    def outputs(self, state: State, adapted: Adapted, features: Tensor, ctx: Context) -> Tensor:
        return product(features, adapted["w"]) + adapted["b"]


def _minimised(rows: Tensor, chosen: Tensor, shares: Tensor) -> tuple[Tensor, Tensor]:
    """Weights (tasks, features, ways) and biases (tasks, 1, ways) for rows whose mean square is 1."""
    curvature = 0.5 * (1.0 + 1.0) + PENALTY  # at most: half the mean square of a row, its one for the bias included
    root = (curvature / PENALTY) ** 0.5
    momentum = (root - 1.0) / (root + 1.0)

    def descend(w: Tensor, b: Tensor, ahead_w: Tensor, ahead_b: Tensor) -> tuple[Tensor, ...]:
        errors = (tf.nn.softmax(product(rows, ahead_w) + ahead_b) - chosen) * shares
        new_w = ahead_w - (product(rows, errors, transpose_x=True) + PENALTY * ahead_w) / curvature
        new_b = ahead_b - (tf.reduce_sum(errors, axis=1, keepdims=True) + PENALTY * ahead_b) / curvature
        return new_w, new_b, new_w + momentum * (new_w - w), new_b + momentum * (new_b - b)

    w = tf.zeros([rows.shape[0], rows.shape[2], chosen.shape[2]])
    b = tf.zeros([rows.shape[0], 1, chosen.shape[2]])
    w, b, *_ = tf.while_loop(lambda *_: True, descend, (w, b, w, b), maximum_iterations=NUM_STEPS)
    return w, b
