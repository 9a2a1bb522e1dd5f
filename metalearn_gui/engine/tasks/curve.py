"""What task families of functions of one number share: inputs, noise and how an episode is drawn."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet, Tasks
from metalearn_gui.engine.params import SettingError, param
from metalearn_gui.engine.tasks.base import TaskFamily

INPUT_RANGE = (-5.0, 5.0)
TALLEST = 20.0  # of the amplitudes that can be asked for
FASTEST = 5.0  # of the frequencies
LEAST_TOLD = 1e-6  # of the best told direction, from which on points tell something of another one


@dataclasses.dataclass(frozen=True)
class CurveFamily(TaskFamily):
    """A task is a function of one number; x ~ U[-5, 5], noise on the support set's targets alone."""

    kind = "regression"
    view = "curve"

    noise: float = param(
        0.0,
        "Noise",
        minimum=0.0,
        maximum=2.0,
        help="Standard deviation of the noise on the targets of the support set.",
    )

    @property
    def input_dim(self) -> int:
        return 1

    @property
    def output_dim(self) -> int:
        return 1

    @property
    def fixed_dims(self) -> str:
        return "a curve maps one number to one number"

    @property
    @abstractmethod
    def num_unknowns(self) -> int | None:
        """Points that tell a task apart from all others; None where no number of them does."""

    @abstractmethod
    def truth(self, tasks: Tasks, x: Array) -> Array:
        """The tasks' functions at x (tasks, points, 1)."""

    def draw(self, tasks: Tasks, rng: np.random.Generator, shots: int, queries: int) -> Episodes:
        x = rng.uniform(*INPUT_RANGE, (tasks.num_tasks, shots + queries, 1))
        y = self.truth(tasks, x)
        if self.noise:
            y[:, :shots] += rng.normal(0.0, self.noise, (tasks.num_tasks, shots, 1))
        x, y = x.astype(np.float32), y.astype(np.float32)
        return Episodes(PointSet(x[:, :shots], y[:, :shots]), PointSet(x[:, shots:], y[:, shots:]))

    def oracle(self, shots: int) -> float | None:
        """0 where the points tell the function; with noise or too few of them the floor is not known."""
        is_told = self.num_unknowns is not None and shots >= self.num_unknowns and not self.noise
        return 0.0 if is_told else None

    def basis(self, tasks: Tasks, x: Array) -> Array | None:
        """Functions (tasks, points, num) of which every task is a sum; None where it is no sum of few."""
        return None

    def best_fit(self, tasks: Tasks, support: PointSet, x: Array) -> Array | None:
        """By least squares in the basis, where there are enough points to tell."""
        seen, asked = self.basis(tasks, support.x), self.basis(tasks, x)
        if seen is None or asked is None or seen.shape[1] < seen.shape[2]:
            return None
        weights = np.linalg.pinv(seen, rcond=LEAST_TOLD) @ np.asarray(support.y, np.float64)
        return np.asarray(asked @ weights)

    def input_range(self) -> tuple[float, float]:
        return INPUT_RANGE


@dataclasses.dataclass(frozen=True)
class PeriodicFamily(CurveFamily):
    """y = A shape(f x - phase): A ~ U[amplitude_min, amplitude_max], phase ~ U[0, phase_max], f ~ U[its range]."""

    amplitude_min: float = param(
        0.1, "Amplitude from", minimum=0.0, maximum=TALLEST, advanced=True, help="Smallest amplitude of a task."
    )
    amplitude_max: float = param(
        5.0, "Amplitude to", minimum=0.0, maximum=TALLEST, advanced=True, help="Largest amplitude of a task."
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
    frequency_min: float = param(
        1.0, "Frequency from", minimum=0.1, maximum=FASTEST, unit="rad", advanced=True, help="One end of the range."
    )
    frequency_max: float = param(
        1.0,
        "Frequency to",
        minimum=0.1,
        maximum=FASTEST,
        unit="rad",
        advanced=True,
        help="The other end; where both are the same, all tasks share one frequency.",
    )

    def check(self) -> None:
        if self.amplitude_min > self.amplitude_max:
            raise SettingError(
                f"Amplitude from (amplitude_min) is {self.amplitude_min:g}; "
                f"it must not exceed amplitude to (amplitude_max), {self.amplitude_max:g}"
            )

    @property
    def num_unknowns(self) -> int | None:
        return 2 + self._has_frequencies

    @property
    def _has_frequencies(self) -> bool:
        return self.frequency_min != self.frequency_max

    @abstractmethod
    def shape(self, tasks: Tasks, angle: Array) -> Array:
        """One period over 2 pi, between -1 and 1, of every task."""

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        reach = self.reach(split)
        amplitude = rng.uniform(self.amplitude_min, self.amplitude_max * reach, num_tasks)
        phase = rng.uniform(0.0, self.phase_max * reach, num_tasks)
        frequency = np.full(num_tasks, self.frequency_min)
        if self._has_frequencies:  # one fixed frequency costs no random numbers: such runs stay what they were
            frequency = uniform(rng, self.frequency_min, self.frequency_max, reach, num_tasks)
        return Tasks({"amplitude": amplitude, "phase": phase, "frequency": frequency})

    def truth(self, tasks: Tasks, x: Array) -> Array:
        names = ("amplitude", "phase", "frequency")
        amplitude, phase, frequency = (tasks.parameters[name][:, None, None] for name in names)
        return np.asarray(amplitude * self.shape(tasks, frequency * x - phase))

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        names = ("amplitude", "phase", "frequency") if self._has_frequencies else ("amplitude", "phase")
        return {name: tasks.parameters[name] for name in names}

    def output_range(self) -> tuple[float, float]:
        tallest = max(self.amplitude_max * self.beyond, 0.5)
        return (-tallest, tallest)


def uniform(rng: np.random.Generator, one_end: float, other_end: float, reach: float, num_tasks: int) -> Array:
    """Numbers between two ends, given in either order, the upper one `reach` times as far."""
    low, high = sorted((one_end, other_end))
    return rng.uniform(low, high * reach, num_tasks)
