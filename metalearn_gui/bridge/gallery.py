"""The tasks beside the touched one, and how far their adaptations have come in."""

from __future__ import annotations

from metalearn_gui.bridge.adapter import Adaptation
from metalearn_gui.bridge.touches import TouchedTask

NUM_GALLERY = 8


class Gallery:
    """Shown all at once: `adaptations` is empty until the first of every task is there."""

    def __init__(self, tasks: list[TouchedTask]) -> None:
        self.tasks = tasks
        self._answers: dict[int, Adaptation] = {}
        self._awaited: set[int] = set()

    @property
    def adaptations(self) -> list[Adaptation]:
        """In the order of the tasks."""
        return [self._answers[index] for index in range(NUM_GALLERY)] if len(self._answers) == NUM_GALLERY else []

    def forget(self) -> None:
        """The adaptations are of another learner."""
        self._answers, self._awaited = {}, set()

    def exchange(self, index: int, task: TouchedTask, adaptation: Adaptation | None) -> TouchedTask:
        """Take a task in for one that is given out."""
        given, self.tasks[index] = self.tasks[index], task
        if self.adaptations and adaptation is not None:
            self._answers[index] = adaptation
        return given

    def take_in(self, task: TouchedTask, adaptation: Adaptation | None) -> None:
        """A task to the front; the last one goes."""
        self.tasks = [task, *self.tasks[:-1]]
        answers = {index + 1: answer for index, answer in self._answers.items() if index + 1 < NUM_GALLERY}
        self._answers = {0: adaptation, **answers} if adaptation is not None else answers

    def expect(self, index: int) -> None:
        """The adaptation to this task is asked for."""
        self._awaited.add(index)

    def take(self, index: int, adaptation: Adaptation) -> bool:
        """An answer; whether it was the last one that was expected."""
        self._answers[index] = adaptation
        self._awaited.discard(index)
        return not self._awaited
