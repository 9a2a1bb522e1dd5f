"""Other runs beside the shown one: how each of them adapts to the task under the hand."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.touches import Adaptation, Adapter, TouchedTask
from metalearn_gui.bridge.unseen import UnseenTasks
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.settings import ExperimentSettings

Learned = tuple[ExperimentSettings, LearnerState]


class Beside(QObject):
    """Asks for adaptations while somebody looks at them; each comes when it is there."""

    adapted = Signal(str)  # the key of who has adapted

    def __init__(self, unseen: UnseenTasks, parent: QObject) -> None:
        super().__init__(parent)
        self._unseen = unseen
        self._learned: dict[str, Learned] = {}
        self._adaptations: dict[str, Adaptation] = {}
        unseen.taskChanged.connect(self._ask_all)
        unseen.followed.connect(self._ask_missing)

    def show(self, learned: Mapping[str, Learned]) -> None:
        """Follow these, by key, and no others; what has not changed is not asked for again."""
        changed = [key for key, one in learned.items() if not _is_same(self._learned.get(key), one)]
        self._learned = dict(learned)
        self._adaptations = {key: one for key, one in self._adaptations.items() if key in learned}
        for key in changed:
            self._ask(key)

    def adaptation(self, key: str) -> Adaptation | None:
        """The newest answer, be it for the task as it was a moment ago; None before the first."""
        return self._adaptations.get(key)

    def _ask_all(self) -> None:
        for key in self._learned:
            self._ask(key)

    def _ask_missing(self) -> None:
        """What was asked for before TensorFlow was there."""
        for key in self._learned.keys() - self._adaptations.keys():
            self._ask(key)

    def _ask(self, key: str) -> None:
        compute = functools.partial(_adaptation, *self._learned[key])
        self._unseen.ask_beside(("beside", key), compute, functools.partial(self._take, key))

    def _take(self, key: str, adaptation: Adaptation) -> None:
        if key in self._learned:
            self._adaptations[key] = adaptation
            self.adapted.emit(key)


def _is_same(known: Learned | None, other: Learned) -> bool:
    return known is not None and known[0] is other[0] and known[1] is other[1]


def _adaptation(settings: ExperimentSettings, state: LearnerState, adapter: Adapter, task: TouchedTask) -> Adaptation:
    """Compiled first, where it is not: several uncompiled answers at each move would slow the window."""
    adapter.warm_up(settings, state, task)
    return adapter.adaptation(settings, state, task)
