"""The one mutable object: what is set, what trains (`live`), what is shown, what is touched.

Panels read it and call its methods; nothing else changes it. All of it lives on the GUI thread.

INTERFACE SKETCH, fixed for the panels; the bodies are being written.
"""

from __future__ import annotations

import dataclasses
import enum

from PySide6.QtCore import QObject, Signal

from metalearn_gui.engine.adaptation import Path
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet, Tasks
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store.records import RunRecord


class RunState(enum.Enum):
    """What the worker does; set by the runner alone, and every button derives from it."""

    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"


@dataclasses.dataclass(frozen=True)
class Message:
    """A line for the message bar. action: a method of the session to offer, with its label."""

    text: str
    level: str = "info"  # "info", "warning", "error"
    action_label: str = ""
    action: str = ""  # name of a no-argument method of Session


@dataclasses.dataclass(frozen=True)
class TouchedTask:
    """An unseen task under the hand.

    support: x (n, input_dim), y (n, output_dim) float32 or (n,) int32; mask None.
    query: the episode's own query set, likewise.
    grid: x (m, input_dim) where the prediction is drawn (curve: 201 points; plane: 48 x 48; vectors: the query rows).
    truth: noiseless targets on the grid (m, output_dim), or None.
    """

    tasks: Tasks  # one task
    support: PointSet
    query: PointSet
    grid: Array
    truth: Array | None
    description: dict[str, float]


@dataclasses.dataclass(frozen=True)
class Adaptation:
    """How one learner adapts to one task.

    on_grid: predictions (k + 1, m, output_dim), probabilities for classification.
    loss: against the truth (or the query set) by step, (k + 1,); accuracy likewise for classification, else None.
    """

    on_grid: Array
    loss: Array
    accuracy: Array | None


class Session(QObject):
    """See the module's docstring. Keys of learners side by side: "learner", "transfer", "scratch"."""

    settingsChanged = Signal()  # settings
    stateChanged = Signal()  # run_state
    advanced = Signal()  # curves, iteration, speed of the shown run; at most 30 times a second
    scored = Signal()  # latest_scores of the shown run
    shownChanged = Signal()  # another run or moment is shown
    stepChanged = Signal()  # adaptation_step
    runsChanged = Signal()  # runs, overlays, names
    taskChanged = Signal()  # touched: another task, or its points
    adaptedChanged = Signal()  # adaptations of the touched task
    galleryChanged = Signal()  # gallery, gallery_adaptations
    readinessChanged = Signal()  # readiness
    messageRaised = Signal(object)  # Message; an empty text clears the bar

    # --- settings -----------------------------------------------------------------------------
    settings: ExperimentSettings
    undo_stack: object  # QUndoStack

    def set_settings(self, settings: ExperimentSettings, text: str = "") -> None:
        """Undoable. Live values reach the run; structural ones restart it (old run kept), after 300 ms of quiet."""

    def change(self, **values: object) -> None:
        """`set_settings(settings.replaced(**values))`; a bad value becomes a message, nothing is lost."""

    def load_preset(self, key: str) -> None:
        """Undoable; `preset_key` says which preset the settings are, or ""."""

    preset_key: str

    # --- run ------------------------------------------------------------------------------------
    run_state: RunState
    readiness: str  # "" when Run can be pressed; else what waits ("loading TensorFlow", ...)
    can_run: bool

    def toggle(self) -> None:
        """Run, or pause."""

    def step(self) -> None:
        """One meta-iteration, then pause."""

    def reset(self) -> None:
        """Back to the same start; the run stays in the list."""

    def reseed(self) -> None:
        """Reset with another seed."""

    # --- runs -----------------------------------------------------------------------------------
    runs: list[RunRecord]
    live: RunRecord
    shown: RunRecord
    overlays: set[str]  # run_ids drawn over the shown curves
    speed: float  # tasks per second, of late
    eta_seconds: float | None
    memory_mb: float

    def show_run(self, run_id: str) -> None: ...
    def restore_run(self, run_id: str) -> None:
        """Its settings and state become the ones that Run goes on from."""

    def set_overlay(self, run_id: str, on: bool) -> None: ...
    def rename_run(self, run_id: str, name: str) -> None: ...
    def delete_run(self, run_id: str) -> None: ...

    # --- the touched task -------------------------------------------------------------------------
    touched: TouchedTask
    adaptations: dict[str, Adaptation]  # of the shown run; empty before TensorFlow is there
    compared: set[str]  # of "transfer", "scratch": drawn beside the learner
    adaptation_step: int
    num_adaptation_steps: int

    def new_task(self) -> None: ...
    def restore_task(self) -> None: ...
    def move_point(self, index: int, x: Array, y: Array | int) -> None: ...
    def add_point(self, x: Array, y: Array | int) -> None: ...
    def remove_point(self, index: int) -> None: ...
    def set_adaptation_step(self, step: int) -> None: ...
    def set_compared(self, key: str, on: bool) -> None: ...

    # --- the gallery ------------------------------------------------------------------------------
    gallery: list[TouchedTask]  # eight more unseen tasks
    gallery_adaptations: list[Adaptation]  # same order; empty before TensorFlow is there

    def open_gallery_task(self, index: int) -> None: ...

    # --- file -------------------------------------------------------------------------------------
    file_path: str  # "" while unsaved
    is_dirty: bool

    def save(self, path: str = "") -> bool: ...
    def open(self, path: str) -> bool: ...
    def close(self) -> None:
        """End the worker, write the recovery file if there is unsaved work. Asks nothing."""
