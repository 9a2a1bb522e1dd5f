"""Spirals: arms that wind around each other."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tasks.plane import ShapeFamily


@dataclasses.dataclass(frozen=True)
class Spirals(ShapeFamily):
    """Each class is an arm of one and a quarter turns; arms start evenly around the centre."""

    key = "spirals"
    label = "Spirals"
    summary = "Every task is a few arms that wind around one centre, hard to tell apart near it."

    def shapes(self, labels: Array, rng: np.random.Generator) -> Array:
        part = np.sqrt(rng.uniform(0.02, 1.0, labels.shape))
        angle = 2 * np.pi * (labels / self.ways + 1.25 * part)
        return np.stack([part * np.cos(angle), part * np.sin(angle)], axis=-1)
