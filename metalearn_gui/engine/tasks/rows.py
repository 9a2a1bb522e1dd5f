"""Support and query sets out of the rows that a task has, for families whose points come from a file."""

from __future__ import annotations

import numpy as np

from metalearn_gui.engine.backend import Array


def dealt(rng: np.random.Generator, counts: Array, shots: int, queries: int) -> Array:
    """Places in [0, count) for every count, (len(counts), shots + queries); support and query never share one.

    Different places as far as there are so many; where there are too few, some come twice.

    Args:
        counts: at least 2 each.
    """
    columns = np.arange(shots + queries)
    available = np.minimum(counts, len(columns))[:, None]
    num_support = np.minimum(shots, available - 1)
    query = num_support + (columns - shots) % (available - num_support)
    return np.asarray(
        np.take_along_axis(
            _different_places(rng, counts, len(columns)),
            np.where(columns < shots, columns % num_support, query),
            axis=1,
        )
    )


def _different_places(rng: np.random.Generator, counts: Array, number: int) -> Array:
    """Different places in [0, count), in random order, as many as there are; (len(counts), number), the rest 0.

    Floyd's way: its cost does not depend on the counts. Bentley, Floyd (1987), Communications of the ACM 30 (9).
    """
    chosen = np.full((len(counts), number), -1)
    available = np.minimum(counts, number)
    for place in range(number):
        top = counts - available + place
        candidate = rng.integers(0, np.maximum(top, 0) + 1)
        is_known = (chosen[:, :place] == candidate[:, None]).any(axis=1)
        chosen[:, place] = np.where(place < available, np.where(is_known, top, candidate), -1)
    keys = np.where(chosen < 0, 2.0, rng.random(chosen.shape))
    return np.asarray(np.maximum(np.take_along_axis(chosen, np.argsort(keys, axis=1), axis=1), 0))
