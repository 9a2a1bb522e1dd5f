"""First-order MAML: MAML whose outer gradient takes the inner gradients as constants.

For each task: theta' = theta - inner_learning_rate * grad L_support(theta), inner_steps times;
then move theta by the gradient of the mean L_query at theta', as if theta' were theta plus a constant.

Finn, Abbeel, Levine (2017), arXiv:1703.03400, section 5.2.
"""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.learners.gradient import FirstOrderLearner


@dataclasses.dataclass(frozen=True)
class FirstOrderMaml(FirstOrderLearner):
    """No second derivatives: cheaper, and often nearly as good."""

    key = "fomaml"
    label = "FOMAML"
    summary = "MAML without second derivatives: cheaper, and often nearly as good."
    order = "1st order"
