"""Ridge: the last layer is solved for, in closed form, on features that were learned to make that work.

    W = (F^T F + lambda I)^-1 F^T Y  on the support set's features F;   outputs = F_query W

lambda, the features and (classification) the scale of the logits are meta-learned through the solution.
R2-D2 of Bertinetto, Henriques, Torr, Vedaldi (2019), arXiv:1805.08136, equations 4 to 6 (Woodbury where points
are few).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Params, Tensor, tf
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.learners.base import Adapted, Context, State
from metalearn_gui.engine.learners.features import FeatureLearner
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, DRAWING, JUDGE, META_RATE, UPDATE, Line
from metalearn_gui.engine.networks.ops import product
from metalearn_gui.engine.params import param

LAMBDA, SCALE = "ridge/log_lambda", "ridge/log_scale"


@dataclasses.dataclass(frozen=True)
class Ridge(FeatureLearner):
    """Learned beside the network: "ridge/log_lambda" and "ridge/log_scale", both () and natural logarithms."""

    key = "ridge"
    label = "Ridge"
    summary = "Learns features on which a linear regression, solved at once, fits a new task."
    algorithm = (
        DRAWING,
        Line("for each task: a head of zeros", "W ← 0", BEGIN, 1),
        Line("solve for the head at once", "W = (FᵀF + λI)⁻¹ Fᵀ Y, F = features of the support", ADAPT, 1),
        Line("judge it on the query set", "Rᵢ = L(F_query W)", JUDGE, 1),
        Line("move features and λ", "(θ, λ) ← (θ, λ) − η ∇ mean Rᵢ", UPDATE, 0, (META_RATE,)),
    )

    ridge_lambda: float = param(
        1.0, "First λ", minimum=1e-6, maximum=1e4, log=True, help="What the learned penalty of the weights starts from."
    )
    logit_scale: float = param(
        10.0, "First scale", minimum=0.1, maximum=1e3, log=True, advanced=True,
        help="What the learned scale of the logits starts from (classification).",
    )  # fmt: skip

    def structure(self) -> tuple[object, ...]:
        return (type(self).__name__,)  # where lambda and the scale start changes no program

    def own_params(self) -> Params:
        starts = {LAMBDA: self.ridge_lambda, SCALE: self.logit_scale}
        return {name: np.asarray(np.log(start), np.float32) for name, start in starts.items()}

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        return {"head": tf.zeros([support.x.shape[0], ctx.network.feature_dim + 1, ctx.network.output_dim])}

    def fit(self, state: State, features: Tensor, support: PointSet, ctx: Context) -> Adapted:
        rows, targets, scale = _with_one(features), support.y, 1.0
        if targets.dtype.is_integer:
            targets, scale = tf.one_hot(targets, ctx.network.output_dim), tf.exp(state.params[SCALE])
        if support.mask is not None:
            rows, targets = rows * support.mask[:, :, None], targets * support.mask[:, :, None]
        return {"head": scale * solved(rows, targets, tf.exp(state.params[LAMBDA]))}

    def outputs(self, state: State, adapted: Adapted, features: Tensor, ctx: Context) -> Tensor:
        return product(_with_one(features), adapted["head"])


def solved(rows: Tensor, targets: Tensor, penalty: Tensor) -> Tensor:
    """argmin |rows W - targets|^2 + penalty |W|^2: (tasks, features, outputs), by the smaller of two systems."""
    num_points, width = rows.shape[1:]
    if num_points is not None and num_points <= width:  # unknown in an exported learner
        system = product(rows, rows, transpose_y=True) + penalty * tf.eye(num_points)
        return product(rows, _solve(system, targets), transpose_x=True)
    system = product(rows, rows, transpose_x=True) + penalty * tf.eye(width)
    return _solve(system, product(rows, targets, transpose_x=True))


def _solve(system: Tensor, targets: Tensor) -> Tensor:
    return tf.linalg.cholesky_solve(tf.linalg.cholesky(system), targets)


def _with_one(features: Tensor) -> Tensor:
    return tf.concat([features, tf.ones_like(features[..., :1])], axis=-1)
