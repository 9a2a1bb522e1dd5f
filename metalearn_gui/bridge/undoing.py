"""One order over two histories, of what is set and done to runs and of the hand's gestures: the newest goes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtGui import QUndoStack

MOST_REMEMBERED = 1000


class History(NamedTuple):
    """A history's two directions; each says whether there was something to move, None while that is out of sight."""

    back: Callable[[], bool | None]
    forth: Callable[[], bool | None]


class Undoing:
    """Remembers which history each deed went to. Commands are counted when it matters: no signal of the stack's.

    touches: the history of the tasks that lie under the hand.
    """

    def __init__(self, stack: QUndoStack, touches: Callable[[], History]) -> None:
        self._stack, self._touches = stack, touches
        self._commands = History(self._stack_back, self._stack_forth)
        self._past: list[History] = []
        self._future: list[History] = []
        self._index = stack.index()

    def note_touch(self) -> None:
        """A gesture begins."""
        self._count_commands()
        self._note(self._touches())

    def undo(self) -> bool:
        """Take the newest deed back that can be seen; whether there was one."""
        self._count_commands()
        return self._move(self._past, self._future, 0)

    def redo(self) -> bool:
        """Do the deed again that was taken back last, of those that can be seen; whether there was one."""
        self._count_commands()
        return self._move(self._future, self._past, 1)

    def _move(self, source: list[History], target: list[History], direction: int) -> bool:
        for place in reversed(range(len(source))):
            history = source[place]
            moved = history[direction]()
            if moved is not None:
                del source[place]  # a gesture that changed nothing is passed over
            if moved:
                target.append(history)
                self._index = self._stack.index()
                return True
        return False

    def _note(self, history: History) -> None:
        self._past = [*self._past[1 - MOST_REMEMBERED :], history]
        self._future = []

    def _count_commands(self) -> None:
        """What has come to the stack since the last time."""
        for _ in range(self._stack.index() - self._index):
            self._note(self._commands)
        self._index = self._stack.index()

    def _stack_back(self) -> bool:
        can_move = self._stack.canUndo()
        self._stack.undo()
        return can_move

    def _stack_forth(self) -> bool:
        can_move = self._stack.canRedo()
        self._stack.redo()
        return can_move
