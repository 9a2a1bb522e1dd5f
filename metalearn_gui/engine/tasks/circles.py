"""Circles: rings around one centre."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tasks.plane import ShapeFamily


@dataclasses.dataclass(frozen=True)
class Circles(ShapeFamily):
    """Class k is a ring of radius (k + 1) / ways."""

    key = "circles"
    label = "Circles"
    summary = "Every task is a set of rings, one inside the other: distance from the centre tells the class."

    def shapes(self, labels: Array, rng: np.random.Generator) -> Array:
        angle = rng.uniform(0.0, 2 * np.pi, labels.shape)
        radius = (labels + 1.0) / self.ways
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
