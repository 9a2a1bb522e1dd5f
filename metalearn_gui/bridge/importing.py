"""Data on their way in: read, guessed at and parted into tasks, on a thread of its own, before anything is set."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.newest_work import QUIET_SECONDS, Hear, NewestWork, Work
from metalearn_gui.engine.episodes import SPLITS
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.engine.tables.choices import ColumnChoice, completed
from metalearn_gui.engine.tables.in_memory import TABLES
from metalearn_gui.engine.tables.table import Table
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.engine.tasks.csv import CLASSES, POINTS, Csv
from metalearn_gui.store.choices import remembered
from metalearn_gui.store.home import images_folder

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
    tasks, rows: counts by split; none of validation where training tasks stand in for them.
    """

    family: Csv
    table: Table
    tasks: dict[str, int]
    rows: dict[str, int]
    remark: str


@dataclasses.dataclass(frozen=True)
class Ready:
    """A family whose data are in memory and parted."""

    family: TaskFamily


class Reader(QObject):
    """Reads what may be imported. The newest wish wins. Says how far it is, and then what came of it."""

    progressed = Signal(int, float)  # percent, seconds left
    refused = Signal(str)  # one line

    def __init__(self, hear: Hear, parent: QObject | None) -> None:
        super().__init__(parent)
        every: Hear = {SettingError: lambda error: self.refused.emit(str(error)), ReadSoFar: self._show, **hear}
        self._work = NewestWork("import_data", every, self)

    def cancel(self) -> None:
        """Forget what was asked for last."""
        self._work.forget()

    def close(self, seconds: float) -> bool:
        """End the thread; wait so long at most. Whether it has ended."""
        return self._work.close(seconds)

    def submit(self, work: Work) -> None:
        """Ask for this, and for nothing else any more."""
        self._work.ask(self.tr("Importing"), work, self._end)

    def _end(self, error: str) -> None:
        if error:
            self.refused.emit(error)

    def _show(self, so_far: ReadSoFar) -> None:
        if self._work.seconds < QUIET_SECONDS:
            return
        share = so_far.done / max(1, so_far.total)
        left = self._work.seconds * (1 - share) / share if share else 0.0
        self.progressed.emit(round(100 * share), left)


class TableReader(Reader):
    """Tables, whose columns get their roles before their rows are parted into tasks."""

    opened = Signal(object)  # Opened
    parted = Signal(object)  # Parted

    def __init__(self, parent: QObject | None = None) -> None:
        hear: Hear = {Opened: lambda one: self.opened.emit(one), Parted: lambda one: self.parted.emit(one)}
        super().__init__(hear, parent)

    def open(self, path: str) -> None:
        """Read a table, and guess what its columns are for."""
        self.submit(functools.partial(_open, path))

    def part(self, family: Csv) -> None:
        """Part the rows of a table that was opened into tasks."""
        self.submit(functools.partial(_part, family))


class FamilyReader(Reader):
    """Data that say by themselves what their tasks are."""

    read = Signal(object)  # a TaskFamily whose data are in memory and parted

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__({Ready: lambda one: self.read.emit(one.family)}, parent)

    def read_for(self, family: TaskFamily, fits: bool = False) -> None:
        """Read the data of a family, and part them. fits: with fewer ways where there are few classes."""
        self.submit(functools.partial(_read, family, fits))


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
    try:
        family = Csv(data=path, predicts=Csv(data=path).likely_predicts())
        return Opened(table, completed(table, NOTHING, family.predicts == CLASSES), family)
    except SettingError:
        return Opened(table, NOTHING, Csv(data=path))


def _part(family: Csv) -> Iterator[ReadSoFar | Parted]:
    resolved = family.resolved()
    points = yield from POINTS.parting(resolved)
    tasks = {split: len(points.splits[split]) for split in SPLITS}
    rows = {split: int(points.counts[points.splits[split]].sum()) for split in SPLITS}
    yield Parted(resolved, resolved.table(), tasks, rows, points.remark)


def _read(family: TaskFamily, fits: bool) -> Iterator[ReadSoFar | Ready]:
    yield from family.reading(images_folder())
    resolved = family.resolved().fitted() if fits else family.resolved()
    resolved.check_data(SPLITS, 1)
    yield Ready(resolved)
