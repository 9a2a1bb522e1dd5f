"""How the shown run's weights move as it adapts to the touched task: one pass over its support set, and no grid."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping

from PySide6.QtCore import QObject

from metalearn_gui.bridge.latest import Latest
from metalearn_gui.bridge.shown import Shown
from metalearn_gui.bridge.touches import TouchedTask
from metalearn_gui.bridge.unseen import UnseenTasks
from metalearn_gui.bridge.watched import Watched
from metalearn_gui.engine.adaptation import way_of
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet


@dataclasses.dataclass(frozen=True, eq=False)
class Way:
    """What adapts, by name, after steps 0..k: (steps + 1, ...)."""

    shown: Shown
    task: TouchedTask
    parts: Mapping[str, Array]

    def at(self, step: int) -> dict[str, Array]:
        """What adapting has made of it by a step; a way that is shorter stays at its end."""
        return {name: values[min(step, len(values) - 1)] for name, values in self.parts.items()}


class WayOfTask(Watched):
    """`result` is a Way."""

    purpose = "way"
    result: Way | None

    def __init__(self, compile: bool, unseen: UnseenTasks, latest: Latest, parent: QObject) -> None:
        super().__init__(unseen, latest, parent)
        self._compile = compile
        unseen.taskChanged.connect(self.ask_if_watched)

    def ask(self) -> None:
        """Ask now, for the task as it lies."""
        self.request("way", functools.partial(_way, self.unseen.shown, self.unseen.touched, self._compile))


def _way(shown: Shown, task: TouchedTask, compile: bool) -> Way:
    settings, state = shown.learners["learner"]
    support = PointSet(task.support.x[None], task.support.y[None])
    way = way_of(settings, state, support, compile=compile)
    return Way(shown, task, {name: values[:, 0] for name, values in way.items()})
