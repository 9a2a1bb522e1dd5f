"""What families of classes in the plane share, and those of shapes: one per class, and each task's own map of it."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet, Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.base import TaskFamily

FRAME, SHAPES_FRAME = 3.0, 2.25  # the second without noise


@dataclasses.dataclass(frozen=True)
class PlaneFamily(TaskFamily):
    """Points of `ways` classes, each point two numbers within the frame."""

    kind = "classification"
    view = "plane"

    ways: int = param(2, "Ways", minimum=2, maximum=10, unit="classes", help="Classes in an episode.")

    @abstractmethod
    def places(self, tasks: Tasks, labels: Array, rng: np.random.Generator) -> Array:
        """A random point of every class asked for, in every task: (tasks, len(labels), 2)."""

    @property
    def input_dim(self) -> int:
        return 2

    @property
    def output_dim(self) -> int:
        return self.ways

    @property
    def fixed_dims(self) -> str:
        return "a point of the plane has two numbers, and there is one output per class"

    def draw(self, tasks: Tasks, rng: np.random.Generator, shots: int, queries: int) -> Episodes:
        return Episodes(self._points(tasks, rng, shots), self._points(tasks, rng, queries))

    def input_range(self) -> tuple[float, float]:
        return (-FRAME * self.beyond, FRAME * self.beyond)

    def output_range(self) -> tuple[float, float]:
        return self.input_range()

    def _points(self, tasks: Tasks, rng: np.random.Generator, per_class: int) -> PointSet:
        """Points in the order class 0, 1, ..., 0, 1, ...: any prefix of whole shots is balanced."""
        labels = np.tile(np.arange(self.ways, dtype=np.int32), per_class)
        x = self.places(tasks, labels, rng)
        return PointSet(x.astype(np.float32), np.tile(labels, (tasks.num_tasks, 1)))


@dataclasses.dataclass(frozen=True)
class ShapeFamily(PlaneFamily):
    """`ways` shapes a task, turned, stretched and moved together; which shape has which label is new in every task."""

    noise: float = param(0.1, "Noise", minimum=0.0, maximum=2.0, help="Standard deviation around the shapes.")
    rotation: float = param(
        180.0, "Rotation", minimum=0.0, maximum=180.0, unit="degrees", advanced=True,
        help="Tasks are turned by up to so much, either way.",
    )  # fmt: skip
    anisotropy: float = param(
        1.5, "Anisotropy", minimum=1.0, maximum=5.0, unit="times", advanced=True,
        help="How much longer than wide a task may be stretched.",
    )  # fmt: skip

    @abstractmethod
    def shapes(self, labels: Array, rng: np.random.Generator) -> Array:
        """A random noiseless point of every class asked for, within about the unit circle: (*labels.shape, 2)."""

    def input_range(self) -> tuple[float, float]:
        """Closer than that of blobs: shapes lie in the middle. It holds all but a few of ten thousand points."""
        frame = min(SHAPES_FRAME + 2.5 * self.noise, FRAME) * self.beyond
        return (-frame, frame)

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        reach = self.reach(split)
        turn = np.deg2rad(rng.uniform(-self.rotation, self.rotation, num_tasks))
        stretch = self.anisotropy ** rng.uniform(-0.5, 0.5, num_tasks)
        size = 0.6 * FRAME * reach * rng.uniform(0.75, 1.0, num_tasks)
        return Tasks({
            "turn": turn,
            "scale": np.stack([size * stretch, size / stretch], axis=-1) / np.sqrt(self.anisotropy),
            "shift": rng.uniform(-0.2, 0.2, (num_tasks, 2)) * FRAME * reach,
            "order": rng.permuted(np.tile(np.arange(self.ways), (num_tasks, 1)), axis=1),
        })  # fmt: skip

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        scale = tasks.parameters["scale"]
        return {"turn": np.rad2deg(tasks.parameters["turn"]), "stretch": scale.max(axis=1) / scale.min(axis=1)}

    def places(self, tasks: Tasks, labels: Array, rng: np.random.Generator) -> Array:
        points = self.shapes(tasks.parameters["order"][:, labels], rng) * tasks.parameters["scale"][:, None]
        cosine, sine = np.cos(tasks.parameters["turn"])[:, None], np.sin(tasks.parameters["turn"])[:, None]
        x, y = points[..., 0], points[..., 1]
        turned = np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1)
        return np.asarray(turned + tasks.parameters["shift"][:, None] + rng.normal(0.0, self.noise, turned.shape))
