"""A table on its way in: read, guessed at and parted into tasks, on a thread of its own, before anything is set."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.newest_work import Hear, NewestWork, Work
from metalearn_gui.engine.episodes import SPLITS
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.engine.tables.choices import ColumnChoice, completed
from metalearn_gui.engine.tables.library import TABLES
from metalearn_gui.engine.tables.table import Table
from metalearn_gui.engine.tasks.csv import CLASSES, NUMBERS, POINTS, Csv
from metalearn_gui.store.choices import remembered

NOTHING = ColumnChoice("", (), ())


@dataclasses.dataclass(frozen=True)
class Opened:
    """A table with what was chosen for it before, else with a guess.

    table: with its columns of the types that count; choice: NOTHING where there is no guess; family: other settings.
    """

    table: Table
    choice: ColumnChoice
    family: Csv


@dataclasses.dataclass(frozen=True)
class Parted:
    """What would be imported.

    family: with every column, its type and every label named; table: with its columns of these types.
    tasks, rows: counts by split.
    """

    family: Csv
    table: Table
    tasks: dict[str, int]
    rows: dict[str, int]
    remark: str


class TableReader(QObject):
    """The newest wish wins. Says how far it is, and then one of the others."""

    progressed = Signal(int, float)  # percent, seconds left
    opened = Signal(object)  # Opened
    parted = Signal(object)  # Parted
    refused = Signal(str)  # one line

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        hear: Hear = {
            ReadSoFar: self._show,
            Opened: self.opened.emit,
            Parted: self.parted.emit,
            SettingError: lambda error: self.refused.emit(str(error)),
        }
        self._work = NewestWork("import_table", hear, self)

    def open(self, path: str) -> None:
        """Read a table, and guess what its columns are for."""
        self._submit(functools.partial(_open, path))

    def part(self, family: Csv) -> None:
        """Part the rows of a table that was opened into tasks."""
        self._submit(functools.partial(_part, family))

    def cancel(self) -> None:
        """Forget what was asked for last."""
        self._work.forget()

    def close(self, seconds: float) -> bool:
        """End the thread; wait so long at most. Whether it has ended."""
        return self._work.close(seconds)

    def _submit(self, work: Work) -> None:
        self._work.ask("import table", work, self._end)

    def _end(self, error: str) -> None:
        if error:
            self.refused.emit(error)

    def _show(self, so_far: ReadSoFar) -> None:
        share = so_far.done / max(1, so_far.total)
        left = self._work.seconds * (1 - share) / share if share else 0.0
        self.progressed.emit(round(100 * share), left)


def _open(path: str) -> Iterator[ReadSoFar | Opened]:
    yield from TABLES.reading(path)
    yield _chosen(path) or _guessed(path, TABLES.table(path))


def _chosen(path: str) -> Opened | None:
    family = remembered(path)
    try:
        return Opened(family.table(), family.choice, family) if family else None
    except SettingError:
        return None


def _guessed(path: str, table: Table) -> Opened:
    for predicts in (NUMBERS, CLASSES):
        try:
            choice = completed(table, NOTHING, predicts == CLASSES)
            return Opened(table, choice, Csv(data=path, predicts=predicts))
        except SettingError:
            continue
    return Opened(table, NOTHING, Csv(data=path))


def _part(family: Csv) -> Iterator[Parted]:
    resolved = family.resolved()
    points = POINTS.of(resolved)
    tasks = {split: len(points.splits[split]) for split in SPLITS}
    rows = {split: int(points.counts[points.splits[split]].sum()) for split in SPLITS}
    yield Parted(resolved, resolved.table(), tasks, rows, points.remark)
