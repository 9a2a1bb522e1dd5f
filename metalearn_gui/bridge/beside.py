"""Other runs beside the shown one: how each of them adapts to the task under the hand."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.adapter import Adaptation, Adapter
from metalearn_gui.bridge.runs import Runs, overlaid_runs
from metalearn_gui.bridge.touches import TouchedTask
from metalearn_gui.bridge.unseen import UnseenTasks
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.settings import ExperimentSettings

Learned = tuple[ExperimentSettings, LearnerState]


class Beside(QObject):
    """Asks for adaptations while somebody looks at them; each comes when it is there.

    The one under the hand is asked at every move. Of the others one at a time is: whoever waits longest, so that
    all follow a drag, though not each of its moves.
    """

    adapted = Signal(str)  # the key of who has adapted

    def __init__(self, unseen: UnseenTasks, name: str, parent: QObject) -> None:
        """name: tells its questions from those of others that ask beside it."""
        super().__init__(parent)
        self._unseen, self._name = unseen, name
        self._learned: dict[str, Learned] = {}
        self._answers: dict[str, tuple[TouchedTask, Adaptation]] = {}
        self._waiting: dict[str, None] = {}  # whom to ask, who waits longest first
        self._first = self._asked = ""
        unseen.taskChanged.connect(self._ask_all)
        unseen.followed.connect(self._ask_missing)

    def show(self, learned: Mapping[str, Learned]) -> None:
        """Follow these, by key, and no others; what has not changed is not asked for again."""
        changed = [key for key, one in learned.items() if not _is_same(self._learned.get(key), one)]
        self._learned = dict(learned)
        self._answers = {key: one for key, one in self._answers.items() if key in learned}
        self._waiting = {key: None for key in self._waiting if key in learned}
        self.put_first(self._first if self._first in learned else "")
        self._ask(changed)

    def put_first(self, key: str) -> None:
        """The hand is on this one, or on none of them; until it leaves, the shown run's own canvas rests."""
        if key != self._first:
            self._first = key
            self._unseen.answers.rest(bool(key))

    def adaptation(self, key: str) -> Adaptation | None:
        """The newest answer, be it for the task as it was a moment ago; None before the first."""
        return self._answers[key][1] if key in self._answers else None

    def is_behind(self, key: str) -> bool:
        """Whether the task under the hand is another one by now than the newest answer is for."""
        return key in self._answers and self._answers[key][0] is not self._unseen.touched

    def _ask_all(self) -> None:
        self._ask(self._learned)

    def _ask_missing(self) -> None:
        """What was asked for before TensorFlow was there."""
        self._ask(key for key in self._learned if key not in self._answers)

    def _ask(self, keys: Iterable[str]) -> None:
        self._waiting |= dict.fromkeys(keys)
        self._ask_next()

    def _ask_next(self) -> None:
        if not self._unseen.answers.is_ready:
            return
        if self._first in self._waiting:
            self._request(self._first)
        if not self._asked and self._waiting:
            self._asked = next(iter(self._waiting))
            self._request(self._asked)

    def _request(self, key: str) -> None:
        del self._waiting[key]
        compute = functools.partial(_adaptation, *self._learned[key])
        take = functools.partial(self._take, key, self._unseen.touched)
        failed = functools.partial(self._fail, key)
        self._unseen.answers.ask_beside((self._name, key), compute, take, failed, bool(self._first))

    def _take(self, key: str, task: TouchedTask, adaptation: Adaptation) -> None:
        if key in self._learned:
            self._answers[key] = task, adaptation
            self.adapted.emit(key)
        self._go_on(key)

    def _fail(self, key: str, line: str) -> None:
        self._unseen.failed.emit(line)
        self._go_on(key)

    def _go_on(self, key: str) -> None:
        if key == self._asked:
            self._asked = ""
        self._ask_next()


def laid_over(runs: Runs) -> dict[str, Learned]:
    """Those of the runs laid over the shown one that have learned something from its task family, by run_id."""
    family = runs.shown.settings.tasks
    return {
        run.run_id: (run.settings, run.latest.learner)
        for run in overlaid_runs(runs.list, runs.overlays, runs.shown)
        if run.settings.tasks == family and run.latest is not None
    }


def _is_same(known: Learned | None, other: Learned) -> bool:
    return known is not None and known[0] is other[0] and known[1] is other[1]


def _adaptation(settings: ExperimentSettings, state: LearnerState, adapter: Adapter, task: TouchedTask) -> Adaptation:
    """Compiled first, where it is not: several uncompiled answers at each move would slow the window."""
    adapter.warm_up(settings, state, task)
    return adapter.adaptation(settings, state, task)
