"""What a person chose for a table, by what the file holds: wherever it lies next time, it is not asked again."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tables.in_memory import TABLES
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.engine.tasks.csv import CHOICES, COLUMN_SETTINGS, Csv
from metalearn_gui.store.home import home
from metalearn_gui.store.small_json import read_object, write_object

MOST = 200  # files; the one that was chosen first goes first


def remember(tasks: TaskFamily) -> None:
    """Keep what was chosen; a full or forbidden disk costs nothing but the next asking."""
    if not isinstance(tasks, Csv) or not tasks.file_digest:
        return
    every = read_object(_place())
    every.pop(tasks.file_digest, None)
    every[tasks.file_digest] = {name: getattr(tasks, name) for name in CHOICES}
    write_object(_place(), every, MOST)


def remembered(path: str) -> Csv | None:
    """The family that was made last of what a table holds that was read; None where none was, or it does not fit."""
    table = TABLES.find(path)
    chosen = read_object(_place()).get(table.digest) if table else None
    if not isinstance(chosen, dict):
        return None
    try:
        return Csv.from_dict({name: chosen[name] for name in CHOICES if name in chosen} | {"data": path})
    except SettingError:
        return None


def with_remembered(settings: ExperimentSettings) -> ExperimentSettings:
    """These settings with what was chosen for their table before, where they name no columns themselves."""
    family = _completed(settings.tasks)
    if family is settings.tasks:
        return settings
    return settings.replaced(**{name: getattr(family, name) for name in CHOICES})


def reading(tasks: TaskFamily, cache: Path) -> Generator[ReadSoFar, None, TaskFamily]:
    """As the family's own; returns the family with what was chosen for its table before.

    Raises:
        SettingError: as the family's own does.
    """
    if isinstance(tasks, Csv) and tasks.data:
        yield from TABLES.reading(tasks.data, tasks.file_digest)
        tasks = _completed(tasks)
    yield from tasks.reading(cache)
    return tasks


def _completed(tasks: TaskFamily) -> TaskFamily:
    if not isinstance(tasks, Csv) or any(getattr(tasks, name) for name in COLUMN_SETTINGS):
        return tasks
    chosen = remembered(tasks.data)
    return tasks.replaced(**{name: getattr(chosen, name) for name in CHOICES}) if chosen else tasks


def _place() -> Path:
    return home() / "tables.json"
