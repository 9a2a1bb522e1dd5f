"""Sinusoids: y = A sin(x - phase), the regression family of Finn et al. (2017), section 5.1."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet, Tasks
from metalearn_gui.engine.params import SettingError, param
from metalearn_gui.engine.tasks.base import TaskFamily

INPUT_RANGE = (-5.0, 5.0)


@dataclasses.dataclass(frozen=True)
class Sinusoid(TaskFamily):
    """A ~ U[amplitude_min, amplitude_max], phase ~ U[0, phase_max], x ~ U[-5, 5]."""

    key = "sinusoid"
    label = "Sinusoid"
    summary = "Every task is a sine wave of its own height and phase; a few points tell which."
    kind = "regression"
    view = "curve"

    noise: float = param(
        0.0,
        "Noise",
        minimum=0.0,
        maximum=2.0,
        help="Standard deviation of the noise on the targets of the support set.",
    )
    amplitude_min: float = param(
        0.1, "Amplitude from", minimum=0.0, maximum=10.0, advanced=True, help="Smallest amplitude of a task."
    )
    amplitude_max: float = param(
        5.0, "Amplitude to", minimum=0.0, maximum=10.0, advanced=True, help="Largest amplitude of a task."
    )
    phase_max: float = param(
        np.pi,
        "Phase to",
        minimum=0.0,
        maximum=2 * np.pi,
        unit="rad",
        advanced=True,
        help="Phases lie between 0 and this.",
    )

    def check(self) -> None:
        if self.amplitude_min > self.amplitude_max:
            raise SettingError(
                f"Amplitude from (amplitude_min) is {self.amplitude_min:g}; "
                f"it must not exceed amplitude_max, {self.amplitude_max:g}"
            )

    @property
    def input_dim(self) -> int:
        return 1

    @property
    def output_dim(self) -> int:
        return 1

    @property
    def fixed_dims(self) -> str:
        return "a sinusoid maps one number to one number"

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        amplitude = rng.uniform(self.amplitude_min, self.amplitude_max, num_tasks)
        phase = rng.uniform(0.0, self.phase_max, num_tasks)
        return Tasks({"amplitude": amplitude, "phase": phase})

    def draw(self, tasks: Tasks, rng: np.random.Generator, shots: int, queries: int) -> Episodes:
        x = rng.uniform(*INPUT_RANGE, (tasks.num_tasks, shots + queries, 1))
        y = self.truth(tasks, x)
        if self.noise:
            y[:, :shots] += rng.normal(0.0, self.noise, (tasks.num_tasks, shots, 1))
        x, y = x.astype(np.float32), y.astype(np.float32)
        return Episodes(PointSet(x[:, :shots], y[:, :shots]), PointSet(x[:, shots:], y[:, shots:]))

    def truth(self, tasks: Tasks, x: Array) -> Array:
        amplitude, phase = (tasks.parameters[name][:, None, None] for name in ("amplitude", "phase"))
        return np.asarray(amplitude * np.sin(x - phase))

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        return dict(tasks.parameters)

    def oracle(self) -> float | None:
        return 0.0

    def input_range(self) -> tuple[float, float]:
        return INPUT_RANGE

    def output_range(self) -> tuple[float, float]:
        reach = max(self.amplitude_max, 0.5)
        return (-reach, reach)
