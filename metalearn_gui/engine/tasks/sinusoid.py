"""Sinusoids: y = A sin(f x - phase), the regression family of Finn et al. (2017), section 5.1, where f is 1."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Tasks
from metalearn_gui.engine.tasks.curve import PeriodicFamily


@dataclasses.dataclass(frozen=True)
class Sinusoid(PeriodicFamily):
    """A ~ U[0.1, 5], phase ~ U[0, pi], f = 1, unless the settings say otherwise."""

    key = "sinusoid"
    label = "Sinusoid"
    summary = "Every task is a sine wave of its own height and phase; a few points tell which."

    def shape(self, tasks: Tasks, angle: Array) -> Array:
        return np.asarray(np.sin(angle))

    def basis(self, tasks: Tasks, x: Array) -> Array:
        """Knowing the task's frequency, as the rest is told by the points."""
        angle = tasks.parameters["frequency"][:, None, None] * np.asarray(x, np.float64)
        return np.concatenate([np.sin(angle), np.cos(angle)], axis=-1)
