"""What can be undone: settings, and what is done to the list of runs.

QUndoStack lives in QtGui, not in QtWidgets: it is a history of values and knows no widget.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtGui import QUndoCommand

from metalearn_gui.bridge.tasks_at_hand import TasksAtHand
from metalearn_gui.engine.settings import ExperimentSettings

# A slider under the hand says many values; together they are one change. Between the end of one and the next: tasks of
# pictures take longer to draw anew.
MERGE_SECONDS = 0.5
_SETTINGS_ID = 1


class Place(NamedTuple):
    """Where one was in the list of runs, ids of the live and of the shown one; and what lay under the hand."""

    live: str
    shown: str
    tasks: TasksAtHand


Take = Callable[[ExperimentSettings, Place | None], bool]


class SettingsCommand(QUndoCommand):
    """From one value of the settings to another; gone from the stack once one of them is refused.

    take: gets settings, and the place that they were left at or None; says whether it takes them.
    where: the place now.
    """

    def __init__(
        self,
        take: Take,
        where: Callable[[], Place],
        old: ExperimentSettings,
        new: ExperimentSettings,
        text: str,
    ) -> None:
        super().__init__(text)
        self._take, self._where, self._old, self._new = take, where, old, new
        self._left_old: Place | None = None
        self._left_new: Place | None = None
        self._names = changed_names(old, new)
        self._begun_at = self._ended_at = time.monotonic()

    def redo(self) -> None:
        is_new, self._left_old = self._left_old is None, self._where()
        self._go(self._new, self._left_new)
        if is_new:
            self._ended_at = time.monotonic()

    def undo(self) -> None:
        self._left_new = self._where()
        self._go(self._old, self._left_old)

    def _go(self, settings: ExperimentSettings, place: Place | None) -> None:
        if not self._take(settings, place):
            self.setObsolete(True)

    def id(self) -> int:
        return _SETTINGS_ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        assert isinstance(other, SettingsCommand)  # the only command with this id
        is_same_drag = len(self._names) == 1 and other._names == self._names
        if other.isObsolete() or not is_same_drag or other._begun_at - self._ended_at > MERGE_SECONDS:
            return False
        self._new, self._ended_at = other._new, other._ended_at
        self.setObsolete(self._old == self._new)
        return True


class Deed(QUndoCommand):
    """Something done to the runs that can be taken back."""

    def __init__(self, do: Callable[[], None], take_back: Callable[[], None], text: str) -> None:
        super().__init__(text)
        self._do, self._take_back = do, take_back

    def redo(self) -> None:
        self._do()

    def undo(self) -> None:
        self._take_back()


def changed_names(old: ExperimentSettings, new: ExperimentSettings) -> frozenset[str]:
    """The flat names of settings that differ, the choices among them."""
    names = {"task_family", "learner", "network"} | (old.names().keys() & new.names().keys())
    return frozenset(name for name in names if old.value(name) != new.value(name))
