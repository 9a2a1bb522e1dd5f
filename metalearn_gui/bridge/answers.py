"""How the shown run adapts to the unseen tasks: what is asked of the worker, when, and what has come back."""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from metalearn_gui.bridge.adapter import Adaptation, Adapter, Known
from metalearn_gui.bridge.adapting_worker import FIRST, FOLLOWING, INSPECTING, SHOWING, TOUCHING, AdaptingWorker
from metalearn_gui.bridge.gallery import Gallery
from metalearn_gui.bridge.latest import Request
from metalearn_gui.bridge.shown import Shown, moved_query
from metalearn_gui.bridge.touches import TouchedTask
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.learners.base import View

INSPECT_MS = 500  # views run uncompiled: twice a second is what the window bears
SHARE = 0.2  # of all time, in which views follow the training at most
LARGE_GRID = 1000  # places: to predict there takes long enough that the baselines' answers may come by themselves
CATCH_UP_MS = 2000  # how often convolutions follow the training: a look at all tasks takes them as long as an iteration


@dataclasses.dataclass(frozen=True, eq=False)
class Question:
    """How does this moment of a run adapt to the touched task?

    held: what a hand has put in the place of what adapting comes to; empty: nothing.
    compared: the baselines that are asked as well.
    step: the adaptation step that is looked at.
    """

    shown: Shown
    touched: TouchedTask
    held: Mapping[str, Array]
    compared: frozenset[str]
    step: int

    @property
    def keys(self) -> tuple[str, ...]:
        """Of the learners side by side."""
        return ("learner", *self.compared)

    @property
    def has_large_grid(self) -> bool:
        """Whether the learner's own answer is worth having before the baselines'."""
        return len(self.touched.grid) >= LARGE_GRID and not self.touched.has_rows

    @property
    def is_slow(self) -> bool:
        """Whether adapting takes long enough for a hand to feel it."""
        return not self.shown.settings.network.compiles


class Answers(QObject):
    """What is known by now of the question as it stands, and of the gallery. Before TensorFlow is loaded: nothing."""

    adaptedChanged = Signal()  # adaptations
    viewsChanged = Signal()  # views
    galleryChanged = Signal()  # adaptations of the gallery
    failed = Signal(str)

    def __init__(self, question: Callable[[], Question], gallery: Gallery, compile: bool, parent: QObject) -> None:
        super().__init__(parent)
        self._question, self._gallery = question, gallery
        self._worker = AdaptingWorker(compile, self)
        self._worker.warmed.connect(self._take_warm)
        self._worker.failed.connect(self.failed)
        self.is_ready = False
        self.adaptations: dict[str, Adaptation] = {}  # to the touched task
        self.views: list[View] = []  # what the learner shows about itself on the touched task
        self._answered: TouchedTask | None = None  # the touched task as it was when `adaptations` were asked for
        self._answered_held: Mapping[str, Array] = {}  # what the hand held then
        self._rests = self._is_behind_run = False
        self._inspection = QTimer(self, singleShot=True)
        self._inspection.timeout.connect(self._ask_at_rest)
        self._inspection_seconds = 0.0  # what the last one took
        self._catch_up = QTimer(self, singleShot=True, interval=CATCH_UP_MS)
        self._catch_up.timeout.connect(self.ask)

    @property
    def held_loss(self) -> float | None:
        """The learner's loss with what a hand holds; None until the answer to that is there, or where it is nothing."""
        own, held = self.adaptations.get("learner"), self._question().held
        return float(own.loss[-1]) if own is not None and held and held is self._answered_held else None

    @property
    def is_behind(self) -> bool:
        """Whether there are answers, and to what a hand has changed since."""
        return bool(self.adaptations) and self._answered is not self._question().touched

    # --- asking -----------------------------------------------------------------------------------

    def set_ready(self) -> None:
        """TensorFlow is loaded."""
        self.is_ready = True
        self.ask()

    def ask(self, inspect_ms: int = INSPECT_MS) -> None:
        """The touched task and the gallery; and within so long what the learner shows about itself."""
        self.ask_touched(inspect_ms)
        self.ask_gallery()

    def ask_touched(self, inspect_ms: int = INSPECT_MS) -> None:
        """How the run adapts to the touched task."""
        if self.is_ready and not self._rests:
            self._ask_learners({})
        if self.is_ready and not 0 <= self._inspection.remainingTime() <= inspect_ms:
            self._inspection.start(inspect_ms)

    def follow_hand(self) -> None:
        """Points of the touched task have moved: what is drawn over others may stay as it was until the hand rests."""
        if not self.is_ready:
            return
        if not self._rests:
            self._ask_learners(self._known())
        self._inspection.start(INSPECT_MS)  # not while the hand moves: an inspection is uncompiled and takes its time
        self.make_room()

    def ask_gallery(self) -> None:
        """The gallery waits for its compiled program: eight uncompiled tasks would slow the window."""
        shown = self._question().shown
        if not (self.is_ready and self._worker.is_warm(shown)):
            return
        self._is_behind_run = False
        for index, task in enumerate(self._gallery.tasks):
            compute = functools.partial(self._worker.adapter.adaptation, shown.settings, shown.state.learner, task)
            self._gallery.expect(index)
            self._worker.ask(("gallery", index), compute, functools.partial(self._take_gallery, index), SHOWING)

    def follow_run(self, hand_moves: bool) -> None:
        """The run has gone on: ask again, as often as it can be borne."""
        if self._question().is_slow and self.adaptations:
            if not self._catch_up.isActive():
                self._catch_up.start()
        elif hand_moves and self.adaptations and self._gallery.adaptations:  # its next touch asks, and is not held up
            self._is_behind_run = True
        else:
            self.ask(max(INSPECT_MS, round(1000 * self._inspection_seconds / SHARE)))

    def catch_up(self) -> None:
        """The hand rests: ask what `follow_run` left out."""
        if self._is_behind_run:
            self.ask()

    def steer(self) -> None:
        """Ask the learner alone with what the hand holds: the baselines and the views stay, nothing holds it up."""
        own = self.adaptations.get("learner")
        question = self._question()
        if own is None or not question.held:
            self.ask_touched()
            return
        asked = (self._worker.adapter, question.touched, question.held, own)
        take = functools.partial(self._take_learner, question)
        self._worker.ask("touched", functools.partial(question.shown.steered, *asked), take, TOUCHING)
        self._inspection.start(INSPECT_MS)

    def ask_features(self, index: int) -> None:
        """Where a query row lies among the learner's features, if that is shown and has to do with that row alone."""
        shown, query = self._question().shown, self._question().touched.query
        if self.is_ready and shown.embeds_by_row and any(view.kind == "prototypes" for view in self.views):
            compute = functools.partial(shown.features, query.x[index : index + 1])
            self._worker.ask("features", compute, functools.partial(self._take_features, index), SHOWING)

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
        compute = functools.partial(compute, self._worker.adapter, self._question().touched)
        self._worker.request(key, Request(compute, take, failed, TOUCHING if is_touched else SHOWING))

    def rest(self, rests: bool) -> None:
        """Answer the hand only once it pauses: it is on the pictures of other runs, which answer first."""
        was_resting, self._rests = self._rests, rests
        if was_resting and not rests:
            self.ask_touched()

    # --- what no longer holds -----------------------------------------------------------------------

    def begin_series(self) -> None:
        """What is still on its way is for points that have gone."""
        self._worker.begin_series()

    def forget_touched(self) -> None:
        """The adaptations are drawn over another grid, or are another learner's."""
        self.begin_series()
        self.adaptations = {}

    def forget(self) -> None:
        """All answers are another learner's, or about other tasks."""
        self.forget_touched()
        self.views = []
        self._gallery.forget()

    def leave_out(self, key: str) -> None:
        """A baseline is compared no more."""
        self.adaptations = {name: path for name, path in self.adaptations.items() if name != key}

    def lack_step(self, step: int) -> bool:
        """Whether a step has to be asked for: an uncompiled answer has no more steps than were shown."""
        is_warm = self._worker.is_warm(self._question().shown)
        return not is_warm or any(path.nearest(step) != step for path in self.adaptations.values())

    # --- compiling ----------------------------------------------------------------------------------

    def warm_up(self) -> None:
        """Compile the adaptation of what is shown."""
        if self.is_ready:
            self._worker.warm_up(*self._to_compile())

    def make_room(self) -> None:
        """Compile for what the touched task has grown to."""
        if self.is_ready:
            self._worker.make_room(*self._to_compile())

    def close(self, seconds: float) -> bool:
        """End the worker; wait so long at most. Whether it has ended."""
        self._inspection.stop()
        self._catch_up.stop()
        return self._worker.close(seconds)

    # --- inside -------------------------------------------------------------------------------------

    def _to_compile(self) -> tuple[Shown, tuple[TouchedTask, ...]]:
        question = self._question()
        return question.shown, (question.touched, self._gallery.tasks[0])

    def _known(self) -> dict[str, Known]:
        """What the hand saw last: where it draws on one picture, the answers for the others stay until it rests."""
        before = self._answered
        return {} if before is None else {key: Known(before, path) for key, path in self.adaptations.items()}

    def _ask_learners(self, known: Mapping[str, Known]) -> None:
        question = self._question()
        # Uncompiled answers slow the window, so the baselines wait for their program.
        beside = question.compared if self._worker.is_warm(question.shown) and not question.is_slow else ()
        goes_ahead = question.has_large_grid
        keys = ("learner",) if goes_ahead else ("learner", *beside)
        take = functools.partial(self._take_learner if goes_ahead else self._take_touched, question)
        rank = TOUCHING if self.adaptations else FIRST
        self._ask_adaptations("touched", keys, take, rank, known)
        if goes_ahead and beside:
            self._ask_adaptations("beside", tuple(beside), self._take_beside, FOLLOWING, known)

    def _ask_adaptations(
        self, request: str, keys: tuple[str, ...], take: Callable[[Any], None], rank: int, known: Mapping[str, Known]
    ) -> None:
        question = self._question()
        asked = (self._worker.adapter, keys, question.touched, question.held, known, question.step)
        self._worker.ask(request, functools.partial(question.shown.adaptations, *asked), take, rank)

    def _ask_at_rest(self) -> None:
        if not self.is_ready:
            return
        question = self._question()
        if self._rests:
            self._ask_learners({})
        if question.is_slow and self._worker.is_warm(question.shown):
            take = functools.partial(self._take_compared, question)
            self._ask_adaptations("compared", question.keys, take, SHOWING, {})
        compiles = self._worker.has_compiled(question.shown)  # not before what a hand needs is
        compute = functools.partial(_timed_views, question.shown, question.touched, compiles)
        self._worker.ask("views", compute, self._take_views, INSPECTING)

    def _take_warm(self, structure: tuple[object, ...]) -> None:
        if structure == self._question().shown.structure:
            self.ask()

    def _take_views(self, found: tuple[list[View], float]) -> None:
        self.views, self._inspection_seconds = found
        self.viewsChanged.emit()

    def _take_features(self, index: int, features: Array) -> None:
        """One query row has gone elsewhere in the view of the learner's features; the others wait for the next view."""
        self.views = [moved_query(view, index, features) if view.kind == "prototypes" else view for view in self.views]
        self.viewsChanged.emit()

    def _take_touched(self, asked: Question, adaptations: Mapping[str, Adaptation]) -> None:
        self._answered, self._answered_held = asked.touched, asked.held
        keys = self._question().keys
        self.adaptations = {key: path for key, path in adaptations.items() if key in keys}
        self.adaptedChanged.emit()

    def _take_learner(self, asked: Question, adaptations: Mapping[str, Adaptation]) -> None:
        """What lies beside it is of a moment ago."""
        self._take_touched(asked, self.adaptations | dict(adaptations))

    def _take_beside(self, adaptations: Mapping[str, Adaptation]) -> None:
        """Of the touched task, or of what it was a moment ago."""
        compared = self._question().compared
        self.adaptations = self.adaptations | {key: path for key, path in adaptations.items() if key in compared}
        self.adaptedChanged.emit()

    def _take_compared(self, asked: Question, adaptations: Mapping[str, Adaptation]) -> None:
        if asked.touched is self._question().touched:  # else the hand was quicker
            self._take_touched(asked, adaptations)

    def _take_gallery(self, index: int, adaptation: Adaptation) -> None:
        if self._gallery.take(index, adaptation):
            self.galleryChanged.emit()


def _timed_views(shown: Shown, task: TouchedTask, compile: bool) -> tuple[list[View], float]:
    """What the learner shows about itself, and the seconds that it took."""
    started = time.perf_counter()
    return shown.views(task, compile), time.perf_counter() - started
