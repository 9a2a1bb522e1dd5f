"""Unseen tasks that a hand can touch: plain values and functions."""

from __future__ import annotations

import dataclasses
from typing import Protocol

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet, Tasks, generator
from metalearn_gui.engine.ratings.asking import catalogue_inputs
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.engine.tasks.ratings import Ratings

CURVE_POINTS = 201
PLANE_SIDE = 44  # squared and with a hundred query points it fits 2,048 padded places
MAX_SUPPORT = 1000
REACH = 1.5  # of the trained inputs' half width, that a curve is drawn over where a point lies beyond them
SLACK = 0.01  # of the trained inputs' width: a point so little beyond them is none


class Places(Protocol):
    """Places among the inputs of a task, which may follow from its rows."""

    def points(self, rows: Array) -> Array:
        """(n, input_dim), given all support and then all query rows (m, input_dim)."""
        ...


@dataclasses.dataclass(frozen=True)
class TouchedTask:
    """An unseen task under the hand.

    support: x (n, input_dim), y (n, output_dim) float32 or (n,) int32; mask None.
    query: the episode's own query set, likewise.
    grid: x (m, input_dim) where predictions are drawn (curve: 201 points; plane: a square grid; ratings: all rows and
        popular items; else all rows).
    truth: noiseless targets on the grid (m, output_dim), or None.
    block: the task's place in the stream of unseen tasks; drawing it again gives the points back as they were.
    has_rows: whether the grid is the rows of the support and of the query set.
    looked_at: says where else predictions are wanted; then the grid is all support rows, all query rows and those
        places, whatever is done to the points.
    unnamed: queries that a hand has drawn anew, whose class nobody has said since: no score counts them.
    """

    tasks: Tasks  # one task
    support: PointSet
    query: PointSet
    grid: Array
    truth: Array | None
    description: dict[str, float]
    block: int = 0
    has_rows: bool = False
    looked_at: Places | None = None
    unnamed: frozenset[int] = frozenset()

    @property
    def named(self) -> Array:
        """Which queries (n,) have a class that a prediction can be held against; all, where none has."""
        named = np.array([place not in self.unnamed for place in range(len(self.query.x))], bool)
        return named if named.any() else ~named


@dataclasses.dataclass(frozen=True, eq=False)
class UnitAnswers:
    """What a unit of the network answers at each place of a task's grid, (m,); name: which unit.

    A channel of a network that looks at images: its map of the first query, (height, width), from 0 to 1.
    """

    name: str
    values: Array


def draw_task(settings: ExperimentSettings, block: int) -> TouchedTask:
    """The unseen task at a place of the stream. block: at least 1; 0 is the evaluation's."""
    rng = generator(settings.seed, "test", block)
    tasks = settings.tasks.tasks(rng, 1, "test")
    drawn = settings.tasks.draw(tasks, rng, settings.episodes.shots, settings.episodes.queries)
    support, query = (PointSet(np.array(points.x[0]), np.array(points.y[0])) for points in drawn.parts)
    return placed_task(settings, block, tasks, support, query)


def placed_task(
    settings: ExperimentSettings, block: int, tasks: Tasks, support: PointSet, query: PointSet
) -> TouchedTask:
    """A task with its points as they lie, and what follows from them."""
    family = settings.tasks
    grid = GRIDS.get(family.view, _all_rows)(family, tasks, support, query)
    truth = family.truth(tasks, grid[None])
    return TouchedTask(
        tasks=tasks,
        support=support,
        query=query,
        grid=grid,
        truth=None if truth is None else np.asarray(truth[0], np.float32),
        description={name: float(values[0]) for name, values in family.describe(tasks).items()},
        block=block,
        has_rows=family.view not in GRIDS,
    )


def _curve_grid(family: TaskFamily, tasks: Tasks, support: PointSet, query: PointSet) -> Array:
    span = reached(family) if _is_beyond(family, support) else family.input_range()
    return np.linspace(*span, CURVE_POINTS, dtype=np.float32)[:, None]


def reached(family: TaskFamily) -> tuple[float, float]:
    """Inputs that a hand may ask about: the trained ones, and as far again beyond them as shows where trust ends."""
    low, high = family.input_range()
    middle, half = (low + high) / 2, REACH * (high - low) / 2
    return middle - half, middle + half


def _is_beyond(family: TaskFamily, support: PointSet) -> bool:
    low, high = family.input_range()
    slack = SLACK * (high - low)
    return bool(np.any((support.x < low - slack) | (support.x > high + slack)))


def _plane_grid(family: TaskFamily, tasks: Tasks, support: PointSet, query: PointSet) -> Array:
    side = np.linspace(*family.input_range(), PLANE_SIDE, dtype=np.float32)
    return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)


def _all_rows(family: TaskFamily, tasks: Tasks, support: PointSet, query: PointSet) -> Array:
    """Rows that are adapted to beside rows that are not: what is learned of the one says nothing of the other."""
    return np.concatenate([support.x, query.x])


def _catalogue(family: TaskFamily, tasks: Tasks, support: PointSet, query: PointSet) -> Array:
    """What a user has rated, what is foretold, and what most others have rated."""
    assert isinstance(family, Ratings)
    popular = catalogue_inputs(family, int(tasks.parameters["user"][0]))
    return np.concatenate([support.x, query.x, popular])


GRIDS = {"curve": _curve_grid, "plane": _plane_grid, "ratings": _catalogue}


def seen_whole(family: TaskFamily, task: TouchedTask) -> TouchedTask:
    """The task itself, or on a grid that reaches as far as its points do.

    A grid that reaches beyond the trained inputs stays: under a moving hand it would come and go.
    """
    low, _ = family.input_range()
    if family.view != "curve" or task.grid[0, 0] < low or not _is_beyond(family, task.support):
        return task
    grid = _curve_grid(family, task.tasks, task.support, task.query)
    truth = family.truth(task.tasks, grid[None])
    return dataclasses.replace(task, grid=grid, truth=None if truth is None else np.asarray(truth[0], np.float32))


# --- points ---------------------------------------------------------------------------------------


def with_moved_point(task: TouchedTask, index: int, x: Array, y: Array | int) -> TouchedTask:
    """One support point elsewhere; where the grid is rows, its row goes with it."""
    support = _with_point(task.support, index, x, y)
    grid = _with_row(task, task.support.x[index], support.x[index])
    return _regridded(dataclasses.replace(task, support=support, grid=grid))


def with_moved_query(task: TouchedTask, index: int, x: Array, y: Array | int) -> TouchedTask:
    """One query point elsewhere, likewise."""
    query = _with_point(task.query, index, x, y)
    grid = _with_row(task, task.query.x[index], query.x[index])
    is_drawn = not np.array_equal(query.x[index], task.query.x[index])
    unnamed = task.unnamed | {index} if is_drawn else task.unnamed - {index}
    return _regridded(dataclasses.replace(task, query=query, grid=grid, unnamed=unnamed))


def _with_point(points: PointSet, index: int, x: Array, y: Array | int) -> PointSet:
    new_x, new_y = points.x.copy(), points.y.copy()
    new_x[index], new_y[index] = x, y
    return PointSet(new_x, new_y)


def _with_row(task: TouchedTask, old: Array, new: Array) -> Array:
    """The grid with a row in the place of another; beside it, where a second point has the same numbers."""
    if not task.has_rows:
        return task.grid
    is_old = (task.grid == old).all(axis=1)
    num_alike = sum(int((points.x == old).all(axis=1).sum()) for points in (task.support, task.query))
    if num_alike > 1 and is_old.any() and task.truth is None:
        return np.concatenate([task.grid, new[None]])
    return np.where(is_old[:, None], new, task.grid)


def with_added_point(task: TouchedTask, x: Array, y: Array | int) -> TouchedTask:
    """One support point more, at the end."""
    support = task.support
    new_x = np.asarray(x, support.x.dtype).reshape(1, *support.x.shape[1:])
    new_y = np.asarray(y, support.y.dtype).reshape(1, *support.y.shape[1:])
    return with_support(task, np.concatenate([support.x, new_x]), np.concatenate([support.y, new_y]))


def without_point(task: TouchedTask, index: int) -> TouchedTask:
    """One support point less; none left is fine."""
    return with_support(task, np.delete(task.support.x, index, 0), np.delete(task.support.y, index, 0))


def with_support(task: TouchedTask, x: Array, y: Array) -> TouchedTask:
    """Another support set; where the grid is rows, those that are new are in it only beside `looked_at`."""
    return _regridded(dataclasses.replace(task, support=PointSet(x, y)))


def looking_at(task: TouchedTask, places: Places) -> TouchedTask:
    """Predictions are wanted at these places too: for a task whose grid is rows."""
    return _regridded(dataclasses.replace(task, looked_at=places))


def _regridded(task: TouchedTask) -> TouchedTask:
    if task.looked_at is None:
        return task
    rows = np.concatenate([task.support.x, task.query.x])
    return dataclasses.replace(task, grid=np.concatenate([rows, task.looked_at.points(rows)]))


def task_key(settings: ExperimentSettings) -> tuple[object, ...]:
    """What a stream of unseen tasks depends on."""
    return (settings.tasks, settings.episodes.shots, settings.episodes.queries, settings.seed)
