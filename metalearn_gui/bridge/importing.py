"""A table on its way in: read, guessed at and parted into tasks, on a thread of its own, before anything is set."""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.runner import Job, Runner
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.episodes import SPLITS
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.engine.tables.choices import ColumnChoice, completed
from metalearn_gui.engine.tables.library import TABLES
from metalearn_gui.engine.tables.table import Table
from metalearn_gui.engine.tasks.csv import CLASSES, NUMBERS, POINTS, Csv

NOTHING = ColumnChoice("", (), ())


@dataclasses.dataclass(frozen=True)
class Opened:
    """A table with a guess at its columns; the guess is NOTHING where there is none."""

    table: Table
    choice: ColumnChoice
    predicts: str


@dataclasses.dataclass(frozen=True)
class Parted:
    """What would be imported. family: with every column and label named; tasks, rows: counts by split."""

    family: Csv
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
        self._runner = Runner("import_table", self)
        self._job: Job | None = None
        self._began = 0.0
        self._hear: dict[type, Callable[[Any], None]] = {
            ReadSoFar: self._show,
            Opened: self.opened.emit,
            Parted: self.parted.emit,
            SettingError: lambda error: self.refused.emit(str(error)),
        }

    def open(self, path: str) -> None:
        """Read a table, and guess what its columns are for."""
        self._submit(functools.partial(_open, path))

    def part(self, family: Csv) -> None:
        """Part the rows of a table that was opened into tasks."""
        self._submit(functools.partial(_part, family))

    def cancel(self) -> None:
        """Forget what was asked for last."""
        job, self._job = self._job, None
        if job is not None:
            job.gate.close()

    def close(self, seconds: float) -> bool:
        """End the thread; wait so long at most. Whether it has ended."""
        self.cancel()
        return self._runner.close(seconds)

    def _submit(self, work: Callable[[Gate], Iterator[Any]]) -> None:
        self.cancel()
        gate = Gate()
        self._job = job = Job("import table", functools.partial(work, gate), gate=gate)
        job.on_items = functools.partial(self._take, job)
        job.on_end = functools.partial(self._end, job)
        self._began = time.monotonic()
        self._runner.submit(job)

    def _take(self, job: Job, items: list[Any]) -> None:
        for item in items:
            if job is self._job:
                self._hear[type(item)](item)

    def _end(self, job: Job, error: str) -> None:
        if job is self._job and error:
            self.refused.emit(error)

    def _show(self, so_far: ReadSoFar) -> None:
        share = so_far.done / max(1, so_far.total)
        left = (time.monotonic() - self._began) * (1 - share) / share if share else 0.0
        self.progressed.emit(round(100 * share), left)


def _open(path: str, gate: Gate) -> Iterator[ReadSoFar | Opened | SettingError]:
    try:
        for so_far in TABLES.reading(path):
            if gate.is_closed:
                return
            yield so_far
        yield _guessed(TABLES.table(path))
    except SettingError as error:
        yield error


def _guessed(table: Table) -> Opened:
    for predicts in (NUMBERS, CLASSES):
        try:
            return Opened(table, completed(table, NOTHING, predicts == CLASSES), predicts)
        except SettingError:
            continue
    return Opened(table, NOTHING, NUMBERS)


def _part(family: Csv, gate: Gate) -> Iterator[Parted | SettingError]:
    try:
        resolved = family.resolved()
        points = POINTS.of(resolved)
        tasks = {split: len(points.splits[split]) for split in SPLITS}
        rows = {split: int(points.counts[points.splits[split]].sum()) for split in SPLITS}
        yield Parted(resolved, tasks, rows, points.remark)
    except SettingError as error:
        yield error
