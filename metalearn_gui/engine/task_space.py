"""Where tasks lie by what a learner makes of them: the two main directions of what adapting has changed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from metalearn_gui.engine.backend import Array


def changes_of(way: Mapping[str, Array]) -> Array:
    """How far all that adapts has come for each task, (tasks, numbers).

    Args:
        way: what adapts, by name, (steps + 1, tasks, ...) (see adaptation.way_of).
    """
    parts = [np.asarray(way[name][-1], np.float64) - way[name][0] for name in sorted(way)]
    return np.concatenate([part.reshape(len(part), -1) for part in parts], axis=1)


def main_directions(points: Array) -> tuple[Array, Array]:
    """Principal components: places along the two directions in which points differ most.

    Args:
        points: (tasks, numbers); rows that are not finite are left out, and have no place.

    Returns: places (tasks, 2), NaN for what was left out; the two directions' shares of the variance.
    """
    places, shares = np.full((len(points), 2), np.nan), np.zeros(2)
    finite = np.isfinite(points).all(axis=1)
    if finite.sum() < 2:
        return places, shares
    centred = points[finite] - points[finite].mean(axis=0)
    # Fewer tasks than weights: the products of tasks with tasks have the same components, and are small.
    variances, vectors = np.linalg.eigh(centred @ centred.T)
    largest = np.maximum(variances[::-1][:2], 0.0)
    found = vectors[:, ::-1][:, : len(largest)] * np.sqrt(largest)
    signs = np.where(found[np.abs(found).argmax(axis=0), range(found.shape[1])] < 0, -1.0, 1.0)
    places[finite, : found.shape[1]] = found * signs
    total = float(np.maximum(variances, 0.0).sum())
    shares[: len(largest)] = largest / total if total > 0 else 0.0
    return places, shares
