"""The unseen tasks on the screen, the touched one and the gallery, and how the shown run adapts to them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from metalearn_gui.bridge.adapter import Adaptation, Adapter, Known
from metalearn_gui.bridge.adapting_worker import FIRST, FOLLOWING, INSPECTING, SHOWING, TOUCHING, AdaptingWorker
from metalearn_gui.bridge.gallery import NUM_GALLERY, Gallery
from metalearn_gui.bridge.latest import Request
from metalearn_gui.bridge.saved_tasks import restored_tasks, saved_task
from metalearn_gui.bridge.shown import Shown, moved_query
from metalearn_gui.bridge.touch_history import TouchHistory
from metalearn_gui.bridge.touches import (
    MAX_SUPPORT,
    Places,
    TouchedTask,
    UnitAnswers,
    draw_task,
    looking_at,
    seen_whole,
    task_key,
    with_added_point,
    with_moved_point,
    with_moved_query,
    with_support,
    without_point,
)
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.learners.base import View
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store.session_file import SavedTask

FIRST_TOUCHED = NUM_GALLERY + 1  # blocks 1..8 of the stream are the gallery's
FIRST_STEP = 5
INSPECT_MS = 500  # views run uncompiled: twice a second is what the window bears
HAND_MS = 300  # without a touch: the hand rests
LARGE_GRID = 1000  # places: to predict there takes long enough that the baselines' answers may come by themselves
CATCH_UP_MS = 2000  # how often convolutions follow the training: a look at all tasks takes them as long as an iteration


class UnseenTasks(QObject):
    """Draws tasks from their own stream and asks for adaptations; `announce` tells what has changed.

    Keys of learners side by side: "learner", "transfer", "scratch".
    """

    taskChanged = Signal()  # touched: another task, or its points
    adaptedChanged = Signal()  # adaptations
    galleryChanged = Signal()  # gallery, gallery_adaptations
    stepChanged = Signal()  # step
    viewsChanged = Signal()  # views
    rowChanged = Signal()  # row
    laidOverChanged = Signal()  # laid_over
    handMoved = Signal(bool)  # a hand begins to move what is adapted to, or it has come to rest
    gestureBegun = Signal()  # `undo_touch` can take back what follows
    followed = Signal()  # shown
    worked = Signal()  # there is something new to save
    failed = Signal(str)

    def __init__(self, settings: ExperimentSettings, state: TrainingState, compile: bool, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = AdaptingWorker(compile, self)
        self._worker.warmed.connect(self._take_warm)
        self._worker.failed.connect(self.failed)
        self._rests = False
        self.is_ready = False
        self.shown = Shown(settings, state)
        self.compared = {"transfer", "scratch"}  # drawn beside the learner
        self.laid_over: UnitAnswers | None = None  # drawn over the touched task
        self._chosen_step = FIRST_STEP  # comes back where a learner of fewer steps has gone
        self.step = min(FIRST_STEP, self.num_steps)
        self.adaptations: dict[str, Adaptation] = {}  # to the touched task; none before TensorFlow is there
        self._answered: TouchedTask | None = None  # the touched task as it was when they were asked for
        self.views: list[View] = []  # what the learner shows about itself on the touched task
        self.row: int | None = None  # of the touched task, support rows first, that a hand has chosen to look at
        self._inspection = QTimer(self, singleShot=True, interval=INSPECT_MS)
        self._inspection.timeout.connect(self._ask_at_rest)
        self._catch_up = QTimer(self, singleShot=True, interval=CATCH_UP_MS)
        self._catch_up.timeout.connect(self._ask)
        self._hand = QTimer(self, singleShot=True, interval=HAND_MS)
        self._hand.timeout.connect(self._take_rest)
        self._gallery_is_behind = False
        self.held: dict[str, Array] = {}  # what a hand has put in the place of what adapting comes to
        self._news: list[Callable[[], None]] = []
        self._next_block = FIRST_TOUCHED
        self._history = TouchHistory()
        self.touched, self._gallery = draw_task(settings, FIRST_TOUCHED), Gallery(settings)

    @property
    def num_steps(self) -> int:
        """Adaptation steps that are shown: of one pass, before it and after it."""
        settings = self.shown.settings
        return min(settings.outer.test_steps, 1) if settings.learner.adapts_once else settings.outer.test_steps

    @property
    def gallery(self) -> list[TouchedTask]:
        """Eight more unseen tasks."""
        return self._gallery.tasks

    @property
    def gallery_adaptations(self) -> list[Adaptation]:
        """In the gallery's order; empty until all are there."""
        return self._gallery.adaptations

    # --- what is shown ----------------------------------------------------------------------------

    def follow(self, settings: ExperimentSettings, state: TrainingState) -> None:
        """Show how this state adapts; call `announce` when the session is ready for it."""
        before, self.shown = self.shown, Shown(settings, state)
        if task_key(before.settings) != task_key(settings):
            self._draw_all(keeps_places=before.settings.differs_live_only(settings))
            self._news += [self.taskChanged.emit, self.galleryChanged.emit]
        elif before.structure != self.shown.structure:
            self._forget_adaptations()
        if self.step != min(self._chosen_step, self.num_steps):
            self.step = min(self._chosen_step, self.num_steps)
            self._news.append(self.stepChanged.emit)
        if self._is_slow and self.adaptations:
            if not self._catch_up.isActive():
                self._catch_up.start()
        elif self._hand.isActive() and self.gallery_adaptations:  # eight more tasks would hold its next touch up
            self._gallery_is_behind = True
            self._ask_touched()
        else:
            self._ask()
        self.followed.emit()

    def announce(self) -> None:
        """Emit what has changed since the last time."""
        news, self._news = self._news, []
        for emit in dict.fromkeys(news):
            emit()

    def set_ready(self) -> None:
        """TensorFlow is loaded: adaptations can be asked for."""
        self.is_ready = True
        self._ask()
        self.followed.emit()

    def ask_beside(
        self,
        key: Hashable,
        compute: Callable[[Adapter, TouchedTask], Any],
        take: Callable[[Any], None],
        failed: Callable[[str], None],
        is_touched: bool,
    ) -> None:
        """Have something computed of the touched task as it is now, whatever comes after; the newest of a key wins.

        is_touched: the hand waits for it; else it comes after what the task's own card waits for.
        """
        compute = functools.partial(compute, self._worker.adapter, self.touched)
        self._worker.request(key, Request(compute, take, failed, TOUCHING if is_touched else SHOWING))

    def rest(self, rests: bool) -> None:
        """Answer the hand only once it pauses: it is on the pictures of other runs, which answer first."""
        was_resting, self._rests = self._rests, rests
        if was_resting and not rests:
            self._ask_touched()

    def warm_up(self) -> None:
        """Compile the adaptation of what is shown."""
        if self.is_ready:
            self._worker.warm_up(self.shown, (self.touched, self.gallery[0]))

    def close(self, seconds: float) -> bool:
        """End the worker; wait so long at most. Whether it has ended."""
        self._inspection.stop()
        self._catch_up.stop()
        self._hand.stop()
        return self._worker.close(seconds)

    # --- the hand ---------------------------------------------------------------------------------

    def begin_touch(self) -> None:
        """What comes until the next call is one gesture on the touched task, which `undo_touch` takes back."""
        self.gestureBegun.emit()
        self._history.begin(self.touched)

    def undo_touch(self) -> bool:
        """Take the last gesture on the touched task back; whether there was one."""
        return self._take_touch(self._history.back(self.touched))

    def redo_touch(self) -> bool:
        """Make the gesture again that was taken back last; whether there was one."""
        return self._take_touch(self._history.forth(self.touched))

    def choose_row(self, row: int | None) -> None:
        """Look at one row of the touched task."""
        if row != self.row:
            self.row = row
            self.rowChanged.emit()

    def move_query(self, index: int, x: Array, y: Array | int) -> None:
        self._set_points(with_moved_query(self.touched, index, x, y))
        if self.is_ready and self.shown.embeds_by_row and any(view.kind == "prototypes" for view in self.views):
            compute = functools.partial(self.shown.features, self.touched.query.x[index : index + 1])
            self._worker.ask("features", compute, functools.partial(self._take_features, index), SHOWING)

    def move_point(self, index: int, x: Array, y: Array | int) -> None:
        self._set_points(with_moved_point(self.touched, index, x, y))

    def add_point(self, x: Array, y: Array | int) -> None:
        if len(self.touched.support.x) < MAX_SUPPORT:
            self._set_points(with_added_point(self.touched, x, y))

    def remove_point(self, index: int) -> None:
        self._set_points(without_point(self.touched, index))

    def set_support(self, x: Array, y: Array) -> None:
        """Other support points all at once, MAX_SUPPORT of them at most."""
        self._set_points(with_support(self.touched, x[:MAX_SUPPORT], y[:MAX_SUPPORT]))

    def look_at(self, places: Places) -> None:
        """Predict at these places as well: `touched.looked_at`, of a task whose grid is its rows."""
        self.touched = looking_at(self.touched, places)
        self._ask_touched()
        self._make_room()

    def new_task(self) -> None:
        """Undoable: the next task of the stream."""
        self._next_block += 1
        self._put_under_hand(draw_task(self.shown.settings, self._next_block))

    def restore_task(self) -> None:
        """Undoable: the touched task with the points it was drawn with."""
        self.begin_touch()
        self._take_touch(draw_task(self.shown.settings, self.touched.block))

    def open_block(self, block: int) -> None:
        """Undoable: the task at a place of the stream (TouchedTask.block) comes under the hand."""
        self._put_under_hand(draw_task(self.shown.settings, block))

    def open_gallery_task(self, index: int) -> None:
        """Undoable: exchange the touched task for one of the gallery."""
        self._put_under_hand(self._gallery.exchange(index, self.touched, self.adaptations.get("learner")))
        self.galleryChanged.emit()

    def send_to_gallery(self) -> None:
        """A copy of the touched task, as it lies, to the front of the gallery; the last one there goes."""
        self._gallery.take_in(self.touched, self.adaptations.get("learner"))
        self._ask_gallery()
        self.galleryChanged.emit()
        self.worked.emit()

    @property
    def context(self) -> Array | None:
        """The vector that a hand has put in the place of the learner's own; None where there is none."""
        return self.held.get(self._context_name)

    def set_context(self, context: Array | None) -> None:
        """What the learner predicts with this context shows in `adaptations`, until the task is touched; None: its own.

        Ignored where no view "context" is shown.
        """
        self.set_held({} if context is None or not self._context_name else {self._context_name: context})

    def set_held(self, held: Mapping[str, Array]) -> None:
        """What the learner predicts once it is adapted to this shows in `adaptations`, until the task is touched.

        Args:
            held: as adaptation.predict_adapted takes it, of the one task; empty: the learner's own.
        """
        self.held = dict(held)
        self._note_hand()
        if self.held and self.step == 0:
            self.set_step(self.num_steps)  # step 0 is the start, which no hand moves
        own = self.adaptations.get("learner")
        if own is None or not self.held:
            self._ask_touched()
        else:  # the baselines stay as they are, and so do the views: let nothing hold the answer up
            compute = functools.partial(self.shown.steered, self._worker.adapter, self.touched, self.held, own)
            take = functools.partial(self._take_steered, self.touched)
            self._worker.ask("touched", compute, take, TOUCHING)
            self._inspection.start()

    def set_compared(self, key: str, on: bool) -> None:
        """Draw a baseline beside the learner, or not."""
        self.compared = self.compared | {key} if on else self.compared - {key}
        if not on:
            self.adaptations = {name: path for name, path in self.adaptations.items() if name != key}
        self._ask_touched()
        self.adaptedChanged.emit()

    def lay_over(self, answers: UnitAnswers | None) -> None:
        """Draw what a unit answers over the touched task; None: no unit."""
        if answers is not self.laid_over:
            self.laid_over = answers
            self.laidOverChanged.emit()

    def set_step(self, step: int) -> None:
        """Show another step of the adaptation; out of range means the nearest."""
        step = self._chosen_step = min(max(step, 0), self.num_steps)
        if step != self.step:
            self.step = step
            if not self._is_warm or any(path.nearest(step) != step for path in self.adaptations.values()):
                self._ask_touched()  # an uncompiled answer has no more steps than were shown
            self.stepChanged.emit()

    # --- on disk ----------------------------------------------------------------------------------

    def saved(self) -> list[SavedTask]:
        """The touched task first, then the gallery."""
        return [saved_task(task) for task in (self.touched, *self.gallery)]

    def take_saved(self, saved: list[SavedTask]) -> None:
        """The inverse of `saved`, as far as it fits what is shown; call `announce` afterwards."""
        tasks = restored_tasks(saved, self.shown.settings, self.touched)
        if not tasks:
            if saved:
                self.failed.emit(self.tr("The file's unseen tasks do not fit its run; others are drawn instead."))
            return
        self.touched = tasks[0]
        self._history.forget()
        if len(tasks) == 1 + NUM_GALLERY:
            self._gallery.tasks = tasks[1:]
        self._next_block = max(FIRST_TOUCHED, *(task.block for task in tasks))
        self._forget_adaptations()
        self._news += [self.taskChanged.emit, self.galleryChanged.emit]
        self._ask()

    # --- inside -----------------------------------------------------------------------------------

    @property
    def _context_name(self) -> str:
        """What the learner calls its context; empty where it shows none."""
        return next((name for view in self.views if view.kind == "context" for name in view.arrays), "")

    @property
    def _is_slow(self) -> bool:
        """Whether adapting takes long enough for a hand to feel it."""
        return not self.shown.settings.network.compiles

    @property
    def _is_warm(self) -> bool:
        return self._worker.is_warm(self.shown)

    def _draw_all(self, keeps_places: bool) -> None:
        settings, self.row = self.shown.settings, None
        if keeps_places:
            self.touched = draw_task(settings, self.touched.block)
            self._gallery.draw_again(settings)
        else:
            self._next_block = FIRST_TOUCHED
            self.touched = draw_task(settings, FIRST_TOUCHED)
            self._gallery.draw(settings)
        self._history.forget()
        self._forget_adaptations()

    def _forget_adaptations(self) -> None:
        self._worker.begin_series()
        self.adaptations, self.views, self.held = {}, [], {}
        self._gallery.forget()
        self._news += [self.adaptedChanged.emit, self.galleryChanged.emit, self.viewsChanged.emit]

    def _take_touch(self, task: TouchedTask | None) -> bool:
        if task is not None:
            self._set_all_points(task)
        return task is not None

    def _put_under_hand(self, task: TouchedTask) -> None:
        self.begin_touch()
        self._set_all_points(task)

    def _set_all_points(self, task: TouchedTask) -> None:
        self._worker.begin_series()  # an answer for the points before is not one for these
        looked_at = self.touched.looked_at
        self._set_points(task if looked_at is None else looking_at(task, looked_at))
        self._ask_gallery()

    def _set_points(self, task: TouchedTask) -> None:
        family = self.shown.settings.tasks
        task = seen_whole(family, task)
        if family.view == "curve" and not np.array_equal(task.grid, self.touched.grid):
            self._worker.begin_series()  # curves over the one grid are none over the other
            self.adaptations = {}
            self._ask_gallery()
        self.touched, self.held = task, {}
        self._ask_touched(self._known())
        self._note_hand()
        self._inspection.start()  # not while the hand moves: an inspection is uncompiled and would hold a touch up
        self._make_room()
        self.taskChanged.emit()
        self.worked.emit()

    def _make_room(self) -> None:
        if self.is_ready:
            self._worker.make_room(self.shown, (self.touched, self.gallery[0]))

    def _ask(self) -> None:
        self._ask_touched()
        self._ask_gallery()

    def _known(self) -> dict[str, Known]:
        """What the hand saw last: where it draws on one picture, the answers for the others stay until it rests."""
        before = self._answered
        return {} if before is None else {key: Known(before, path) for key, path in self.adaptations.items()}

    def _ask_touched(self, known: Mapping[str, Known] | None = None) -> None:
        if self.is_ready and not self._rests:
            self._ask_learners(known or {})
        if self.is_ready and not self._inspection.isActive():
            self._inspection.start()

    def _ask_learners(self, known: Mapping[str, Known]) -> None:
        # Uncompiled answers slow the window, so the baselines wait for their program.
        beside = tuple(self.compared) if self._is_warm and not self._is_slow else ()
        goes_ahead = len(self.touched.grid) >= LARGE_GRID and not self.touched.has_rows
        keys = ("learner",) if goes_ahead else ("learner", *beside)
        take = functools.partial(self._take_learner if goes_ahead else self._take_touched, self.touched)
        rank = TOUCHING if self.adaptations else FIRST
        self._ask_adaptations("touched", keys, take, rank, known)
        if goes_ahead and beside:
            self._ask_adaptations("beside", beside, self._take_beside, FOLLOWING, known)

    def _ask_adaptations(
        self, request: str, keys: tuple[str, ...], take: Callable[[Any], None], rank: int, known: Mapping[str, Known]
    ) -> None:
        asked = (self._worker.adapter, keys, self.touched, self.held, known, self.step)
        self._worker.ask(request, functools.partial(self.shown.adaptations, *asked), take, rank)

    def _ask_at_rest(self) -> None:
        """What would hold a touch up."""
        if not self.is_ready:
            return
        if self._rests:
            self._ask_learners({})
        if self._is_warm and self._is_slow:
            take = functools.partial(self._take_compared, self.touched)
            self._ask_adaptations("compared", ("learner", *self.compared), take, SHOWING, {})
        self._ask_views()

    def _ask_views(self) -> None:
        compute = functools.partial(self.shown.views, self.touched)
        self._worker.ask("views", compute, self._take_views, INSPECTING)

    def _take_views(self, views: list[View]) -> None:
        self.views = views
        self.viewsChanged.emit()

    def _take_features(self, index: int, features: Array) -> None:
        """One query row has gone elsewhere in the view of the learner's features; the others wait for the next view."""
        self.views = [moved_query(view, index, features) if view.kind == "prototypes" else view for view in self.views]
        self.viewsChanged.emit()

    def _ask_gallery(self) -> None:
        """The gallery waits for its compiled program: eight uncompiled tasks would slow the window."""
        if not (self.is_ready and self._is_warm):
            return
        self._gallery_is_behind = False
        settings, state = self.shown.settings, self.shown.state.learner
        for index, task in enumerate(self.gallery):
            compute = functools.partial(self._worker.adapter.adaptation, settings, state, task)
            self._gallery.expect(index)
            self._worker.ask(("gallery", index), compute, functools.partial(self._take_gallery, index), SHOWING)

    def _note_hand(self) -> None:
        was_moving = self._hand.isActive()
        self._hand.start()
        if not was_moving:
            self.handMoved.emit(True)

    def _take_rest(self) -> None:
        if self._gallery_is_behind:
            self._ask_gallery()
        self.handMoved.emit(False)

    def _take_warm(self, structure: tuple[object, ...]) -> None:
        if structure == self.shown.structure:
            self._ask()

    def _take_steered(self, task: TouchedTask, steered: dict[str, Adaptation]) -> None:
        self._take_touched(task, self.adaptations | steered)

    def _take_touched(self, task: TouchedTask, adaptations: Mapping[str, Adaptation]) -> None:
        self._answered = task
        self.adaptations = {key: path for key, path in adaptations.items() if key in {"learner", *self.compared}}
        self.adaptedChanged.emit()

    def _take_learner(self, task: TouchedTask, adaptations: Mapping[str, Adaptation]) -> None:
        """What lies beside it is of a moment ago."""
        self._take_touched(task, self.adaptations | dict(adaptations))

    def _take_beside(self, adaptations: Mapping[str, Adaptation]) -> None:
        """Of the touched task, or of what it was a moment ago."""
        follow = {key: path for key, path in adaptations.items() if key in self.compared}
        self.adaptations = self.adaptations | follow
        self.adaptedChanged.emit()

    def _take_compared(self, task: TouchedTask, adaptations: Mapping[str, Adaptation]) -> None:
        if task is self.touched:  # else the hand was quicker
            self._take_touched(task, adaptations)

    def _take_gallery(self, index: int, adaptation: Adaptation) -> None:
        if self._gallery.take(index, adaptation):
            self.galleryChanged.emit()
