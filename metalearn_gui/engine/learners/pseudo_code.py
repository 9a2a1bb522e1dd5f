"""A learner's algorithm as lines that can be shown, with what is known to each filled in."""

from __future__ import annotations

from typing import NamedTuple

DRAW, BEGIN, ADAPT, JUDGE, UPDATE = "draw", "begin", "adapt", "judge", "update"
PHASES = (DRAW, BEGIN, ADAPT, JUDGE, UPDATE)


class Line(NamedTuple):
    """One line of pseudo-code.

    text: in English, short. formula: the same in the paper's symbols; rates have those of their settings.
    phase: when it runs: draw, judge and update once in a meta-iteration, begin once for a task, adapt in every step.
    depth: of the loops that it stands in.
    values: symbol -> flat name of the setting that it stands for.
    """

    text: str
    formula: str
    phase: str
    depth: int = 0
    values: tuple[tuple[str, str], ...] = ()


INNER_RATE = ("α", "inner_learning_rate")
META_RATE = ("η", "meta_learning_rate")
DRAWING = Line("draw a meta-batch of tasks", "Tᵢ ~ p(T)", DRAW, 0, (("tasks", "meta_batch"),))


def gradient_lines(
    update: Line,
    begin: str = "θ′ᵢ ← θ",
    adapt: str = "θ′ᵢ ← θ′ᵢ − α ∇L(θ′ᵢ; supportᵢ)",
    judge: str = "Rᵢ = L(θ′ᵢ; queryᵢ)",
    rate: tuple[str, str] = INNER_RATE,
) -> tuple[Line, ...]:
    """What gradient-based learners share: begin, adapt by gradient, judge on the query set; then their own update."""
    return (
        DRAWING,
        Line("for each task: begin at the start", begin, BEGIN, 1),
        Line("adapt: a step down the support loss", adapt, ADAPT, 2, (rate, ("trained steps", "inner_steps"))),
        Line("judge what came of it on the query set", judge, JUDGE, 1),
        update,
    )
