"""Unseen tasks as a file holds them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from metalearn_gui.bridge.touches import TouchedTask, placed_task
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store.session_file import SavedTask


def saved_task(task: TouchedTask) -> SavedTask:
    """What a file holds of a task."""
    return SavedTask(task.block, task.tasks, task.support, task.query, tuple(sorted(task.unnamed)))


def restored_tasks(saved: Iterable[SavedTask], settings: ExperimentSettings, drawn: TouchedTask) -> list[TouchedTask]:
    """Those of a file's tasks that are of the family that is set, as `drawn` is, with their points as they lie."""
    completed = (dataclasses.replace(one, tasks=settings.tasks.completed(one.tasks)) for one in saved)
    return [_restored(one, settings) for one in completed if _fits(one, drawn)]


def _restored(saved: SavedTask, settings: ExperimentSettings) -> TouchedTask:
    task = placed_task(settings, saved.index, saved.tasks, saved.support, saved.query)
    return dataclasses.replace(task, unnamed=frozenset(saved.unnamed))


def _fits(saved: SavedTask, drawn: TouchedTask) -> bool:
    return (
        _shapes(saved.tasks.parameters) == _shapes(drawn.tasks.parameters)
        and _shapes(saved.support._asdict()) == _shapes(drawn.support._asdict())
        and _shapes(saved.query._asdict()) == _shapes(drawn.query._asdict())
    )


def _shapes(arrays: Mapping[str, Array | None]) -> dict[str, tuple[int, ...]]:
    """The shape of one entry, by name."""
    return {name: values.shape[1:] for name, values in arrays.items() if values is not None}
