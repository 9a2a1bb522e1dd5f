"""ANIL: almost no inner loop. Only the network's head adapts; all tasks share the features below it.

For each task: head' = head - inner_learning_rate * grad_head L_support(body, head), inner_steps times;
then move body and head down the exact gradient of the mean L_query(body, head').

Raghu, Raghu, Bengio, Vinyals (2020), arXiv:1909.09157, section 4.
"""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.learners.gradient import GradientLearner
from metalearn_gui.engine.learners.pseudo_code import META_RATE, UPDATE, Line, gradient_lines
from metalearn_gui.engine.networks.base import Network


@dataclasses.dataclass(frozen=True)
class Anil(GradientLearner):
    """MAML whose inner loop is the head's alone: if that is nearly as good, MAML mostly learned features."""

    key = "anil"
    label = "ANIL"
    summary = "Only the last layer adapts to a task; everything below it is shared by all tasks."
    order = "2nd order"
    algorithm = gradient_lines(
        Line("move body and head", "(body, head) ← (body, head) − η ∇ mean Rᵢ", UPDATE, 0, (META_RATE,)),
        begin="head′ᵢ ← head",
        adapt="head′ᵢ ← head′ᵢ − α ∇head L(body, head′ᵢ; supportᵢ)",
        judge="Rᵢ = L(body, head′ᵢ; queryᵢ)",
    )

    def adaptation_structure(self) -> tuple[object, ...]:
        return (type(self).__name__, *self.step_structure())

    def adapting(self, network: Network) -> tuple[str, ...]:
        return network.parts["head"]
