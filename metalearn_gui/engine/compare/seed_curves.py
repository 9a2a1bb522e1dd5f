"""A contender's loss as training goes on: what its seeds have in common, and how far they lie apart."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Sequence

import numpy as np

from metalearn_gui.engine.backend import Array


@dataclasses.dataclass(frozen=True, eq=False)
class Curve:
    """Along x, rising: the median over the seeds that have come so far, the lowest and the highest; all (points,)."""

    x: Array
    median: Array
    low: Array
    high: Array


def across_seeds(curves: Sequence[tuple[Array, Array]], ends_with_first: bool = True) -> Curve:
    """One curve for the (x, loss) of every seed, each of its own length and at places of its own.

    Args:
        ends_with_first: end where the first of them does; the median of those that came further is no more of the same.

    Returns: nothing but empty arrays where no seed has a point.
    """
    begun = [(x, loss) for x, loss in curves if len(x)]
    if not begun:
        return Curve(*[np.empty(0)] * 4)
    places = np.unique(np.concatenate([x for x, _ in begun]))
    if ends_with_first:
        places = places[places <= min(x[-1] for x, _ in begun)]
    seeds = np.stack([np.interp(places, x, loss, left=np.nan, right=np.nan) for x, loss in begun])
    with warnings.catch_warnings(category=RuntimeWarning, action="ignore"):  # where every seed has diverged
        return Curve(places, np.nanmedian(seeds, 0), np.nanmin(seeds, 0), np.nanmax(seeds, 0))
