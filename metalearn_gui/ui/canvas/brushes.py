"""What a brush leaves on a noisy picture, by kind; plain numpy."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from metalearn_gui.engine.backend import Array

SPARSE = 0.5  # of the numbers that are passed, where noise is rare and strong


def _grain(noisy: Array, cells: Sequence[int], target: Array, strength: float, rng: np.random.Generator) -> Array:
    noisy[cells] += strength * rng.normal(size=len(cells))
    return noisy


def _impulses(noisy: Array, cells: Sequence[int], target: Array, strength: float, rng: np.random.Generator) -> Array:
    hit = np.asarray(cells, int)[rng.uniform(size=len(cells)) < SPARSE]
    noisy[hit] += 3 * strength * rng.choice((-1.0, 1.0), len(hit))
    return noisy


def _stripes(noisy: Array, cells: Sequence[int], target: Array, strength: float, rng: np.random.Generator) -> Array:
    """Whole lines of the picture, each off by one number."""
    side = math.isqrt(len(noisy))
    for line in sorted({cell // side for cell in cells}):
        noisy[line * side : (line + 1) * side] += strength * rng.normal()
    return noisy


def _erase(noisy: Array, cells: Sequence[int], target: Array, strength: float, rng: np.random.Generator) -> Array:
    noisy[cells] = target[cells]
    return noisy


Brush = Callable[[Array, Sequence[int], Array, float, np.random.Generator], Array]
BRUSHES: dict[str, Brush] = {"grain": _grain, "impulses": _impulses, "stripes": _stripes, "erase": _erase}


def painted(
    kind: str, noisy: Array, cells: Sequence[int], target: Array, strength: float, rng: np.random.Generator
) -> Array:
    """A copy of a picture that a brush has passed.

    Args:
        kind: of BRUSHES. noisy, target: (numbers,), a square picture row by row. cells: places that are passed.
        strength: standard deviation of the noise.
    """
    return BRUSHES[kind](noisy.copy(), cells, target, strength, rng)
