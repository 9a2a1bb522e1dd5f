"""Moons: half rings that reach into each other."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tasks.plane import ShapeFamily


@dataclasses.dataclass(frozen=True)
class Moons(ShapeFamily):
    """Crescents side by side, every other one upside down and half a width further."""

    key = "moons"
    label = "Moons"
    summary = "Every task is a chain of crescents that no straight line tells apart."

    def shapes(self, labels: Array, rng: np.random.Generator) -> Array:
        angle = rng.uniform(0.0, np.pi, labels.shape)
        points = np.stack([np.cos(angle) + labels, np.sin(angle) - 0.25], axis=-1)
        points[..., 1] *= 1.0 - 2.0 * (labels % 2)
        points[..., 0] -= (self.ways - 1) / 2
        return points * (2.0 / (self.ways + 1))
