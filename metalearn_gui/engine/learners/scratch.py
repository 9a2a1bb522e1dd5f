"""From scratch: no meta-learning at all. A random start, and the same gradient steps on a new task.

The "random initialisation" baseline of Finn, Abbeel, Levine (2017), arXiv:1703.03400, section 5.1.
"""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.episodes import Episodes
from metalearn_gui.engine.learners.base import Context, MetaGradient, State
from metalearn_gui.engine.learners.gradient import FirstOrderLearner, zeros_like
from metalearn_gui.engine.learners.pseudo_code import ADAPT, BEGIN, INNER_RATE, Line


@dataclasses.dataclass(frozen=True)
class Scratch(FirstOrderLearner):
    """Its meta-gradient is zero: the start stays random, whatever it sees."""

    key = "scratch"
    label = "From scratch"
    start_name = "random start"
    summary = "No meta-learning: every task starts from the same random network."
    algorithm = (
        Line("no meta-learning: a random start", "θ ~ initialisation", BEGIN),
        Line("train on the new task alone", "θ′ ← θ′ − α ∇L(θ′; support)", ADAPT, 1, (INNER_RATE,)),
    )

    @property
    def gradient_evaluations(self) -> float:
        return 0.0

    def meta_gradient(self, state: State, episodes: Episodes, ctx: Context) -> MetaGradient:
        before = self.loss_before(state, episodes.support, ctx)
        after, carry = self.loss_after(state, episodes, ctx)
        return MetaGradient(zeros_like(state.params), after, before, after, carry, {})
