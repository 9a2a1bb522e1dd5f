"""A contender's loss as training goes on: what its seeds have in common, and how far they lie apart."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Sequence

import numpy as np

from metalearn_gui.engine.backend import Array


@dataclasses.dataclass(frozen=True, eq=False)
class Curve:
    """Along x, rising: the mean over the seeds, the lowest and the highest; all (points,).

    ended: the x at which a seed ended before the last one; from there on its last loss counts.
    """

    x: Array
    mean: Array
    low: Array
    high: Array
    ended: Array


def across_seeds(curves: Sequence[tuple[Array, Array]], are_over: bool = True) -> Curve:
    """One curve for the (x, loss) of every seed, each of its own length and at places of its own.

    Args:
        are_over: each has come to its end. The curve then begins where all have begun and ends with the figure of the
            table, which is of every seed's end; else it is of those seeds that have come so far.

    Returns: nothing but empty arrays where no seed has a point.
    """
    begun = [(x, loss) for x, loss in curves if len(x)]
    if not begun:
        return Curve(*[np.empty(0)] * 5)
    places = np.unique(np.concatenate([x for x, _ in begun]))
    if are_over:
        places = places[places >= max(x[0] for x, _ in begun)]
    beyond = None if are_over else np.nan
    seeds = np.stack([np.interp(places, x, loss, left=np.nan, right=beyond) for x, loss in begun])
    ends = np.unique([x[-1] for x, _ in begun])[:-1] if are_over else np.empty(0)
    with warnings.catch_warnings(category=RuntimeWarning, action="ignore"):  # where every seed has diverged
        return Curve(places, np.nanmean(seeds, 0), np.nanmin(seeds, 0), np.nanmax(seeds, 0), ends[ends > places[0]])
