"""XOR: the cells of a chequered square."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tasks.plane import ShapeFamily


@dataclasses.dataclass(frozen=True)
class Xor(ShapeFamily):
    """Class k has the cells whose row and column add up to k, modulo ways: for two classes, the exclusive or."""

    key = "xor"
    label = "XOR"
    summary = "Every task is a chequered square: neither coordinate alone says anything."

    def shapes(self, labels: Array, rng: np.random.Generator) -> Array:
        rows = rng.integers(0, self.ways, labels.shape)
        cells = np.stack([(labels - rows) % self.ways, rows], axis=-1)
        return 2.0 * (cells + rng.uniform(0.1, 0.9, cells.shape)) / self.ways - 1.0
