"""Harmonics: a sine and its octave, y = A1 sin(f x - phase1) + A2 sin(2 f x - phase2).

After Lacoste et al. (2018), arXiv:1806.07528, with inputs and amplitudes in the ranges of the other curves here.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.curve import FASTEST, TALLEST, CurveFamily, uniform

NUM_SINES = 2


@dataclasses.dataclass(frozen=True)
class Harmonics(CurveFamily):
    """A1, A2 ~ U[0, sine_max], phases ~ U[0, 2 pi]; f is shared, or each task's own."""

    key = "harmonics"
    label = "Harmonics"
    summary = "Every task is a sum of two sines, one twice as fast as the other: more to tell from as few points."

    frequencies: str = param(
        "shared",
        "Frequencies",
        choices=("shared", "random"),
        help="Shared = the first for all tasks; random = each task has its own from the range.",
    )
    lowest: float = param(
        0.8,
        "Frequency from",
        minimum=0.1,
        maximum=FASTEST,
        unit="rad",
        advanced=True,
        help="Of the slower sine; shared, it is every task's.",
    )
    highest: float = param(
        1.2,
        "Frequency to",
        minimum=0.1,
        maximum=FASTEST,
        unit="rad",
        advanced=True,
        help="Of the slower sine, where each task has its own.",
    )
    sine_max: float = param(
        2.5, "Amplitude to", minimum=0.0, maximum=TALLEST, advanced=True, help="Largest amplitude of a sine."
    )

    @property
    def num_unknowns(self) -> int | None:
        return 2 * NUM_SINES + (self.frequencies == "random")

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        reach = self.reach(split)
        amplitudes = rng.uniform(0.0, self.sine_max * reach, (num_tasks, NUM_SINES))
        phases = rng.uniform(0.0, 2 * np.pi, (num_tasks, NUM_SINES))
        frequency = np.full(num_tasks, self.lowest)
        if self.frequencies == "random":
            frequency = uniform(rng, self.lowest, self.highest, reach, num_tasks)
        return Tasks({"amplitudes": amplitudes, "phases": phases, "frequency": frequency})

    def truth(self, tasks: Tasks, x: Array) -> Array:
        amplitudes, phases = (tasks.parameters[name][:, None] for name in ("amplitudes", "phases"))
        frequencies = tasks.parameters["frequency"][:, None, None] * np.arange(1, NUM_SINES + 1)
        return np.asarray(np.sum(amplitudes * np.sin(frequencies * x - phases), axis=-1, keepdims=True))

    def basis(self, tasks: Tasks, x: Array) -> Array:
        """Knowing the task's frequency."""
        angles = tasks.parameters["frequency"][:, None, None] * np.arange(1, NUM_SINES + 1) * np.asarray(x, np.float64)
        return np.concatenate([np.sin(angles), np.cos(angles)], axis=-1)

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        first, second = tasks.parameters["amplitudes"].T
        named = {"first amplitude": first, "second amplitude": second}
        return named | ({"frequency": tasks.parameters["frequency"]} if self.frequencies == "random" else {})

    def output_range(self) -> tuple[float, float]:
        tallest = max(NUM_SINES * self.sine_max * self.beyond, 0.5)
        return (-tallest, tallest)
