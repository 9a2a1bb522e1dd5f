"""Unseen tasks without a worker: the same signals and methods as bridge.unseen, adaptations made in numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.session import Adaptation, TouchedTask
from metalearn_gui.bridge.touch_history import TouchHistory
from metalearn_gui.bridge.touches import (
    GRIDS,
    UnitAnswers,
    looking_at,
    seen_whole,
    with_added_point,
    with_moved_point,
    with_moved_query,
    with_support,
    without_point,
)
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.learners.base import View


class FakeUnseen(QObject):
    """Behaves like bridge.unseen.UnseenTasks for a panel; what it is asked for stands in the session's calls."""

    taskChanged = Signal()
    adaptedChanged = Signal()
    galleryChanged = Signal()
    stepChanged = Signal()
    viewsChanged = Signal()
    rowChanged = Signal()
    laidOverChanged = Signal()
    handMoved = Signal(bool)
    gestureBegun = Signal()

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self._session = session
        self.views: list[View] = []
        self.context: np.ndarray | None = None
        self.held: dict[str, np.ndarray] = {}
        self.held_loss: float | None = None
        self.compared = {"transfer", "scratch"}
        self.comparable = frozenset(self.compared)
        self.laid_over: UnitAnswers | None = None
        self.is_behind = False
        self.step = 5
        self.row: int | None = None
        self._rng = np.random.default_rng(0)
        self._history = TouchHistory()
        self.draw()

    def adapt_again(self) -> None:
        """What follows from newer weights."""
        self._refresh_adaptations()
        self.adaptedChanged.emit()

    def show_views(self, views: list[View]) -> None:
        """What an inspection would report."""
        self.views = views
        self.viewsChanged.emit()

    def lay_over(self, answers: UnitAnswers | None) -> None:
        self.laid_over = answers
        self.laidOverChanged.emit()

    def set_context(self, context: np.ndarray | None) -> None:
        self._session.calls.append(("set_context", context))
        self.context, self.held = context, {} if context is None else {"context": context}
        self.adaptedChanged.emit()

    def note_hand(self) -> None:
        self._session.calls.append(("note_hand",))

    def set_held(self, held: dict[str, np.ndarray], by_hand: bool = True) -> None:
        self._session.calls.append(("set_held", held))
        self.held, self.held_loss = held, None
        self.adaptedChanged.emit()

    def answer_held(self, loss: float) -> None:
        """What the network in the hand comes to is known."""
        self.held_loss = loss
        self.adaptedChanged.emit()

    @property
    def num_steps(self) -> int:
        settings = self._session.shown.settings
        return min(settings.outer.test_steps, 1) if settings.learner.adapts_once else settings.outer.test_steps

    def new_task(self) -> None:
        self._session.calls.append(("new_task",))
        self.touched, self.row = self._drawn_task(), None
        self.announce()

    def restore_task(self) -> None:
        self._session.calls.append(("restore_task",))
        self.touched, self.row = self._original, None
        self.announce()

    def begin_touch(self) -> None:
        self._history.begin(self.touched)

    def undo_touch(self) -> bool:
        return self._take_touch(self._history.back(self.touched))

    def redo_touch(self) -> bool:
        return self._take_touch(self._history.forth(self.touched))

    def _take_touch(self, task: TouchedTask | None) -> bool:
        if task is not None:
            self.touched = task
            self.announce()
        return task is not None

    def choose_row(self, row: int | None) -> None:
        if row != self.row:
            self.row = row
            self.rowChanged.emit()

    def move_point(self, index: int, x: object, y: object) -> None:
        self._set_task(with_moved_point(self.touched, index, x, y))

    def move_query(self, index: int, x: object, y: object) -> None:
        self.touched = with_moved_query(self.touched, index, x, y)
        self.announce()

    def add_point(self, x: object, y: object) -> None:
        self._set_task(with_added_point(self.touched, x, y))

    def remove_point(self, index: int) -> None:
        self._set_task(without_point(self.touched, index))

    def set_support(self, x: np.ndarray, y: np.ndarray) -> None:
        self._set_task(with_support(self.touched, x, y))

    def look_at(self, places: object) -> None:
        self.touched = looking_at(self.touched, places)
        self._refresh_adaptations()
        self.adaptedChanged.emit()

    def set_step(self, step: int) -> None:
        step = min(max(step, 0), self.num_steps)
        if step != self.step:
            self.step = step
            self.stepChanged.emit()

    def set_compared(self, key: str, on: bool) -> None:
        self.compared = self.compared | {key} if on else self.compared - {key}
        self.adaptedChanged.emit()

    def open_block(self, block: int) -> None:
        self._session.calls.append(("open_block", block))

    def open_gallery_task(self, index: int) -> None:
        self.touched, self.gallery[index] = self.gallery[index], self.touched
        self.announce()

    def _set_task(self, task: TouchedTask) -> None:
        self.touched = seen_whole(self._session.shown.settings.tasks, task)
        self.announce()

    def draw(self) -> None:
        self.touched = self._original = self._drawn_task()
        self.gallery = [self._drawn_task() for _ in range(8)]
        self._refresh_adaptations()

    def announce(self) -> None:
        self._refresh_adaptations()
        self.taskChanged.emit()
        self.adaptedChanged.emit()
        self.galleryChanged.emit()

    def _drawn_task(self) -> TouchedTask:
        family, episodes = self._session.shown.settings.tasks, self._session.shown.settings.episodes
        tasks = family.tasks(self._rng, 1, "test")
        drawn = family.draw(tasks, self._rng, episodes.shots, episodes.queries)
        support, query = (PointSet(points.x[0], points.y[0]) for points in (drawn.support, drawn.query))
        grid = _grid(family, support, query)
        truth = family.truth(tasks, grid[None])
        described = {name: float(values[0]) for name, values in family.describe(tasks).items()}
        truth = None if truth is None else truth[0]
        return TouchedTask(tasks, support, query, grid, truth, described, has_rows=family.view not in GRIDS)

    def _refresh_adaptations(self) -> None:
        keys = {"learner": 0.6, "transfer": 0.2, "scratch": 0.1}
        self.adaptations = {key: self._adaptation(self.touched, rate) for key, rate in keys.items()}
        self.gallery_adaptations = [self._adaptation(task, 0.6) for task in self.gallery]

    def _adaptation(self, task: TouchedTask, rate: float) -> Adaptation:
        steps = self.num_steps + 1
        share = (1.0 - np.exp(-rate * np.arange(steps))).reshape(-1, 1, 1)
        is_classification = self._session.shown.settings.tasks.kind == "classification"
        target = (
            _nearest_class(task, self._session.shown.settings.tasks.output_dim) if is_classification else _target(task)
        )
        start = np.full_like(target, 1.0 / target.shape[1]) if is_classification else 0.3 * np.roll(target, 20, 0)
        on_grid = (start + share * (target - start)).astype(np.float32)
        loss = (3.0 * np.exp(-rate * np.arange(steps)) + 0.05).astype(np.float32)
        accuracy = np.clip(1.0 - loss / 4.0, 0.0, 1.0) if is_classification else None
        return Adaptation(on_grid, loss, accuracy)


def _grid(family: object, support: PointSet, query: PointSet) -> np.ndarray:
    low, high = family.input_range()
    if family.view == "curve":
        return np.linspace(low, high, 201, dtype=np.float32)[:, None]
    if family.view == "plane":
        side = np.linspace(low, high, 48, dtype=np.float32)
        return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    return np.concatenate([support.x, query.x])


def _target(task: TouchedTask) -> np.ndarray:
    if task.truth is not None:
        return np.asarray(task.truth, np.float64)
    rows = np.concatenate([task.support.y, task.query.y]).astype(np.float64)
    return np.resize(rows, (len(task.grid), rows.shape[1]))


def _nearest_class(task: TouchedTask, num_classes: int) -> np.ndarray:
    """Probabilities that fall with the distance to the nearest support point of each class."""
    grid = task.grid.reshape(len(task.grid), -1).astype(np.float64)
    points = task.support.x.reshape(len(task.support.x), grid.shape[1]).astype(np.float64)
    squares = (grid**2).sum(axis=1)[:, None] + (points**2).sum(axis=1) - 2.0 * grid @ points.T
    distance = np.sqrt(np.maximum(squares, 0.0))
    scores = np.full((len(grid), num_classes), -9.0)
    for label in np.unique(task.support.y):
        scores[:, int(label)] = -2.0 * distance[:, task.support.y == label].min(axis=1)
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
