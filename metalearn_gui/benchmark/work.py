"""The work that everybody is measured on: MAML on sinusoids, exact second order, as in the paper.

Everybody starts uniformly within 1/sqrt(fan-in): from a He start five inner steps at this rate blow up.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

HIDDEN_DIM = 40  # a 1-40-40-1 network of ReLUs
SHOTS = QUERIES = 10
META_BATCH = 25
INNER_RATE, META_RATE = 0.01, 0.001
AMPLITUDES, LATEST_PHASE, INPUTS = (0.1, 5.0), 3.141592653589793, (-5.0, 5.0)

# One competitor: meta-iterations -> the training objective's mean over the last of them (half, at most 50).
Race = Callable[[int], float]


@dataclasses.dataclass(frozen=True)
class Work:
    """Finn, Abbeel, Levine (2017), arXiv:1703.03400, section 5.1, with Adam outside."""

    inner_steps: int

    @property
    def name(self) -> str:
        steps = "1 inner step" if self.inner_steps == 1 else f"{self.inner_steps} inner steps"
        return f"sinusoid MAML, exact second order, {steps}"


WORKS = (Work(inner_steps=1), Work(inner_steps=5))


def num_averaged(num_iterations: int) -> int:
    """How many of the last meta-iterations the reported objective is a mean of."""
    return max(1, min(50, num_iterations // 2))
