"""A session without a worker and without TensorFlow: the same signals and methods."""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from metalearn_gui.bridge.cold_start import ColdStart
from metalearn_gui.bridge.picture_reading import PictureReading
from metalearn_gui.bridge.replay import Replay
from metalearn_gui.bridge.session import Message, RunState
from metalearn_gui.engine import events
from metalearn_gui.engine.learners.maml import Maml
from metalearn_gui.engine.networks.mlp import Mlp
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks.sinusoid import Sinusoid
from metalearn_gui.store.records import RunRecord, Scored
from tests.ui.fake_comparing import FakeComparing
from tests.ui.fake_documents import FakeDocuments
from tests.ui.fake_inside import FakeInside
from tests.ui.fake_unseen import FakeUnseen


def default_settings() -> ExperimentSettings:
    """Second-order MAML on sinusoids, as the window opens with."""
    return ExperimentSettings(Sinusoid(), Maml(), Mlp())


class FakeLaidOver(QObject):
    """Answers what a test gives it, by run_id."""

    adapted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.adaptation = {}.get


class FakeSession(QObject):
    """Behaves like bridge.session.Session for a panel; `train` and `score` stand in for the worker."""

    settingsChanged = Signal()
    stateChanged = Signal()
    advanced = Signal()
    scored = Signal()
    shownChanged = Signal()
    runsChanged = Signal()
    readinessChanged = Signal()
    messageRaised = Signal(object)

    alive: ClassVar[weakref.WeakSet[FakeSession]] = weakref.WeakSet()

    def __init__(self, settings: ExperimentSettings | None = None) -> None:
        super().__init__()
        self.alive.add(self)
        self.settings = settings or default_settings()
        self.undo_stack = QUndoStack(self)
        self.preset_key = ""
        self.run_state, self.is_scoring = RunState.IDLE, False
        self.readiness = ""
        self.can_run = True
        self.speed, self.eta_seconds, self.memory_mb = 32_400.0, 42.0, 612.0
        self.overlays: set[str] = set()
        self.laid_over = FakeLaidOver()
        self.inside = FakeInside(self)
        self.comparing = FakeComparing(self)
        self.moment: int | None = None
        self.replay = Replay(self, self)
        self.replay.said.connect(self.messageRaised)
        self.cold_start = ColdStart(lambda: self.shown, self)
        self.pictures = PictureReading(self)
        self.calls: list[tuple] = []  # what a widget asked for, newest last
        self._rng = np.random.default_rng(0)
        self.live = self.shown = self._fresh_run()
        self.runs = [self.live]
        self.unseen = FakeUnseen(self)
        self.documents = FakeDocuments(self)

    def take_back(self, about: str) -> None:
        """It says nothing that could be over."""

    # --- settings -------------------------------------------------------------------------------

    def undo(self) -> None:
        if not self.unseen.undo_touch():
            self.undo_stack.undo()

    def redo(self) -> None:
        if not self.unseen.redo_touch():
            self.undo_stack.redo()

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
            self.unseen.draw()
        self.settingsChanged.emit()
        if structural:
            self.shownChanged.emit()
            self.runsChanged.emit()
        if not same_tasks:
            self.unseen.announce()

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
        self.advanced.emit()
        self.unseen.adapt_again()

    def score(self) -> None:
        """What an evaluation on unseen tasks would report."""
        run, steps = self.live, self.unseen.num_steps + 1
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

    def show_now(self) -> None:
        if self.unseen.held:
            self.unseen.set_held({})
        self.show_moment(None)

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
            self.unseen.draw()
        self.shownChanged.emit()
        self.unseen.announce()

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
        self.delete_runs([run_id])

    def delete_runs(self, run_ids: Sequence[str], live_stays: bool = False) -> None:
        self.calls.append(("delete_runs", tuple(run_ids), live_stays))
        self.runs = [run for run in self.runs if run.run_id not in run_ids]
        self.runsChanged.emit()

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
        run = RunRecord(settings, turn=len(getattr(self, "runs", [])))
        state = settings.learner.init(settings.network, np.random.default_rng(settings.seed))
        learner = events.LearnerState(dict(state.params), dict(state.carry), {}, 0)
        run.initial = run.latest = events.TrainingState(learner, {})
        return run

    def _start_run(self) -> None:
        self.live = self.shown = self._fresh_run()
        self.runs.append(self.live)


class _Change(QUndoCommand):
    def __init__(self, session: FakeSession, settings: ExperimentSettings, text: str) -> None:
        super().__init__(text)
        self._session, self._old, self._new = session, session.settings, settings

    def redo(self) -> None:
        self._session.take_settings(self._new)

    def undo(self) -> None:
        self._session.take_settings(self._old)


def _scores(start: float, end: float, steps: int, kind: str) -> events.StepScores:
    loss = (end + (start - end) * np.exp(-1.2 * np.arange(steps))).astype(np.float32)
    accuracy = 1.0 - loss / (loss[0] * 1.5) if kind == "classification" else None
    return events.StepScores(loss, 0.6 * loss, 0.05 * loss, accuracy, None if accuracy is None else 0.02 * loss)
