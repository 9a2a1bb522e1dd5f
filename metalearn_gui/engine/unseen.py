"""Episodes of unseen tasks: drawn as memory bears, kept in one piece, and taken slice by slice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet, Tasks, generator, map_episodes
from metalearn_gui.engine.settings import ExperimentSettings

NUM_TASKS = 600
TASKS_SEED = 0  # of unseen tasks, wherever a run is tried: figures of different places are of the same tasks
DRAWN_NUMBERS = 2**22  # numbers of unseen inputs that are drawn in one call: 16 MB, and some times that on the way


def unseen_episodes(
    settings: ExperimentSettings, num_tasks: int, seed: int, split: str = "test"
) -> tuple[Tasks, Episodes]:
    """Tasks of a split that training never touches, and one episode of each (numpy)."""
    tasks, parts = unseen_parts(settings, num_tasks, seed, split)
    return tasks, joined(parts, num_tasks)


def unseen_parts(
    settings: ExperimentSettings, num_tasks: int, seed: int, split: str
) -> tuple[Tasks, Iterator[Episodes]]:
    """The tasks, and their episodes as they come: so many in one call as memory bears."""
    rng = generator(seed, split, 0)
    tasks = settings.tasks.tasks(rng, num_tasks, split)
    size = max(1, DRAWN_NUMBERS // (settings.points_per_task * settings.tasks.input_dim))
    groups = (tasks.take(np.arange(start, min(start + size, num_tasks))) for start in range(0, num_tasks, size))
    sizes = settings.episodes.shots, settings.episodes.queries
    return tasks, (settings.tasks.draw(group, rng, *sizes) for group in groups)


def joined(parts: Iterator[Episodes], num_tasks: int) -> Episodes:
    """All parts as one, each filled in as it comes: no second copy of the whole is ever there."""
    first = next(parts)
    if len(first.query.x) == num_tasks:
        return first
    whole, filled = map_episodes(lambda values: np.empty((num_tasks, *values.shape[1:]), values.dtype), first), 0
    for part in itertools.chain([first], parts):
        end = filled + len(part.query.x)
        for target, values in zip(_arrays(whole), _arrays(part), strict=True):
            target[filled:end] = values
        filled = end
    return whole


def _arrays(episodes: Episodes) -> list[Array]:
    return [values for values in (*episodes.support, *episodes.query, episodes.classes) if values is not None]


def in_bytes(episodes: Episodes) -> Episodes:
    """Inputs in [0, 1] as 255ths; `slice_of` takes them back."""

    def packed(points: PointSet) -> PointSet:
        return points._replace(x=np.rint(points.x * np.float32(255.0)).astype(np.uint8))

    return episodes._replace(support=packed(episodes.support), query=packed(episodes.query))


def slice_of(episodes: Episodes, start: int, size: int) -> Episodes:
    """`size` tasks from `start`; the last slice is filled up with its last task, so that shapes stay."""
    places = np.minimum(np.arange(start, start + size), episodes.query.x.shape[0] - 1)
    return map_episodes(lambda values: _as_numbers(values[places]), episodes)


def _as_numbers(values: Array) -> Array:
    return np.asarray(values / np.float32(255.0)) if values.dtype == np.uint8 else values
