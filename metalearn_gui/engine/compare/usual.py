"""Values of a setting that are worth a try, around the one that it has."""

from __future__ import annotations

from typing import Any

from metalearn_gui.engine.params import Param

RATIOS = (0.1, 0.3, 1.0, 3.0, 10.0)  # of what is measured on a logarithmic scale
DOUBLINGS = (0.25, 0.5, 1.0, 2.0, 4.0)


def can_be_swept(spec: Param) -> bool:
    """Whether a sweep can go over it: a number, a choice, or yes and no."""
    return spec.kind in ("int", "float", "choice", "bool")


def usual_values(spec: Param, value: Any) -> tuple[Any, ...]:
    """All choices; of a number its multiples within its range, at most five, in rising order."""
    if spec.kind == "choice":
        return spec.choices
    if spec.kind == "bool":
        return (False, True)
    start = float(value) or 1.0
    low = float("-inf") if spec.minimum is None else spec.minimum
    high = float("inf") if spec.maximum is None else spec.maximum
    ratios = DOUBLINGS if spec.kind == "int" else RATIOS
    rounded = (round(start * ratio) if spec.kind == "int" else float(f"{start * ratio:.3g}") for ratio in ratios)
    return tuple(sorted({min(max(one, low), high) for one in rounded} | {value}))[: len(ratios)]
