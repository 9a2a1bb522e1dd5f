"""Blobs: few-shot classification in the plane. Each task is its own set of Gaussian clusters."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet, Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.base import TaskFamily

SPREAD = 1.6  # centres lie on a ring of about this radius, so that classes are apart but order says nothing
FRAME = 3.0


@dataclasses.dataclass(frozen=True)
class Blobs(TaskFamily):
    """`ways` clusters a task; which class sits where is drawn anew, so a label means nothing across tasks."""

    key = "blobs"
    label = "Blobs"
    summary = "Every task is a few clusters in the plane; which class lies where is new each time."
    kind = "classification"
    view = "plane"

    ways: int = param(3, "Ways (classes)", minimum=2, maximum=10, unit="classes", help="Classes in an episode.")
    noise: float = param(0.35, "Spread", minimum=0.01, maximum=2.0, help="Standard deviation of a cluster.")

    @property
    def input_dim(self) -> int:
        return 2

    @property
    def output_dim(self) -> int:
        return self.ways

    @property
    def fixed_dims(self) -> str:
        return "a point of the plane has two numbers, and there is one output per class"

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        turn = rng.uniform(0.0, 2 * np.pi, (num_tasks, 1))
        order = rng.permuted(np.tile(np.arange(self.ways), (num_tasks, 1)), axis=1)
        angle = turn + 2 * np.pi * (order + rng.uniform(-0.25, 0.25, order.shape)) / self.ways
        radius = SPREAD * self.reach(split) * rng.uniform(0.6, 1.3, order.shape)
        centres = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
        return Tasks({"centres": centres})

    def draw(self, tasks: Tasks, rng: np.random.Generator, shots: int, queries: int) -> Episodes:
        return Episodes(self._points(tasks, rng, shots), self._points(tasks, rng, queries))

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        centres = tasks.parameters["centres"]
        gaps = np.linalg.norm(centres[:, :, None] - centres[:, None], axis=-1)
        gaps[:, np.arange(self.ways), np.arange(self.ways)] = np.inf
        return {"closest classes": gaps.min(axis=(1, 2))}

    def input_range(self) -> tuple[float, float]:
        return (-FRAME * self.beyond, FRAME * self.beyond)

    def output_range(self) -> tuple[float, float]:
        return (-FRAME * self.beyond, FRAME * self.beyond)

    def _points(self, tasks: Tasks, rng: np.random.Generator, per_class: int) -> PointSet:
        """Points in the order class 0, 1, ..., 0, 1, ...: any prefix of whole shots is balanced."""
        labels = np.tile(np.arange(self.ways, dtype=np.int32), per_class)
        x = tasks.parameters["centres"][:, labels]
        x = x + rng.normal(0.0, self.noise, x.shape)
        y = np.broadcast_to(labels, x.shape[:2])
        return PointSet(x.astype(np.float32), np.ascontiguousarray(y))
