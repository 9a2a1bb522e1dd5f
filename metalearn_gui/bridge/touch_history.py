"""What a hand has done to the touched task, gesture by gesture, so that it can be taken back."""

from __future__ import annotations

from metalearn_gui.bridge.touches import TouchedTask

MOST_GESTURES = 100


class TouchHistory:
    """The task as it was before each gesture. A gesture that changed nothing is none."""

    def __init__(self) -> None:
        self._past: list[TouchedTask] = []
        self._future: list[TouchedTask] = []

    @property
    def tasks(self) -> list[TouchedTask]:
        """All that can come back."""
        return [*self._past, *self._future]

    def begin(self, task: TouchedTask) -> None:
        """A gesture begins on this task."""
        if not self._past or self._past[-1] is not task:
            self._past = [*self._past[1 - MOST_GESTURES :], task]
            self._future = []

    def back(self, task: TouchedTask) -> TouchedTask | None:
        """The task before its last gesture, or None where that changed nothing."""
        if self._past and self._past[-1] is task:
            self._past.pop()
            return None
        return self._exchanged(self._past, self._future, task)

    def forth(self, task: TouchedTask) -> TouchedTask | None:
        """The task after the gesture that was taken back last, or None."""
        return self._exchanged(self._future, self._past, task)

    def forget(self) -> None:
        """Another task is under the hand."""
        self._past, self._future = [], []

    @staticmethod
    def _exchanged(source: list[TouchedTask], target: list[TouchedTask], task: TouchedTask) -> TouchedTask | None:
        if not source:
            return None
        target.append(task)
        return source.pop()
