"""Hundreds of unseen tasks at once: what they are, how the shown run does on them, how it tells them apart."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
from PySide6.QtCore import QObject

from metalearn_gui.bridge.latest import Latest
from metalearn_gui.bridge.shown import Shown
from metalearn_gui.bridge.touches import TouchedTask, draw_task, task_key
from metalearn_gui.bridge.unseen import UnseenTasks
from metalearn_gui.bridge.watched import Watched
from metalearn_gui.engine.adaptation import way_of
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.intervals import num_distinct
from metalearn_gui.engine.scoring import score
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.task_space import changes_of, main_directions

NUM_TASKS, NUM_SLOW = 300, 40  # slow: where adapting takes convolutions
FIRST_BLOCK = 10_000  # of the stream of unseen tasks; nobody comes so far with a key
WAY_NUMBERS = 2**23  # of what adapts, over all tasks and steps
SPACE_NUMBERS = 2**24  # of parameters, over all tasks: their changes are held together


@dataclasses.dataclass(frozen=True)
class TaskSpace:
    """described: named numbers of each task, (tasks,). losses: by step, (steps + 1, tasks), on the query sets.

    num_distinct: fewer than the tasks where some came again, as those of a table do.
    embedded: places by what adapting has changed, (tasks, 2), and shares of the variance; None where not asked for.
    """

    tasks: tuple[TouchedTask, ...]
    described: dict[str, Array]
    losses: Array
    num_distinct: int
    embedded: Array | None = None
    shares: Array | None = None


class UnseenSpace(Watched):
    """`result` is a TaskSpace."""

    purpose = "task space"
    result: TaskSpace | None

    def __init__(self, compile: bool, unseen: UnseenTasks, latest: Latest, parent: QObject) -> None:
        super().__init__(unseen, latest, parent)
        self._compile, self._embeds = compile, False

    @property
    def has_answer(self) -> bool:
        return self.result is not None and (self.result.embedded is not None or not self._embeds)

    def choose(self, embeds: bool) -> None:
        """Whether places by what the learner makes of the tasks are wanted."""
        self._embeds = embeds
        self.ask_if_watched()

    def ask(self) -> None:
        shown, embeds = self.unseen.shown, self._embeds
        self.request("tasks", functools.partial(space_of, shown, embeds, self._compile))


def space_of(shown: Shown, embeds: bool, compile: bool) -> TaskSpace:
    """The same tasks of the stream every time. embeds: with places by what adapting changes."""
    settings, state = shown.learners["learner"]
    tasks = _drawn(task_key(settings), _num_tasks(shown), _Drawing(settings))
    episodes = Episodes(*(_stacked([getattr(task, part) for task in tasks]) for part in ("support", "query")))
    losses = score(settings, state, episodes, compile).losses
    assert losses is not None  # only those that a run remembers are left out
    names = tasks[0].description
    described = {name: np.array([task.description[name] for task in tasks]) for name in names}
    space = TaskSpace(tasks, described, losses, _num_distinct(settings, tasks))
    if not embeds:
        return space
    numbers = sum(values.size for values in state.params.values()) * (settings.outer.test_steps + 1)
    size = max(8, min(len(tasks), WAY_NUMBERS // max(numbers, 1)))
    starts = range(0, len(tasks), size)
    parts = [_changes(settings, shown, episodes.support, start, size, compile) for start in starts]
    places, shares = main_directions(np.concatenate(parts)[: len(tasks)])
    return dataclasses.replace(space, embedded=places, shares=shares)


def _num_tasks(shown: Shown) -> int:
    """Fewer where the network is slow, or so large that it would take minutes and half a gigabyte."""
    if not shown.settings.network.compiles:
        return NUM_SLOW
    num_params = sum(values.size for values in shown.state.learner.params.values())
    return min(NUM_TASKS, max(NUM_SLOW, SPACE_NUMBERS // max(num_params, 1)))


def _num_distinct(settings: ExperimentSettings, tasks: tuple[TouchedTask, ...]) -> int:
    numbers = [one for task in tasks if (one := settings.tasks.identity(task.tasks)) is not None]
    return num_distinct(len(tasks), np.concatenate(numbers) if numbers else None)


def _changes(
    settings: ExperimentSettings, shown: Shown, support: PointSet, start: int, size: int, compile: bool
) -> Array:
    """Of `size` tasks; the last ones are filled up with the last, so that shapes stay."""
    places = np.minimum(np.arange(start, start + size), len(support.x) - 1)
    part = PointSet(support.x[places], support.y[places])
    return changes_of(way_of(settings, shown.state.learner, part, compile=compile))


@dataclasses.dataclass(frozen=True)
class _Drawing:
    """Settings to draw with; what is drawn hangs on the key beside them alone."""

    settings: ExperimentSettings = dataclasses.field(compare=False)


@functools.lru_cache(maxsize=2)
def _drawn(key: tuple[object, ...], count: int, drawing: _Drawing) -> tuple[TouchedTask, ...]:
    return tuple(draw_task(drawing.settings, FIRST_BLOCK + place) for place in range(count))


def _stacked(points: list[PointSet]) -> PointSet:
    return PointSet(np.stack([one.x for one in points]), np.stack([one.y for one in points]))
