"""How learners adapt to touched tasks: compiled where that is ready, and judged step by step."""

from __future__ import annotations

import dataclasses
import itertools
import weakref
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from metalearn_gui.bridge.touches import MAX_SUPPORT, TouchedTask
from metalearn_gui.engine.adaptation import adapt, outputs_adapted, places_for, told
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.memory import return_free_memory
from metalearn_gui.engine.programs import adaptation_program
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.task_programs import AdaptationProgram
from metalearn_gui.engine.tasks.base import TaskFamily

ACTIVATIONS = 2**22  # of a network's widest layer, in one call
ROOM = 8  # points that may be added before the next larger program has to be ready


@dataclasses.dataclass(frozen=True)
class Adaptation:
    """How one learner adapts to one task.

    on_grid: predictions (k + 1, m, output_dim), probabilities for classification.
    loss: against the truth (or the query set) by step, (k + 1,); accuracy likewise for classification, else None.
    deviation: the predictions' standard deviations, likewise, for learners that say how sure they are.
    outputs: what on_grid tells, of classes the logarithms; None = kept by nobody.
    """

    on_grid: Array
    loss: Array
    accuracy: Array | None
    deviation: Array | None = None
    outputs: Array | None = None

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


class Adapter:
    """Adapts learners to touched tasks. All calls come from one thread, so nothing is compiled twice.

    A program that is not compiled yet is run eagerly: slower, but there at once.
    """

    def __init__(self, compile: bool) -> None:
        self.compile = compile
        self._warm: weakref.WeakKeyDictionary[object, set[tuple[int, int]]] = weakref.WeakKeyDictionary()  # by program

    def is_warm(self, settings: ExperimentSettings, task: TouchedTask, num_rows: int | None = None) -> bool:
        """Whether this task is adapted to at full speed. num_rows: of its grid that are predicted; None = all."""
        if not self.compile:
            return True
        program, size = self._key(settings, len(task.support.x), task, num_rows)
        return size in self._warm.get(program, ())

    def has_compiled(self, settings: ExperimentSettings) -> bool:
        """Whether an adaptation is compiled, for any number of points: of many structures the last ones are kept."""
        return bool(self._warm.get(adaptation_program(settings, settings.outer.test_steps, keep=True)))

    def warm_up(self, settings: ExperimentSettings, state: LearnerState, task: TouchedTask) -> None:
        """Compile for this many points, and for a few more."""
        if not self.compile:
            return
        parts = (None, 1) if _answers_by_row(settings, task) else (None,)
        counts = (len(task.support.x), min(len(task.support.x) + ROOM, MAX_SUPPORT))
        for num_rows, count in itertools.product(parts, counts):
            program, size = self._key(settings, count, task, num_rows)
            warm = self._warm.setdefault(program, set())
            if size not in warm:
                support = PointSet(*(values[np.zeros(count, int)] for values in _one_point(task)))
                adapt(settings, state, _as_batch(support), _points_of_interest(task)[None, :num_rows], compile=True)
                warm.add(size)
                return_free_memory()

    def adaptation(
        self,
        settings: ExperimentSettings,
        state: LearnerState,
        task: TouchedTask,
        known: Known | None = None,
        first_steps: int | None = None,
    ) -> Adaptation:
        """Predictions on the grid and the loss, step by step.

        Args:
            known: what it came to a moment ago; where one picture to predict is all that has changed since, the
                others' predictions stay.
            first_steps: where nothing is compiled yet, no more steps than these: each takes some 15 ms then.
        """
        if known is not None and _answers_by_row(settings, task) and self.is_warm(settings, task, 1):
            rows, outputs = _new_rows(task, known.task), known.adaptation.outputs
            if rows is not None and outputs is not None and len(outputs) > settings.outer.test_steps:
                return self._with_rows(settings, state, task, outputs, rows)
        is_warm = self.is_warm(settings, task)
        steps, compiled = None if is_warm else first_steps, self.compile and is_warm
        path = adapt(settings, state, _as_batch(task.support), _points_of_interest(task)[None], steps, compiled)
        judged = _judged(settings.tasks, task, *_parted(task, path.outputs[:, 0]))
        if path.deviation is None:
            return judged
        return dataclasses.replace(judged, deviation=path.deviation[:, 0, : len(task.grid)])

    def _with_rows(
        self, settings: ExperimentSettings, state: LearnerState, task: TouchedTask, known: Array, rows: Array
    ) -> Adaptation:
        """The outputs that are known, with these rows of the grid predicted anew."""
        on_grid = known.copy()
        if len(rows):
            path = adapt(settings, state, _as_batch(task.support), task.grid[None, rows], compile=self.compile)
            on_grid[:, rows] = path.outputs[:, 0]
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
        points = outputs_adapted(settings, state, batch, _points_of_interest(task)[None], self.compile)
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
            outputs = outputs_adapted(settings, state, part, x, self.compile)
            losses.append(_judged(settings.tasks, task, *_parted(task, outputs)).loss)
        return np.concatenate(losses)[:many]

    def _key(
        self, settings: ExperimentSettings, count: int, task: TouchedTask, num_rows: int | None
    ) -> tuple[AdaptationProgram, tuple[int, int]]:
        num_queries = num_rows or len(_points_of_interest(task))
        size = places_for(settings, count), places_for(settings, num_queries)
        return adaptation_program(settings, settings.outer.test_steps, keep=True), size


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


def _parted(task: TouchedTask, outputs: Array) -> tuple[Array, Array]:
    """Outputs (steps, points, ...) at those, apart: on the grid, and at the query points."""
    if not task.has_rows:
        on_grid, on_query = np.split(outputs, [len(task.grid)], axis=1)
        return on_grid, on_query
    places = {row.tobytes(): place for place, row in enumerate(task.grid)}
    return outputs, outputs[:, [places[row.tobytes()] for row in task.query.x]]


def _judged(family: TaskFamily, task: TouchedTask, on_grid: Array, on_query: Array) -> Adaptation:
    """With the loss on what was trained for, however far the grid reaches."""
    with np.errstate(over="ignore", invalid="ignore"):  # a learner may diverge beyond its trained steps
        outputs = on_grid if task.has_rows else None
        if family.kind == "classification":
            named = task.named
            scores = _classification_scores(on_query[:, named], np.asarray(task.query.y)[named])
            return Adaptation(told(family.kind, on_grid), *scores, outputs=outputs)
        predictions, targets = (on_query, task.query.y) if task.truth is None else (on_grid, task.truth)
        if family.view == "curve" and task.truth is not None:
            low, high = family.input_range()
            trained = (task.grid[:, 0] >= low) & (task.grid[:, 0] <= high)
            predictions, targets = predictions[:, trained], targets[trained]
        return Adaptation(on_grid, np.mean((predictions - targets) ** 2, axis=(1, 2)), None, outputs=outputs)


def _classification_scores(logs: Array, labels: Array) -> tuple[Array, Array]:
    """Mean negative log likelihood and accuracy by step, of logarithms of probabilities (steps, points, ways)."""
    loss = -logs[:, np.arange(len(labels)), labels].mean(axis=1)
    return loss, (logs.argmax(axis=-1) == labels).mean(axis=1)
