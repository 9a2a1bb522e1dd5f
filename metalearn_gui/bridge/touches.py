"""Unseen tasks that a hand can touch, and how learners adapt to them: plain values and functions."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from typing import NamedTuple, Protocol

import numpy as np

from metalearn_gui.engine.adaptation import adapt, places_for, predict_adapted
from metalearn_gui.engine.backend import Array, return_free_memory
from metalearn_gui.engine.episodes import PointSet, Tasks, generator
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.programs import adaptation_program
from metalearn_gui.engine.ratings.asking import catalogue_inputs
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.engine.tasks.ratings import Ratings

CURVE_POINTS = 201
PLANE_SIDE = 44  # squared and with a hundred query points it fits 2,048 padded places
MAX_SUPPORT = 1000
REACH = 1.5  # of the trained inputs' half width, that a curve is drawn over where a point lies beyond them
SLACK = 0.01  # of the trained inputs' width: a point so little beyond them is none
ACTIVATIONS = 2**22  # of a network's widest layer, in one call
ROOM = 8  # points that may be added before the next larger program has to be ready


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


@dataclasses.dataclass(frozen=True)
class Adaptation:
    """How one learner adapts to one task.

    on_grid: predictions (k + 1, m, output_dim), probabilities for classification.
    loss: against the truth (or the query set) by step, (k + 1,); accuracy likewise for classification, else None.
    deviation: the predictions' standard deviations, likewise, for learners that say how sure they are.
    """

    on_grid: Array
    loss: Array
    accuracy: Array | None
    deviation: Array | None = None

    def nearest(self, step: int) -> int:
        """The step, or the last there is."""
        return min(step, len(self.on_grid) - 1)

    def after(self, step: int) -> Array:
        """The predictions (m, output_dim) after so many steps, or after the last there is."""
        predictions: Array = self.on_grid[self.nearest(step)]
        return predictions


class Known(NamedTuple):
    """An adaptation and the task as it was then."""

    task: TouchedTask
    adaptation: Adaptation


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
    return _regridded(dataclasses.replace(task, query=query, grid=grid))


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


# --- adapting -------------------------------------------------------------------------------------


class Adapter:
    """Adapts learners to touched tasks. All calls come from one thread, so nothing is compiled twice.

    A program that is not compiled yet is run eagerly: slower, but there at once.
    """

    def __init__(self, compile: bool) -> None:
        self.compile = compile
        self._warm: set[tuple[object, int, int]] = set()

    def is_warm(self, settings: ExperimentSettings, task: TouchedTask, num_rows: int | None = None) -> bool:
        """Whether this task is adapted to at full speed. num_rows: of its grid that are predicted; None = all."""
        return not self.compile or self._key(settings, len(task.support.x), task, num_rows) in self._warm

    def warm_up(self, settings: ExperimentSettings, state: LearnerState, task: TouchedTask) -> None:
        """Compile for this many points, and for a few more."""
        if not self.compile:
            return
        parts = (None, 1) if _answers_by_row(settings, task) else (None,)
        counts = (len(task.support.x), min(len(task.support.x) + ROOM, MAX_SUPPORT))
        for num_rows, count in itertools.product(parts, counts):
            key = self._key(settings, count, task, num_rows)
            if key not in self._warm:
                support = PointSet(*(values[np.zeros(count, int)] for values in _one_point(task)))
                adapt(settings, state, _as_batch(support), _points_of_interest(task)[None, :num_rows], compile=True)
                self._warm.add(key)
                return_free_memory()

    def adaptation(
        self, settings: ExperimentSettings, state: LearnerState, task: TouchedTask, known: Known | None = None
    ) -> Adaptation:
        """Predictions on the grid and the loss, step by step.

        Args:
            known: what it came to a moment ago; where one picture to predict is all that has changed since, the
                others' predictions stay.
        """
        if known is not None and _answers_by_row(settings, task) and self.is_warm(settings, task, 1):
            rows = _new_rows(task, known.task)
            if rows is not None:
                return self._with_rows(settings, state, task, known.adaptation, rows)
        compiled = self.compile and self.is_warm(settings, task)
        path = adapt(settings, state, _as_batch(task.support), _points_of_interest(task)[None], compile=compiled)
        judged = _judged(settings.tasks, task, *_parted(task, path.predictions[:, 0]))
        if path.deviation is None:
            return judged
        return dataclasses.replace(judged, deviation=path.deviation[:, 0, : len(task.grid)])

    def _with_rows(
        self, settings: ExperimentSettings, state: LearnerState, task: TouchedTask, known: Adaptation, rows: Array
    ) -> Adaptation:
        """What is known, with these rows of the grid predicted anew."""
        on_grid = known.on_grid.copy()
        if len(rows):
            path = adapt(settings, state, _as_batch(task.support), task.grid[None, rows], compile=self.compile)
            on_grid[:, rows] = path.predictions[:, 0]
        return _judged(settings.tasks, task, *_parted(task, on_grid))

    def steered(
        self,
        settings: ExperimentSettings,
        state: LearnerState,
        task: TouchedTask,
        adapted: Mapping[str, Array],
        own: Adaptation,
    ) -> Adaptation:
        """The learner's own adaptation, given way from step 1 on to what a hand has put in its place.

        Args:
            adapted: what the learner's `predict` needs, for this one task.
        """
        batch = {name: values[None] for name, values in adapted.items()}
        points = predict_adapted(settings, state, batch, _points_of_interest(task)[None], self.compile)
        end = _judged(settings.tasks, task, *_parted(task, points))
        accuracy = None if end.accuracy is None or own.accuracy is None else _led_to(own.accuracy, end.accuracy)
        return Adaptation(_led_to(own.on_grid, end.on_grid), _led_to(own.loss, end.loss), accuracy)

    def losses(
        self, settings: ExperimentSettings, state: LearnerState, task: TouchedTask, adapted: Mapping[str, Array]
    ) -> Array:
        """The touched task's loss with each of many things in the place of what the learner adapts to, (many,).

        Args:
            adapted: what the learner's `predict` needs, (many, ...) by name.
        """
        points = _points_of_interest(task)
        many = len(next(iter(adapted.values())))
        size = min(many, max(1, ACTIVATIONS // (len(points) * settings.network.largest_activation)))
        x = np.broadcast_to(points, (size, *points.shape))
        losses = []
        for start in range(0, many, size):  # the last slice is filled up: another shape would be traced anew
            places = np.minimum(np.arange(start, start + size), many - 1)
            part = {name: values[places] for name, values in adapted.items()}
            predictions = predict_adapted(settings, state, part, x, self.compile)
            losses.append(_judged(settings.tasks, task, *_parted(task, predictions)).loss)
        return np.concatenate(losses)[:many]

    def _key(
        self, settings: ExperimentSettings, count: int, task: TouchedTask, num_rows: int | None
    ) -> tuple[object, int, int]:
        program = adaptation_program(settings, settings.outer.test_steps, keep=True)
        return program, places_for(settings, count), places_for(settings, num_rows or len(_points_of_interest(task)))


def _answers_by_row(settings: ExperimentSettings, task: TouchedTask) -> bool:
    """Whether one row can be predicted alone, and it is worth it: convolutions take their time with every picture."""
    return task.has_rows and not settings.network.compiles and not settings.network.is_transductive


def _new_rows(task: TouchedTask, before: TouchedTask) -> Array | None:
    """Places of the grid whose rows were others before, one at most; None where more than that has changed."""
    if task.support is not before.support or task.grid.shape != before.grid.shape:
        return None
    places = np.flatnonzero((task.grid != before.grid).any(axis=1))
    return places if len(places) <= 1 else None


def _led_to(path: Array, end: Array) -> Array:
    """The path's start, then the end at every step."""
    return np.concatenate([path[:1], np.repeat(end, len(path) - 1, axis=0)])


def _one_point(task: TouchedTask) -> tuple[Array, Array]:
    x, y = task.query.x, task.query.y
    return x[:1], y[:1]


def _as_batch(points: PointSet) -> PointSet:
    return PointSet(points.x[None], points.y[None])


def _points_of_interest(task: TouchedTask) -> Array:
    """Where predictions are wanted: on the grid and at the query points, which a grid of rows has already."""
    return task.grid if task.has_rows else np.concatenate([task.grid, task.query.x])


def _parted(task: TouchedTask, predictions: Array) -> tuple[Array, Array]:
    """Predictions (steps, points, ...) at those, apart: on the grid, and at the query points."""
    if not task.has_rows:
        on_grid, on_query = np.split(predictions, [len(task.grid)], axis=1)
        return on_grid, on_query
    places = {row.tobytes(): place for place, row in enumerate(task.grid)}
    return predictions, predictions[:, [places[row.tobytes()] for row in task.query.x]]


def _judged(family: TaskFamily, task: TouchedTask, on_grid: Array, on_query: Array) -> Adaptation:
    """With the loss on what was trained for, however far the grid reaches."""
    with np.errstate(over="ignore", invalid="ignore"):  # a learner may diverge beyond its trained steps
        if family.kind == "classification":
            return Adaptation(on_grid, *_classification_scores(on_query, np.asarray(task.query.y)))
        predictions, targets = (on_query, task.query.y) if task.truth is None else (on_grid, task.truth)
        if family.view == "curve" and task.truth is not None:
            low, high = family.input_range()
            trained = (task.grid[:, 0] >= low) & (task.grid[:, 0] <= high)
            predictions, targets = predictions[:, trained], targets[trained]
        return Adaptation(on_grid, np.mean((predictions - targets) ** 2, axis=(1, 2)), None)


def _classification_scores(probabilities: Array, labels: Array) -> tuple[Array, Array]:
    """Mean negative log likelihood and accuracy by step."""
    chosen = probabilities[:, np.arange(len(labels)), labels]
    loss = -np.log(np.maximum(chosen, np.finfo(np.float32).tiny)).mean(axis=1)
    return loss, (probabilities.argmax(axis=-1) == labels).mean(axis=1)


def task_key(settings: ExperimentSettings) -> tuple[object, ...]:
    """What a stream of unseen tasks depends on."""
    return (settings.tasks, settings.episodes.shots, settings.episodes.queries, settings.seed)
