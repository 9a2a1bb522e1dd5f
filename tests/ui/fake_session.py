"""A session without a worker and without TensorFlow: the same signals and methods, adaptations made in numpy."""

from __future__ import annotations

import dataclasses
import weakref
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from metalearn_gui.bridge.cold_start import ColdStart
from metalearn_gui.bridge.session import Adaptation, Message, RunState, TouchedTask
from metalearn_gui.bridge.touch_history import TouchHistory
from metalearn_gui.bridge.touches import (
    GRIDS,
    looking_at,
    with_added_point,
    with_moved_point,
    with_moved_query,
    with_support,
    without_point,
)
from metalearn_gui.engine import events
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.learners.base import View
from metalearn_gui.engine.learners.maml import Maml
from metalearn_gui.engine.networks.mlp import Mlp
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks.sinusoid import Sinusoid
from metalearn_gui.store.link import from_link, to_link
from metalearn_gui.store.records import RunRecord, Scored
from tests.ui.fake_comparing import FakeComparing
from tests.ui.fake_inside import FakeInside


def default_settings() -> ExperimentSettings:
    """Second-order MAML on sinusoids, as the window opens with."""
    return ExperimentSettings(Sinusoid(), Maml(), Mlp())


class FakeSession(QObject):
    """Behaves like bridge.session.Session for a panel; `train` and `score` stand in for the worker."""

    settingsChanged = Signal()
    stateChanged = Signal()
    advanced = Signal()
    scored = Signal()
    shownChanged = Signal()
    stepChanged = Signal()
    runsChanged = Signal()
    taskChanged = Signal()
    adaptedChanged = Signal()
    viewsChanged = Signal()
    galleryChanged = Signal()
    readinessChanged = Signal()
    messageRaised = Signal(object)
    fileChanged = Signal()

    alive: ClassVar[weakref.WeakSet[FakeSession]] = weakref.WeakSet()

    def __init__(self, settings: ExperimentSettings | None = None) -> None:
        super().__init__()
        self.alive.add(self)
        self.settings = settings or default_settings()
        self.undo_stack = QUndoStack(self)
        self.preset_key = ""
        self.run_state = RunState.IDLE
        self.readiness = ""
        self.can_run = True
        self.speed, self.eta_seconds, self.memory_mb = 32_400.0, 42.0, 612.0
        self.overlays: set[str] = set()
        self.views: list[View] = []
        self.context: np.ndarray | None = None
        self.held: dict[str, np.ndarray] = {}
        self.inside = FakeInside(self)
        self.comparing = FakeComparing(self)
        self.moment: int | None = None
        self.cold_start = ColdStart(lambda: self.shown, self)
        self.compared = {"transfer", "scratch"}
        self.adaptation_step = 5
        self.file_path, self.is_dirty = "", False
        self.calls: list[tuple] = []  # what a widget asked for, newest last
        self._rng = np.random.default_rng(0)
        self._history = TouchHistory()
        self.live = self.shown = self._fresh_run()
        self.runs = [self.live]
        self._draw_tasks()

    # --- settings -------------------------------------------------------------------------------

    def undo(self) -> None:
        if not self.undo_touch():
            self.undo_stack.undo()

    def redo(self) -> None:
        if not self.redo_touch():
            self.undo_stack.redo()

    def link(self) -> str:
        return to_link(self.settings)

    def open_link(self, text: str) -> bool:
        self.set_settings(from_link(text)[0])
        return True

    def set_settings(self, settings: ExperimentSettings, text: str = "") -> None:
        if settings != self.settings:
            self.undo_stack.push(_Change(self, settings, text))

    def change(self, **values: object) -> None:
        self.calls.append(("change", values))
        try:
            self.set_settings(self.settings.replaced(**values), ", ".join(values))
        except SettingError as error:
            self.messageRaised.emit(Message(str(error), "warning"))
            self.settingsChanged.emit()

    def take_settings(self, settings: ExperimentSettings) -> None:
        same_tasks = settings.tasks == self.settings.tasks and settings.episodes == self.settings.episodes
        structural = not self.settings.differs_live_only(settings)
        self.settings, self.preset_key = settings, ""
        if structural:
            self._start_run()
        if not same_tasks:
            self._draw_tasks()
        self.settingsChanged.emit()
        if structural:
            self.shownChanged.emit()
            self.runsChanged.emit()
        if not same_tasks:
            self._announce_tasks()

    def load_preset(self, key: str, data: str = "") -> None:
        self.calls.append(("load_preset", key, data) if data else ("load_preset", key))
        self.preset_key = key
        self.settingsChanged.emit()

    # --- run ------------------------------------------------------------------------------------

    def toggle(self) -> None:
        self.calls.append(("toggle",))
        self.set_state(RunState.PAUSED if self.run_state is RunState.RUNNING else RunState.RUNNING)

    def step(self) -> None:
        self.calls.append(("step",))
        self.set_state(RunState.PAUSED)
        self.train(1)

    def reset(self) -> None:
        self.calls.append(("reset",))
        self._start_run()
        self.shownChanged.emit()
        self.runsChanged.emit()
        self.set_state(RunState.IDLE)

    def reseed(self) -> None:
        self.calls.append(("reseed",))
        self.change(seed=self.settings.seed + 1)

    def set_state(self, state: RunState) -> None:
        self.run_state = state
        self.stateChanged.emit()

    def train(self, num_iterations: int) -> None:
        """What the worker would report for so many meta-iterations."""
        run = self.live
        at = np.arange(run.iteration, run.iteration + num_iterations, dtype=np.float64)
        noise = np.exp(self._rng.normal(0.0, 0.15, num_iterations))
        after, before = (0.4 + 8.0 / (1.0 + at / 120.0)) * noise, (3.0 + 6.0 / (1.0 + at / 60.0)) * noise
        place = self._place(run.iteration + num_iterations)
        metrics = {name: after.astype(np.float32) for name in run.settings.learner.metric_names}
        arrays = {"objective": after, "before": before, "after": after}
        arrays = {name: values.astype(np.float32) for name, values in arrays.items()}
        run.apply(events.Progress(**place, **arrays, metrics=metrics))
        self._refresh_adaptations()
        self.advanced.emit()
        self.adaptedChanged.emit()

    def show_views(self, views: list[View]) -> None:
        """What an inspection would report."""
        self.views = views
        self.viewsChanged.emit()

    def set_context(self, context: np.ndarray | None) -> None:
        self.calls.append(("set_context", context))
        self.context, self.held = context, {} if context is None else {"context": context}
        self.adaptedChanged.emit()

    def set_held(self, held: dict[str, np.ndarray]) -> None:
        self.calls.append(("set_held", held))
        self.held = held
        self.adaptedChanged.emit()

    def score(self) -> None:
        """What an evaluation on unseen tasks would report."""
        run, steps = self.live, self.num_adaptation_steps + 1
        learner = dataclasses.replace(run.latest.learner, iteration=run.iteration)
        run.apply(events.Snapshot(**self._place(run.iteration), state=dataclasses.replace(run.latest, learner=learner)))
        curve = lambda start, end: _scores(start, end, steps, run.settings.tasks.kind)  # noqa: E731
        baselines = {"transfer": curve(3.0, 2.0), "scratch": curve(8.0, 4.0), "scratch_adam": curve(8.0, 3.0)}
        evaluation = events.Evaluation(600, curve(3.2, 0.16), baselines, 4.3, 0.0, {"transfer": 400})
        run.apply(events.Evaluated(**self._place(run.iteration), evaluation=evaluation, baseline_share=0.09))
        self.scored.emit()

    # --- moments --------------------------------------------------------------------------------

    def show_moment(self, iteration: int | None) -> None:
        self.calls.append(("show_moment", iteration))
        moment = None if iteration is None else self.shown.moment_at(iteration)
        self.moment = None if moment is None else moment.iteration
        self.shownChanged.emit()

    @property
    def shown_iteration(self) -> int:
        return self.shown.iteration if self.moment is None else self.moment

    @property
    def shown_state(self) -> events.TrainingState:
        return self.shown.latest if self.moment is None else self.shown.moment_at(self.moment)

    @property
    def shown_settings(self) -> ExperimentSettings:
        return self.settings if self.shown is self.live else self.shown.settings

    @property
    def shown_scores(self) -> Scored | None:
        return self.shown.latest_scores if self.moment is None else self.shown.scores_at(self.moment)

    # --- runs -----------------------------------------------------------------------------------

    def show_run(self, run_id: str) -> None:
        before, self.moment = self.shown.settings.tasks, None
        self.shown = next(run for run in self.runs if run.run_id == run_id)
        if self.shown.settings.tasks != before:
            self._draw_tasks()
        self.shownChanged.emit()
        self._announce_tasks()

    def restore_run(self, run_id: str) -> None:
        self.calls.append(("restore_run", run_id))
        self.show_run(run_id)

    def set_overlay(self, run_id: str, on: bool) -> None:
        self.overlays = self.overlays | {run_id} if on else self.overlays - {run_id}
        self.runsChanged.emit()

    def rename_run(self, run_id: str, name: str) -> None:
        next(run for run in self.runs if run.run_id == run_id).name = name
        self.runsChanged.emit()

    def remark_run(self, run_id: str, **remarks: object) -> None:
        run = next(run for run in self.runs if run.run_id == run_id)
        for name, value in remarks.items():
            setattr(run, name, value)
        self.runsChanged.emit()

    def pin_run(self, run_id: str, on: bool) -> None:
        self.remark_run(run_id, is_pinned=on)

    def delete_run(self, run_id: str) -> None:
        self.runs = [run for run in self.runs if run.run_id != run_id]
        self.runsChanged.emit()

    # --- the touched task -------------------------------------------------------------------------

    @property
    def num_adaptation_steps(self) -> int:
        return self.shown.settings.outer.test_steps

    def new_task(self) -> None:
        self.calls.append(("new_task",))
        self.touched = self._drawn_task()
        self._announce_tasks()

    def restore_task(self) -> None:
        self.calls.append(("restore_task",))
        self.touched = self._original
        self._announce_tasks()

    def begin_touch(self) -> None:
        self._history.begin(self.touched)

    def undo_touch(self) -> bool:
        return self._take_touch(self._history.back(self.touched))

    def redo_touch(self) -> bool:
        return self._take_touch(self._history.forth(self.touched))

    def _take_touch(self, task: TouchedTask | None) -> bool:
        if task is not None:
            self.touched = task
            self._announce_tasks()
        return task is not None

    def move_point(self, index: int, x: object, y: object) -> None:
        self.touched = with_moved_point(self.touched, index, x, y)
        self._announce_tasks()

    def move_query(self, index: int, x: object, y: object) -> None:
        self.touched = with_moved_query(self.touched, index, x, y)
        self._announce_tasks()

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

    def set_adaptation_step(self, step: int) -> None:
        step = min(max(step, 0), self.num_adaptation_steps)
        if step != self.adaptation_step:
            self.adaptation_step = step
            self.stepChanged.emit()

    def set_compared(self, key: str, on: bool) -> None:
        self.compared = self.compared | {key} if on else self.compared - {key}
        self.adaptedChanged.emit()

    def open_block(self, block: int) -> None:
        self.calls.append(("open_block", block))

    def open_gallery_task(self, index: int) -> None:
        self.touched, self.gallery[index] = self.gallery[index], self.touched
        self._announce_tasks()

    # --- file -------------------------------------------------------------------------------------

    def save(self, path: str = "") -> bool:
        self.calls.append(("save", path))
        self.file_path = path or self.file_path
        self.fileChanged.emit()
        return bool(self.file_path)

    def open(self, path: str) -> bool:
        self.calls.append(("open", path))
        return True

    def close(self) -> None:
        self.calls.append(("close",))

    # --- inside -------------------------------------------------------------------------------------

    def _place(self, iteration: int) -> dict[str, object]:
        seen = iteration * self.live.settings.outer.meta_batch
        return {
            "run_id": self.live.run_id,
            "iteration": iteration,
            "tasks_seen": seen,
            "gradient_evaluations": 4.0 * seen,
            "compute_seconds": seen / 32_400.0,
        }

    def _fresh_run(self) -> RunRecord:
        settings = self.settings
        run = RunRecord(settings)
        state = settings.learner.init(settings.network, np.random.default_rng(settings.seed))
        learner = events.LearnerState(dict(state.params), dict(state.carry), {}, 0)
        run.initial = run.latest = events.TrainingState(learner, {})
        return run

    def _start_run(self) -> None:
        self.live = self.shown = self._fresh_run()
        self.runs.append(self.live)

    def _set_task(self, task: TouchedTask) -> None:
        self.touched = task
        self._announce_tasks()

    def _draw_tasks(self) -> None:
        self.touched = self._original = self._drawn_task()
        self.gallery = [self._drawn_task() for _ in range(8)]
        self._refresh_adaptations()

    def _announce_tasks(self) -> None:
        self._refresh_adaptations()
        self.taskChanged.emit()
        self.adaptedChanged.emit()
        self.galleryChanged.emit()

    def _drawn_task(self) -> TouchedTask:
        family, episodes = self.shown.settings.tasks, self.shown.settings.episodes
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
        steps = self.num_adaptation_steps + 1
        share = (1.0 - np.exp(-rate * np.arange(steps))).reshape(-1, 1, 1)
        is_classification = self.shown.settings.tasks.kind == "classification"
        target = _nearest_class(task, self.shown.settings.tasks.output_dim) if is_classification else _target(task)
        start = np.full_like(target, 1.0 / target.shape[1]) if is_classification else 0.3 * np.roll(target, 20, 0)
        on_grid = (start + share * (target - start)).astype(np.float32)
        loss = (3.0 * np.exp(-rate * np.arange(steps)) + 0.05).astype(np.float32)
        accuracy = np.clip(1.0 - loss / 4.0, 0.0, 1.0) if is_classification else None
        return Adaptation(on_grid, loss, accuracy)


class _Change(QUndoCommand):
    def __init__(self, session: FakeSession, settings: ExperimentSettings, text: str) -> None:
        super().__init__(text)
        self._session, self._old, self._new = session, session.settings, settings

    def redo(self) -> None:
        self._session.take_settings(self._new)

    def undo(self) -> None:
        self._session.take_settings(self._old)


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
    grid = task.grid.reshape(len(task.grid), -1)
    points = task.support.x.reshape(len(task.support.x), grid.shape[1])
    distance = np.linalg.norm(grid[:, None] - points[None], axis=-1)
    scores = np.full((len(grid), num_classes), -9.0)
    for label in np.unique(task.support.y):
        scores[:, int(label)] = -2.0 * distance[:, task.support.y == label].min(axis=1)
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def _scores(start: float, end: float, steps: int, kind: str) -> events.StepScores:
    loss = (end + (start - end) * np.exp(-1.2 * np.arange(steps))).astype(np.float32)
    accuracy = 1.0 - loss / (loss[0] * 1.5) if kind == "classification" else None
    return events.StepScores(loss, 0.6 * loss, 0.05 * loss, accuracy, None if accuracy is None else 0.02 * loss)
