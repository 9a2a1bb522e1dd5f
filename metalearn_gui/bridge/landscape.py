"""The touched task's loss around the way that adapting to it takes: soon and coarse, and fine at rest."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QObject, QTimer

from metalearn_gui.bridge.adapter import Adapter
from metalearn_gui.bridge.latest import Latest
from metalearn_gui.bridge.shown import Shown
from metalearn_gui.bridge.touches import TouchedTask
from metalearn_gui.bridge.unseen import UnseenTasks
from metalearn_gui.bridge.watched import Watched
from metalearn_gui.engine.adaptation import way_of
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.landscape import Plane, finite_steps, grid_places, plane_of, reach_of

REST_MS = 300
ASPECT = 1.55  # width over height of the part of the plane that is looked at


class Grid(NamedTuple):
    """How finely a plane is looked at.

    bands: parts of the rows; what comes meanwhile waits for one of them at most. thin: of a curve every so many points.
    """

    rows: int
    bands: int
    thin: int = 4


COARSE, FINE = Grid(9, 1, thin=8), Grid(60, 6)  # under a moving hand, and once it rests
SLOW = Grid(9, 9)  # where a cell takes a pass of convolutions


@dataclasses.dataclass(frozen=True)
class Landscape:
    """Losses on a grid over a plane, upper row first, and on the way through it.

    losses: (rows, columns). path_losses: (steps + 1,) as far as they are finite; plane.path goes with them.
    way: what adapted, by name, (steps + 1, ...).
    """

    task: TouchedTask
    plane: Plane
    reach: tuple[tuple[float, float], tuple[float, float]]
    losses: Array
    path_losses: Array
    way: Mapping[str, Array]

    def loss_at(self, place: tuple[float, float]) -> float:
        """The loss at a place of the plane, between the middles of the cells around it; NaN outside."""
        (left, right), (low, high) = self.reach
        rows, columns = self.losses.shape
        down, across = (high - place[1]) / (high - low) * rows, (place[0] - left) / (right - left) * columns
        if not (0 <= down <= rows and 0 <= across <= columns):
            return math.nan
        (row, below), (column, beside) = _between(down, rows), _between(across, columns)
        around = self.losses[row : row + 2, column : column + 2]
        if not np.isfinite(around).all():  # no number lies between these: that of the cell itself
            return float(self.losses[min(int(down), rows - 1), min(int(across), columns - 1)])
        return float(np.array([1 - below, below]) @ around @ np.array([1 - beside, beside]))


class LandscapeOfTask(Watched):
    """`result` is a Landscape."""

    purpose = "landscape"
    result: Landscape | None

    def __init__(self, adapter: Adapter, unseen: UnseenTasks, latest: Latest, parent: QObject) -> None:
        super().__init__(unseen, latest, parent)
        self._adapter, self.kind, self.seed = adapter, "path", 0
        self._num_asked = 0
        self._looked_at: tuple[object, ...] = ()  # what the newest one is of, however far the training is
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._ask_fine)
        unseen.taskChanged.connect(self.ask_if_watched)

    def choose(self, kind: str, seed: int = 0) -> None:
        """One of landscape.PLANES; seed: of random directions."""
        self.kind, self.seed = kind, seed
        self.ask_if_watched()

    def ask(self) -> None:
        is_slow = not self.unseen.shown.settings.network.compiles
        if is_slow:  # even a coarse one would hold the next touch up
            self._rest.start()
            return
        self._ask(COARSE)
        self._rest.start()

    def stop(self) -> None:
        super().stop()
        self._num_asked += 1
        self._looked_at = ()
        self._rest.stop()

    def _ask_fine(self) -> None:
        if self.is_watched:
            self._ask(FINE if self.unseen.shown.settings.network.compiles else SLOW)

    def _ask(self, grid: Grid) -> None:
        shown, task = self.unseen.shown, self.unseen.touched
        self._num_asked = asked = self._num_asked + 1
        self._looked_at = looked_at = (self._series, id(task), self.kind, self.seed)

        def is_wanted() -> bool:
            """What takes longer than training takes to go on would else never come while a run goes on."""
            return asked == self._num_asked or (grid is SLOW and looked_at == self._looked_at)

        compute = functools.partial(landscape_of, self._adapter, shown, task, self.kind, self.seed, grid)
        self.request("grid", functools.partial(compute, is_wanted))


def landscape_of(
    adapter: Adapter,
    shown: Shown,
    task: TouchedTask,
    kind: str,
    seed: int,
    grid: Grid,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Landscape | None:
    """The landscape of one task; None where it is given up for what is wanted more.

    Args:
        kind, seed: see landscape.plane_of.
        is_wanted: asked between the bands of the grid; what is one band is answered, or a moving hand would see none.
    """
    settings, state = shown.learners["learner"]
    support = PointSet(task.support.x[None], task.support.y[None])
    way = {name: values[:, 0] for name, values in way_of(settings, state, support, compile=adapter.compile).items()}
    steps = max(finite_steps(way), 1)
    way = {name: values[:steps] for name, values in way.items()}
    plane = plane_of(way, kind, seed)
    reach = reach_of(plane, ASPECT)
    thin = judged_alone(task, settings.tasks.kind, grid.thin)
    losses: list[Array] = []
    for places in np.split(grid_places(reach, (grid.rows, round(grid.rows * ASPECT))), grid.bands):
        if losses and not is_wanted():
            return None
        losses.append(adapter.losses(settings, state, thin, plane.adapted(places)))
    path_losses = np.asarray(adapter.losses(settings, state, task, way))
    return Landscape(task, plane, reach, np.concatenate(losses).reshape(grid.rows, -1), path_losses, way)


def _between(at: float, count: int) -> tuple[int, float]:
    """The former of the two cells whose middles a place lies between, and how far on to the latter it is."""
    from_middle = min(max(at - 0.5, 0.0), count - 1.0)
    former = min(int(from_middle), count - 2)
    return former, from_middle - former


def judged_alone(task: TouchedTask, kind: str, thin: int) -> TouchedTask:
    """The task with the points alone that its loss hangs on, and of a curve every `thin`-th: a cell is a colour."""
    if task.has_rows:
        return task
    if kind == "classification" or task.truth is None:
        return dataclasses.replace(task, grid=task.grid[:1])
    query = PointSet(task.query.x[:1], task.query.y[:1])
    return dataclasses.replace(task, grid=task.grid[::thin], truth=task.truth[::thin], query=query)
