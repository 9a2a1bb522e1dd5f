"""Blobs: few-shot classification in the plane. Each task is its own set of Gaussian clusters."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.plane import FRAME, PlaneFamily

SPREAD = 1.6  # centres lie on a ring of about this radius, so that classes are apart but order says nothing
NEAREST, FARTHEST = 0.6, 1.3  # of its centres, in radii of the ring


@dataclasses.dataclass(frozen=True)
class Blobs(PlaneFamily):
    """`ways` clusters a task; which class sits where is drawn anew, so a label means nothing across tasks."""

    key = "blobs"
    label = "Blobs"
    summary = "Every task is a few clusters in the plane; which class lies where is new each time."

    ways: int = param(3, "Ways", minimum=2, maximum=10, unit="classes", help="Classes in an episode.")
    noise: float = param(0.35, "Spread", minimum=0.01, maximum=2.0, help="Standard deviation of a cluster.")

    def input_range(self) -> tuple[float, float]:
        """It holds all but one in a thousand points, however far clusters spread."""
        frame = max(FRAME * self.beyond, FARTHEST * SPREAD * self.beyond + 3.0 * self.noise)
        return (-frame, frame)

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        turn = rng.uniform(0.0, 2 * np.pi, (num_tasks, 1))
        order = rng.permuted(np.tile(np.arange(self.ways), (num_tasks, 1)), axis=1)
        angle = turn + 2 * np.pi * (order + rng.uniform(-0.25, 0.25, order.shape)) / self.ways
        radius = SPREAD * self.reach(split) * rng.uniform(NEAREST, FARTHEST, order.shape)
        centres = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
        return Tasks({"centres": centres})

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        centres = tasks.parameters["centres"]
        gaps = np.linalg.norm(centres[:, :, None] - centres[:, None], axis=-1)
        gaps[:, np.arange(self.ways), np.arange(self.ways)] = np.inf
        return {"closest classes": gaps.min(axis=(1, 2))}

    def places(self, tasks: Tasks, labels: Array, rng: np.random.Generator) -> Array:
        x = tasks.parameters["centres"][:, labels]
        return np.asarray(x + rng.normal(0.0, self.noise, x.shape))
