"""Vectors: the article's random data. X and y are uniform noise, so there is nothing to transfer.

With a map there is: y = 1/2 + 1/2 tanh(GAIN sum over r of mix_r (x - 1/2) B_r), the B_r shared by all tasks, the
NUM_MAPS numbers mix ~ N(0, 1 / NUM_MAPS) each task's own.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet, Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.base import TaskFamily

UNIFORM_VARIANCE = 1.0 / 12.0  # of U[0, 1]: the loss of the best constant prediction
NUM_MAPS = 4
GAIN = 4.0
MAPPED_LESSON = "Every task maps X to y in its own way, mixed from maps that all tasks share: rows tell the mixture."
SHARED_SEED = 0  # the shared maps are the same in every run


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

    map: str = param(
        "none",
        "Map from X to y",
        choices=("none", "linear-nonlinear"),
        help="None = the article's noise; linear-nonlinear = each task's own map, mixed from a few shared ones.",
    )

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        """Beyond: rows of X from [0, 1] times the reach."""
        seed = rng.integers(0, 2**63, num_tasks, dtype=np.uint64)
        parameters: dict[str, Array] = {"seed": seed, "reach": np.full(num_tasks, self.reach(split), np.float32)}
        if self.map != "none":
            parameters["mix"] = rng.normal(0.0, NUM_MAPS**-0.5, (num_tasks, NUM_MAPS))
        return Tasks(parameters)

    def draw(self, tasks: Tasks, rng: np.random.Generator, shots: int, queries: int) -> Episodes:
        width = self.input_dim + self.output_dim
        rows = _uniform_rows(tasks.parameters["seed"], shots + queries, width)
        x, y = rows[..., : self.input_dim] * tasks.parameters["reach"][:, None, None], rows[..., self.input_dim :]
        mapped = self.truth(tasks, x)
        y = y if mapped is None else mapped.astype(np.float32)
        return Episodes(PointSet(x[:, :shots], y[:, :shots]), PointSet(x[:, shots:], y[:, shots:]))

    def truth(self, tasks: Tasks, x: Array) -> Array | None:
        """None without a map: noise has no truth."""
        if self.map == "none":
            return None
        maps = _shared_maps(self.input_dim, self.output_dim)
        own = np.tensordot(tasks.parameters["mix"], maps, axes=1)
        return np.asarray(0.5 + 0.5 * np.tanh(GAIN * ((np.asarray(x, np.float64) - 0.5) @ own)))

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        mix = tasks.parameters.get("mix", np.zeros((tasks.num_tasks, 0)))
        return {f"share of map {place + 1}": share for place, share in enumerate(mix.T)}

    def oracle(self, shots: int) -> float | None:
        """Without a map that of the best constant; a map has NUM_MAPS unknowns, and each row tells output_dim."""
        if self.map == "none":
            return UNIFORM_VARIANCE
        return 0.0 if shots * self.output_dim >= NUM_MAPS else None

    def constant_loss(self) -> float:
        return UNIFORM_VARIANCE if self.map == "none" else super().constant_loss()

    def lesson(self) -> str:
        return self.summary if self.map == "none" else MAPPED_LESSON

    def input_range(self) -> tuple[float, float]:
        return (0.0, self.beyond)

    def output_range(self) -> tuple[float, float]:
        return (0.0, 1.0)


@functools.lru_cache(maxsize=2)  # those in use, and the ones before: at 1000 by 1000 they take 32 MB each
def _shared_maps(input_dim: int, output_dim: int) -> Array:
    """(NUM_MAPS, input_dim, output_dim), of such a size that (x - 1/2) B has about the variance of x."""
    shape = (NUM_MAPS, input_dim, output_dim)
    return np.random.default_rng(SHARED_SEED).normal(0.0, input_dim**-0.5, shape)


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
