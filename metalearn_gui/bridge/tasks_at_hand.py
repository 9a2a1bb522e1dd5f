"""Unseen tasks as a hand has left them, for when it comes back to them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from metalearn_gui.bridge.gallery import NUM_GALLERY
from metalearn_gui.bridge.touch_history import TouchHistory
from metalearn_gui.bridge.touches import TouchedTask, draw_task
from metalearn_gui.engine.settings import ExperimentSettings

FIRST_TOUCHED = NUM_GALLERY + 1  # blocks 1..8 of the stream are the gallery's
FIRST_BLOCKS = (FIRST_TOUCHED, *range(1, FIRST_TOUCHED))
MOST_BYTES = 64 * 2**20  # of all tasks that are kept; the newest ones stay, whatever they take
MOST_KEPT = 200


@dataclasses.dataclass(eq=False)
class TasksAtHand:
    """The touched task and the gallery of one stream, with the gestures made on them: one and the same at every visit.

    key: the stream's, see touches.task_key.
    blocks: the tasks' places in the stream, the touched one's first.
    tasks: likewise, as they lie while they are out of sight; empty where they are to be drawn.
    next_block: the last place in the stream that was asked for.
    row: of the touched task, that a hand has chosen to look at.
    is_drawn: no hand has been on them, so that they can be drawn again.
    """

    key: tuple[object, ...]
    blocks: tuple[int, ...] = FIRST_BLOCKS
    tasks: Sequence[TouchedTask] = ()
    next_block: int = FIRST_TOUCHED
    row: int | None = None
    is_drawn: bool = True
    history: TouchHistory = dataclasses.field(default_factory=TouchHistory)
    num_bytes: int = 0

    def lie(self, tasks: Sequence[TouchedTask], row: int | None) -> None:
        """They go out of sight as they are now."""
        if self.is_drawn:
            self.forget()  # of gestures, such as changed nothing
        else:
            self.tasks = tuple(tasks)
        self.row, self.blocks = row, tuple(task.block for task in tasks)
        self.num_bytes = _num_bytes([*self.tasks, *self.history.tasks])

    def taken_up(self, settings: ExperimentSettings) -> list[TouchedTask]:
        """They come in sight as they were. settings: the shown ones, of this stream."""
        tasks, self.tasks = list(self.tasks), ()
        return tasks or [draw_task(settings, block) for block in self.blocks]

    def forget(self) -> None:
        """Their places in the stream are all that stays."""
        self.tasks, self.is_drawn, self.num_bytes = (), True, 0
        self.history.forget()


class KeptTasks:
    """Tasks that are out of sight, the newest last. What takes more than its room is drawn again when it comes back."""

    def __init__(self) -> None:
        self._kept: list[TasksAtHand] = []

    def keep(self, one: TasksAtHand) -> None:
        """These have gone out of sight."""
        self._kept.append(one)
        while len(self._kept) > MOST_KEPT:
            self._kept.pop(0).forget()
        excess = sum(other.num_bytes for other in self._kept) - MOST_BYTES
        for other in self._kept[:-1]:
            if excess > 0:
                excess -= other.num_bytes
                other.forget()

    def release(self, one: TasksAtHand) -> None:
        """These are in sight again."""
        self._kept = [other for other in self._kept if other is not one]

    def find(self, key: tuple[object, ...], block: int | None) -> TasksAtHand | None:
        """The newest of this stream. block: where the touched task has to be in it; None: anywhere."""
        of_stream = (one for one in reversed(self._kept) if one.key == key)
        return next((one for one in of_stream if block is None or one.blocks[0] == block), None)

    def forget(self) -> None:
        """None of them comes back."""
        for one in self._kept:
            one.forget()
        self._kept = []


def _num_bytes(tasks: Sequence[TouchedTask]) -> int:
    """In memory; tasks share what a gesture has left alone."""
    parts = (part for task in tasks for part in (*task.support, *task.query, task.grid, task.truth))
    return sum({id(part): part.nbytes for part in parts if part is not None}.values())
