"""First-order MAML: MAML whose outer gradient takes the inner gradients as constants.

For each task: theta' = theta - inner_learning_rate * grad L_support(theta), inner_steps times;
then move theta by the gradient of the mean L_query at theta', as if theta' were theta plus a constant.

Finn, Abbeel, Levine (2017), arXiv:1703.03400, section 5.2.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from metalearn_gui.engine.episodes import Episodes
from metalearn_gui.engine.learners.base import Context, State, View
from metalearn_gui.engine.learners.gradient import FirstOrderLearner, inner_product, norm
from metalearn_gui.engine.learners.maml import Maml
from metalearn_gui.engine.learners.pseudo_code import META_RATE, UPDATE, Line, gradient_lines


@dataclasses.dataclass(frozen=True)
class FirstOrderMaml(FirstOrderLearner):
    """No second derivatives: cheaper, and often nearly as good.

    View "orders", what leaving them out changes on these tasks: "angle" between the first-order and the exact
    meta-gradient, degrees, (1,); "first" and "second", their sizes, (1,).
    """

    key = "fomaml"
    label = "FOMAML"
    summary = "MAML without second derivatives: cheaper, and often nearly as good."
    order = "1st order"
    algorithm = gradient_lines(
        Line("move the start as if θ′ were θ plus a constant", "θ ← θ − η mean ∇R at θ′ᵢ", UPDATE, 0, (META_RATE,))
    )

    def at_second_order(self) -> Maml:
        """The learner whose meta-gradient this one approximates."""
        return Maml(**{field.name: getattr(self, field.name) for field in dataclasses.fields(self)})

    def inspect(self, state: State, episodes: Episodes, ctx: Context) -> list[View]:
        first = self.meta_gradient(state, episodes, ctx).gradients
        second = self.at_second_order().meta_gradient(state, episodes, ctx).gradients
        sizes = float(norm(first)), float(norm(second))
        cosine = float(inner_product(first, second)) / max(sizes[0] * sizes[1], 1e-20)
        numbers = {"angle": math.degrees(math.acos(max(-1.0, min(1.0, cosine)))), "first": sizes[0], "second": sizes[1]}
        return [View("orders", {name: np.array([value], np.float32) for name, value in numbers.items()})]
