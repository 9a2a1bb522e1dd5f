"""Episodes: a batch of tasks, each with a support set to adapt on and a query set to be judged on.

Shapes are stated here once. `tasks` is always the leading axis.

    x       (tasks, points, *input shape)    float32
    y       (tasks, points, output_dim)      float32, regression
            (tasks, points)                  int32 class ids, classification
    mask    (tasks, points)                  float32, 1 for a real point and 0 for padding; None = all real
    classes (tasks, ways)                    int32: which of the family's training classes a class id of the
            episode stands for; None where there is no fixed set of classes
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from metalearn_gui.engine.backend import Array, Tensor

SPLITS = ("train", "validation", "test")
BLOCK_STEPS = 100  # meta-iterations whose episodes are drawn together, where points are a few numbers


class PointSet(NamedTuple):
    """Inputs and targets of a support set or a query set, for a batch of tasks."""

    x: Tensor
    y: Tensor
    mask: Tensor | None = None


class Episodes(NamedTuple):
    """One support set and one query set per task."""

    support: PointSet
    query: PointSet
    classes: Tensor | None = None

    @property
    def parts(self) -> tuple[PointSet, PointSet]:
        """The two point sets."""
        return self.support, self.query


class Tasks(NamedTuple):
    """What makes each task itself: named arrays whose leading axis is the task."""

    parameters: Mapping[str, Array]

    @property
    def num_tasks(self) -> int:
        return len(next(iter(self.parameters.values())))

    def take(self, indices: Array) -> Tasks:
        """The tasks at these indices, in this order; an index may come twice."""
        return Tasks({name: values[indices] for name, values in self.parameters.items()})


def generator(seed: int, split: str, block: int) -> np.random.Generator:
    """The only source of a block's randomness: the same (seed, split, block) gives the same episodes."""
    return np.random.default_rng([seed, SPLITS.index(split), block])


def capacity(num_points: int) -> int:
    """The padded size for a support set that a hand may grow: 32, then doubling."""
    size = 32
    while size < num_points:
        size *= 2
    return size


def padded(points: PointSet, size: int) -> PointSet:
    """The same points in `size` places, masked; adding a point then neither retraces nor recompiles.

    Args:
        points: numpy arrays; a mask of None counts every point as real.
        size: at least the number of points.
    """
    num_tasks, num_points = points.x.shape[:2]
    extra = size - num_points
    mask = np.ones((num_tasks, num_points), np.float32) if points.mask is None else points.mask
    return PointSet(*(_pad_points(np.asarray(values), extra) for values in (points.x, points.y, mask)))


def _pad_points(values: Array, extra: int) -> Array:
    return np.pad(values, [(0, 0), (0, extra)] + [(0, 0)] * (values.ndim - 2))


def map_points(function: Callable[[Tensor], Tensor], points: PointSet) -> PointSet:
    """`function` on every array of a point set; an absent mask stays absent."""
    return PointSet(*(None if values is None else function(values) for values in points))


def map_episodes(function: Callable[[Tensor], Tensor], episodes: Episodes) -> Episodes:
    """`function` on every array of the support and the query sets."""
    classes = None if episodes.classes is None else function(episodes.classes)
    return Episodes(map_points(function, episodes.support), map_points(function, episodes.query), classes)
