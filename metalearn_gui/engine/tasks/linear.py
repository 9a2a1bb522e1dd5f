"""Lines: y = slope x + intercept, the smallest family from which there is something to transfer."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.curve import INPUT_RANGE, CurveFamily


@dataclasses.dataclass(frozen=True)
class Linear(CurveFamily):
    """slope ~ U[-slope_max, slope_max], intercept ~ U[-intercept_max, intercept_max]."""

    key = "linear"
    label = "Lines"
    summary = "Every task is a straight line; two points tell which, if straight is all that is expected."

    slope_max: float = param(
        1.0, "Slope to", minimum=0.0, maximum=10.0, advanced=True, help="The steepest line, up or down."
    )
    intercept_max: float = param(
        2.0, "Intercept to", minimum=0.0, maximum=10.0, advanced=True, help="Largest distance from 0 at x = 0."
    )

    @property
    def num_unknowns(self) -> int | None:
        return 2

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        ends = {"slope": self.slope_max * self.reach(split), "intercept": self.intercept_max * self.reach(split)}
        return Tasks({name: rng.uniform(-end, end, num_tasks) for name, end in ends.items()})

    def truth(self, tasks: Tasks, x: Array) -> Array:
        slope, intercept = (tasks.parameters[name][:, None, None] for name in ("slope", "intercept"))
        return np.asarray(slope * x + intercept)

    def basis(self, tasks: Tasks, x: Array) -> Array:
        return np.concatenate([np.ones_like(x, np.float64), x], axis=-1)

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        return dict(tasks.parameters)

    def output_range(self) -> tuple[float, float]:
        highest = max((self.slope_max * INPUT_RANGE[1] + self.intercept_max) * self.beyond, 0.5)
        return (-highest, highest)
