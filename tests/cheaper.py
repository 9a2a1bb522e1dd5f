"""What tests do more cheaply where they ask nothing of it."""

from __future__ import annotations

import pytest

from metalearn_gui.engine import evaluation, programs


def choose_among_few_rates(patch: pytest.MonkeyPatch) -> None:
    """Baselines choose their inner learning rate among two, not among nineteen."""
    for grid in ("RATE_GRID", "ADAM_GRID"):
        patch.setattr(evaluation, grid, evaluation.FEW_RATES)


def trace_what_is_not_compiled(patch: pytest.MonkeyPatch) -> None:
    """It runs as a graph, not op by op: where the same few programs are asked over and over."""
    own = programs.execution_mode
    patch.setattr(programs, "execution_mode", lambda network, compile: own(network, compile) if compile else "graph")
