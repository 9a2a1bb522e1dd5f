"""What the view "Inside" shows, made in numpy: the same parts and signals as bridge.inside.Inside."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.landscape import ASPECT, Landscape
from metalearn_gui.bridge.task_space import TaskSpace
from metalearn_gui.bridge.touches import TouchedTask, draw_task
from metalearn_gui.engine.landscape import grid_places, plane_of, reach_of


class FakePart(QObject):
    """A part that is there once it is shown one, and counts who watches."""

    changed = Signal()
    waited = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.result: Any = None
        self.watchers = 0
        self.so_far = self.lack = ""

    def watch(self, on: bool) -> None:
        self.watchers += 1 if on else -1

    def show(self, result: Any) -> None:
        """What the worker would answer."""
        self.result = result
        self.changed.emit()


class FakeLandscape(FakePart):
    kind, seed = "path", 0

    def choose(self, kind: str, seed: int = 0) -> None:
        self.kind, self.seed = kind, seed


class FakeSpace(FakePart):
    embeds = False

    def choose(self, embeds: bool) -> None:
        self.embeds = embeds


class FakeInside(QObject):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.landscape = FakeLandscape(self)
        self.start = FakePart(self)
        self.space = FakeSpace(self)
        self.gradients = FakePart(self)
        self.way = FakePart(self)


def bowl(task: TouchedTask, steps: int = 5) -> Landscape:
    """Gradient descent in a bowl, half of the way to its bottom with every step."""
    start, rows = np.array([[1.0, 2.0, -1.0]]), 21
    way = {"w": start * 0.5 ** np.arange(steps + 1)[:, None], "b": np.zeros((steps + 1, 2))}
    way["b"][1:] = np.array([0.3, -0.1]) * np.arange(1, steps + 1)[:, None]
    plane = plane_of(way)
    reach = reach_of(plane, ASPECT)
    cells = plane.adapted(grid_places(reach, (rows, round(rows * ASPECT))))

    def loss(parts: dict[str, np.ndarray]) -> np.ndarray:
        return np.square(parts["w"]).sum(axis=1) + 0.01

    return Landscape(task, plane, reach, loss(cells).reshape(rows, -1), loss(way), way)


def space(session: Any, count: int = 12) -> TaskSpace:
    """Tasks of the session's family; the later one has the larger loss, and the last one diverges."""
    tasks = tuple(draw_task(session.shown.settings, 100 + place) for place in range(count))
    described = {name: np.array([task.description[name] for task in tasks]) for name in tasks[0].description}
    losses = np.linspace(0.1, 5.0, count) * np.linspace(2.0, 1.0, session.unseen.num_steps + 1)[:, None]
    losses[:, -1] = np.nan
    places = np.random.default_rng(0).normal(size=(count, 2))
    return TaskSpace(tasks, described, losses, len(tasks), places, np.array([0.7, 0.2]))
