"""The unseen tasks under the hand: which they are, and what is done to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from metalearn_gui.bridge.adapter import Adaptation
from metalearn_gui.bridge.answers import Answers, Question
from metalearn_gui.bridge.gallery import NUM_GALLERY, Gallery
from metalearn_gui.bridge.saved_tasks import restored_tasks, saved_task
from metalearn_gui.bridge.shown import Shown
from metalearn_gui.bridge.tasks_at_hand import FIRST_TOUCHED, KeptTasks, TasksAtHand
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
from metalearn_gui.bridge.undoing import History
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.learners.base import View
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store.session_file import SavedTask

FIRST_STEP = 5
HAND_MS = 300  # without a touch: the hand rests


class UnseenTasks(QObject):
    """Draws tasks from their own stream; what the shown run makes of them is asked of `answers` after every change.

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
        self.shown = Shown(settings, state)
        self.compared = {"transfer", "scratch"}  # drawn beside the learner
        self.laid_over: UnitAnswers | None = None  # drawn over the touched task
        self._chosen_step = FIRST_STEP  # comes back where a learner of fewer steps has gone
        self.step = min(FIRST_STEP, self.num_steps)
        self.row: int | None = None  # of the touched task, support rows first, that a hand has chosen to look at
        self.held: dict[str, Array] = {}  # what a hand has put in the place of what adapting comes to
        self._hand = QTimer(self, singleShot=True, interval=HAND_MS)
        self._hand.timeout.connect(self._take_rest)
        self._news: list[Callable[[], None]] = []
        self._kept = KeptTasks()
        self.at_hand = TasksAtHand(task_key(settings))
        self.touched, *gallery = self.at_hand.taken_up(settings)
        self._gallery = Gallery(gallery)
        self.answers = Answers(self._question, self._gallery, compile, self)
        for name in ("adaptedChanged", "viewsChanged", "galleryChanged", "failed"):
            getattr(self.answers, name).connect(getattr(self, name))

    @property
    def num_steps(self) -> int:
        """Adaptation steps that are shown: of one pass, before it and after it."""
        settings = self.shown.settings
        return min(settings.outer.test_steps, 1) if settings.learner.adapts_once else settings.outer.test_steps

    @property
    def comparable(self) -> frozenset[str]:
        """The baselines that were trained beside the shown run, whether they are drawn or not."""
        return frozenset(self.shown.learners) - {"learner"}

    @property
    def gallery(self) -> list[TouchedTask]:
        """Eight more unseen tasks."""
        return self._gallery.tasks

    @property
    def adaptations(self) -> dict[str, Adaptation]:
        """To the touched task, by key; none before TensorFlow is there."""
        return self.answers.adaptations

    @property
    def is_behind(self) -> bool:
        """Whether `adaptations` are to the touched task as it was before a hand changed it."""
        return self.answers.is_behind

    @property
    def gallery_adaptations(self) -> list[Adaptation]:
        """In the gallery's order; empty until all are there."""
        return self._gallery.adaptations

    @property
    def views(self) -> list[View]:
        """What the learner shows about itself on the touched task."""
        return self.answers.views

    # --- what is shown ----------------------------------------------------------------------------

    def follow(self, settings: ExperimentSettings, state: TrainingState) -> None:
        """Show how this state adapts; call `announce` when the session is ready for it."""
        before, self.shown = self.shown, Shown(settings, state)
        if self.at_hand.key != task_key(settings):
            of_one_stream = before.settings.tasks.key == settings.tasks.key and before.settings.seed == settings.seed
            self._exchange(self._found(keeps_places=of_one_stream))
        elif before.structure != self.shown.structure:
            self._forget_adaptations()
        if self.step != min(self._chosen_step, self.num_steps):
            self.step = min(self._chosen_step, self.num_steps)
            self._news.append(self.stepChanged.emit)
        self.answers.follow_run(self._hand.isActive())
        self.followed.emit()

    def announce(self) -> None:
        """Emit what has changed since the last time."""
        news, self._news = self._news, []
        for emit in dict.fromkeys(news):
            emit()

    def set_ready(self) -> None:
        """TensorFlow is loaded: adaptations can be asked for."""
        self.answers.set_ready()
        self.followed.emit()

    def put_back(self, tasks: TasksAtHand) -> None:
        """What lay under the hand before, where it is of the stream that is shown; call `announce` afterwards."""
        if tasks is not self.at_hand and tasks.key == self.at_hand.key:
            self._exchange(tasks)
            self.answers.ask()

    def forget_others(self) -> None:
        """What lay under the hand before does not come back."""
        self._kept.forget()

    def close(self, seconds: float) -> bool:
        """End the worker; wait so long at most. Whether it has ended."""
        self._hand.stop()
        return self.answers.close(seconds)

    # --- the hand ---------------------------------------------------------------------------------

    def note_hand(self) -> None:
        """A hand moves what is adapted to, or is about to: a slow meta-iteration under way cannot be interrupted."""
        was_moving = self._hand.isActive()
        self._hand.start()
        if not was_moving:
            self.handMoved.emit(True)

    def begin_touch(self) -> None:
        """What comes until the next call is one gesture on the touched task, which `undo_touch` takes back."""
        self.gestureBegun.emit()
        self.at_hand.history.begin(self.touched)

    def undo_touch(self) -> bool:
        """Take the last gesture on the touched task back; whether there was one."""
        return self._take_touch(self.at_hand.history.back(self.touched))

    def redo_touch(self) -> bool:
        """Make the gesture again that was taken back last; whether there was one."""
        return self._take_touch(self.at_hand.history.forth(self.touched))

    def touches_here(self) -> History:
        """The gestures on the tasks that lie under the hand now, which move only while these do."""
        here = self.at_hand
        return History(
            lambda: self.undo_touch() if self.at_hand is here else None,
            lambda: self.redo_touch() if self.at_hand is here else None,
        )

    def choose_row(self, row: int | None) -> None:
        """Look at one row of the touched task."""
        if row != self.row:
            self.row = row
            self.rowChanged.emit()

    def move_query(self, index: int, x: Array, y: Array | int) -> None:
        if _is_of(self.touched.query, x, index):
            self._set_points(with_moved_query(self.touched, index, x, y))
            self.answers.ask_features(index)

    def move_point(self, index: int, x: Array, y: Array | int) -> None:
        if _is_of(self.touched.support, x, index):
            self._set_points(with_moved_point(self.touched, index, x, y))

    def add_point(self, x: Array, y: Array | int) -> None:
        if len(self.touched.support.x) < MAX_SUPPORT and _is_of(self.touched.support, x):
            self._set_points(with_added_point(self.touched, x, y))

    def remove_point(self, index: int) -> None:
        if index < len(self.touched.support.x):
            self._set_points(without_point(self.touched, index))

    def set_support(self, x: Array, y: Array) -> None:
        """Other support points all at once, MAX_SUPPORT of them at most."""
        self._set_points(with_support(self.touched, x[:MAX_SUPPORT], y[:MAX_SUPPORT]))

    def look_at(self, places: Places) -> None:
        """Predict at these places as well: `touched.looked_at`, of a task whose grid is its rows."""
        self.touched, self.at_hand.is_drawn = looking_at(self.touched, places), False
        self.answers.ask_touched()
        self.answers.make_room()

    def new_task(self) -> None:
        """Undoable: the next task of the stream."""
        self.at_hand.next_block += 1
        self._put_under_hand(draw_task(self.shown.settings, self.at_hand.next_block))

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
        self.at_hand.is_drawn = False
        self.answers.ask_gallery()
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

    def set_held(self, held: Mapping[str, Array], by_hand: bool = True) -> None:
        """What the learner predicts once it is adapted to this shows in `adaptations`, until the task is touched.

        Args:
            held: as adaptation.predict_adapted takes it, of the one task; empty: the learner's own.
            by_hand: whether a hand moves it, for which training makes room.
        """
        self.held = dict(held)
        if by_hand:
            self.note_hand()
        if self.held and self.step == 0:
            self.set_step(self.num_steps)  # step 0 is the start, which no hand moves
        self.answers.steer()

    @property
    def held_loss(self) -> float | None:
        """The touched task's loss with what a hand holds; None until it is known, or where the hand holds nothing."""
        return self.answers.held_loss

    def set_compared(self, key: str, on: bool) -> None:
        """Draw a baseline beside the learner, or not."""
        self.compared = self.compared | {key} if on else self.compared - {key}
        if not on:
            self.answers.leave_out(key)
        self.answers.ask_touched()
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
            if self.answers.lack_step(step):
                self.answers.ask_touched()
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
        gallery = tasks[1:] if len(tasks) == 1 + NUM_GALLERY else self.gallery
        next_block = max(FIRST_TOUCHED, *(task.block for task in tasks))
        key = task_key(self.shown.settings)
        self._exchange(TasksAtHand(key, tasks=[tasks[0], *gallery], next_block=next_block, is_drawn=False))
        self.answers.ask()

    # --- inside -----------------------------------------------------------------------------------

    @property
    def _context_name(self) -> str:
        """What the learner calls its context; empty where it shows none."""
        return next((name for view in self.views if view.kind == "context" for name in view.arrays), "")

    def _question(self) -> Question:
        return Question(self.shown, self.touched, self.held, frozenset(self.compared), self.step)

    def _found(self, keeps_places: bool) -> TasksAtHand:
        """What was left of the stream that is shown now; else its first tasks, or those at the places of these."""
        key, here = task_key(self.shown.settings), self.at_hand
        found = self._kept.find(key, self.touched.block if keeps_places else None)
        if found is None and keeps_places:
            blocks = tuple(task.block for task in (self.touched, *self.gallery))
            return TasksAtHand(key, blocks, next_block=here.next_block)
        return found or TasksAtHand(key)

    def _exchange(self, tasks: TasksAtHand) -> None:
        """Other tasks under the hand, and in the gallery."""
        self.at_hand.lie([self.touched, *self.gallery], self.row)
        self._kept.keep(self.at_hand)
        self._kept.release(tasks)
        self.at_hand, self.row = tasks, tasks.row
        self.touched, *self._gallery.tasks = tasks.taken_up(self.shown.settings)
        self._news = [self.taskChanged.emit, *self._news]  # first: else a row of the task before would be chosen in it
        self._forget_adaptations()
        self._news += [self.galleryChanged.emit, self.rowChanged.emit]

    def _forget_adaptations(self) -> None:
        self.answers.forget()
        self.held = {}
        self._news += [self.adaptedChanged.emit, self.galleryChanged.emit, self.viewsChanged.emit]

    def _take_touch(self, task: TouchedTask | None) -> bool:
        if task is not None:
            self._set_all_points(task)
        return task is not None

    def _put_under_hand(self, task: TouchedTask) -> None:
        self.begin_touch()
        self._set_all_points(task)

    def _set_all_points(self, task: TouchedTask) -> None:
        self.answers.begin_series()
        looked_at = self.touched.looked_at
        self._set_points(task if looked_at is None else looking_at(task, looked_at))
        self.answers.ask_gallery()

    def _set_points(self, task: TouchedTask) -> None:
        family = self.shown.settings.tasks
        task = seen_whole(family, task)
        if family.view == "curve" and not np.array_equal(task.grid, self.touched.grid):
            self.answers.forget_touched()
            self.answers.ask_gallery()
        self.row = self.row if task.tasks is self.touched.tasks else None
        self.touched, self.held, self.at_hand.is_drawn = task, {}, False
        self.answers.follow_hand()
        self.note_hand()
        self.taskChanged.emit()
        self.worked.emit()

    def _take_rest(self) -> None:
        self.answers.catch_up()
        self.handMoved.emit(False)


def _is_of(points: PointSet, x: Array, index: int = -1) -> bool:
    """Whether inputs are such as these points have: a stroke may go on while another task comes."""
    return np.shape(x) == points.x.shape[1:] and index < len(points.x)
