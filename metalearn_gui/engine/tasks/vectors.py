"""Vectors: the article's random data. X and y are uniform noise, so there is nothing to transfer."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet, Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.base import TaskFamily

UNIFORM_VARIANCE = 1.0 / 12.0  # of U[0, 1]: the loss of the best constant prediction


@dataclasses.dataclass(frozen=True)
class Vectors(TaskFamily):
    """Rows of X ~ U[0, 1]^input_dim and y ~ U[0, 1]^output_dim. A task is its rows: drawn again, they are the same."""

    key = "vectors"
    label = "Vectors"
    summary = "Rows of random numbers: y has nothing to do with X, so rows already seen say nothing about new ones."
    kind = "regression"
    view = "vector"

    input_dim: int = param(
        10, "Input dimension", minimum=1, maximum=1000, unit="numbers", help="Numbers in a row of X."
    )
    output_dim: int = param(
        10, "Output dimension", minimum=1, maximum=1000, unit="numbers", help="Numbers in a row of y."
    )

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        return Tasks({"seed": rng.integers(0, 2**63, num_tasks, dtype=np.uint64)})

    def draw(self, tasks: Tasks, rng: np.random.Generator, shots: int, queries: int) -> Episodes:
        width = self.input_dim + self.output_dim
        rows = _uniform_rows(tasks.parameters["seed"], shots + queries, width)
        x, y = rows[..., : self.input_dim], rows[..., self.input_dim :]
        return Episodes(PointSet(x[:, :shots], y[:, :shots]), PointSet(x[:, shots:], y[:, shots:]))

    def oracle(self) -> float | None:
        return UNIFORM_VARIANCE

    def input_range(self) -> tuple[float, float]:
        return (0.0, 1.0)

    def output_range(self) -> tuple[float, float]:
        return (0.0, 1.0)


def _uniform_rows(seeds: Array, num_rows: int, width: int) -> Array:
    """U[0, 1) as a pure function of (seed, row, column): splitmix64 (Steele, Lea, Flood 2014), upper 24 bits.

    Returns: float32 (tasks, num_rows, width).
    """
    counter = np.arange(1, num_rows * width + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = seeds[:, None] + counter[None, :]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    unit: Array = (z >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24)
    return unit.reshape(len(seeds), num_rows, width)
