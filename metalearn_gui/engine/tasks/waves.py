"""Waves: square, saw and triangle waves, whose edges no smooth network draws for free."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.curve import PeriodicFamily

WAVES = ("square", "saw", "triangle")


@dataclasses.dataclass(frozen=True)
class Waves(PeriodicFamily):
    """A wave of the chosen form with its own height and phase; mixed: each task has one of the three forms."""

    key = "waves"
    label = "Waves"
    summary = "Every task is a square, saw or triangle wave; where its edges are, points only hint at."

    wave: str = param("mixed", "Form", choices=("mixed", *WAVES), help="The form of the waves; mixed = any of three.")

    @property
    def num_unknowns(self) -> int | None:
        """None: where an edge lies between two points, no point tells; a triangle's corners alone are told."""
        return super().num_unknowns if self.wave == "triangle" else None

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        tasks = super().tasks(rng, num_tasks, split)
        if self.wave == "mixed":
            form = rng.integers(0, len(WAVES), num_tasks)
        else:
            form = np.full(num_tasks, WAVES.index(self.wave))
        return Tasks({**tasks.parameters, "form": form})

    def shape(self, tasks: Tasks, angle: Array) -> Array:
        turn = np.mod(angle / (2 * np.pi), 1.0)
        square = np.where(turn < 0.5, 1.0, -1.0)
        saw = 2 * np.mod(turn + 0.5, 1.0) - 1
        triangle = 1 - 4 * np.abs(np.mod(turn + 0.25, 1.0) - 0.5)
        form = tasks.parameters["form"][:, None, None]
        return np.asarray(np.choose(form, (square, saw, triangle)))
