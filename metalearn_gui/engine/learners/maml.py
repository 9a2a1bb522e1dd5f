"""MAML: meta-learn an initialisation that adapts in a few gradient steps.

For each task: theta' = theta - inner_learning_rate * grad L_support(theta), inner_steps times;
then move theta down the exact gradient of the mean L_query(theta'), second order and all.

Finn, Abbeel, Levine (2017), arXiv:1703.03400, algorithm 1.
"""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.learners.gradient import GradientLearner


@dataclasses.dataclass(frozen=True)
class Maml(GradientLearner):
    """Differentiates through the adaptation: the start is judged by where its steps lead."""

    key = "maml"
    label = "MAML"
    summary = "Learns a start from which a few gradient steps solve a new task."
    order = "2nd order"

    @property
    def gradient_evaluations(self) -> float:
        return 3.0 * self.inner_steps + 1.0  # a Hessian-vector product costs about two
