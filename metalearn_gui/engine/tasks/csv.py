"""Tasks from a table of one's own: every task is the rows that share a value of one column."""

from __future__ import annotations

import collections
import dataclasses
import functools
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet, Tasks
from metalearn_gui.engine.own_data import SMALL, DataFile, keep_param, kept
from metalearn_gui.engine.params import SettingError, param
from metalearn_gui.engine.read_so_far import ReadSoFar, finished, stage
from metalearn_gui.engine.scaling import Scaling
from metalearn_gui.engine.tables.choices import (
    ColumnChoice,
    are_likely_classes,
    completed,
    names_of,
    require_columns,
    text_of,
    types_of,
    types_text,
)
from metalearn_gui.engine.tables.column_types import typed
from metalearn_gui.engine.tables.fields import Fields, fields_of
from metalearn_gui.engine.tables.in_memory import TABLES
from metalearn_gui.engine.tables.points import Parting, Split, TablePoints, labels_of, labels_text, parting, width
from metalearn_gui.engine.tables.table import Table
from metalearn_gui.engine.tasks.base import NamedNumber, TaskFamily
from metalearn_gui.engine.tasks.rows import dealt

NUMBERS, CLASSES = "numbers", "classes"
SUFFIXES = (".csv", ".tsv", ".tab", ".parquet")
COLUMN_SETTINGS = ("task_column", "inputs", "targets", "split_column", "column_types", "unseen_tasks")
CHOICES = (*COLUMN_SETTINGS, "predicts", "min_rows", "missing", "held_out", "split_seed", "keep_data")  # of a person
LABELLED = ("inputs", "targets", "predicts", "column_types")  # what labels follow from
SHOWN_COLUMNS = 12
MOST_NAMES = 1_000_000  # characters of all held-out tasks' names
KEPT = 4  # prepared files in memory
READING_SHARE = 0.7  # of the time that reading and parting take


@dataclasses.dataclass(frozen=True)
class Csv(TaskFamily):
    """Points are rows; who is in which split, the scaling and the labels follow from the settings and the file."""

    key = "csv"
    label = "Table"
    summary = "Every task is the rows of your table that share a value of one column, such as a patient or a sensor."
    view = "table"
    needs_data = True
    is_table = True

    data: str = param("", "Table", is_path=True, help="A CSV, TSV or Parquet file with one row for each point.")
    test_data: str = param(
        "", "Unseen table", is_path=True, advanced=True,
        help="A table of the same columns that unseen tasks are made of; empty = tasks held out from the others.",
    )  # fmt: skip
    task_column: str = param("", "Task column", help="Rows with the same value of it are one task; empty = a guess.")
    inputs: str = param(
        "", "Input columns", help="Names with commas between; empty = every column that is left and fits."
    )
    targets: str = param("", "Target columns", help="What is predicted; empty = a guess.")
    predicts: str = param(
        NUMBERS, "Predicts", choices=(NUMBERS, CLASSES), help="Numbers (regression), or a class (classification)."
    )
    column_types: str = param(
        "", "Column types", advanced=True,
        help="number, date or category, such as zip=category, day=date; a date counts days since 1970; others guessed.",
    )  # fmt: skip
    min_rows: int = param(
        20, "Rows a task needs", minimum=2, maximum=100_000, unit="rows", advanced=True,
        help="A task with fewer rows is left out, and named.",
    )  # fmt: skip
    missing: str = param(
        "drop", "Missing values", choices=("drop", "fill"), advanced=True,
        help="Leave such rows out, or fill in the training tasks' mean; a row without a target is always left out.",
    )  # fmt: skip
    split_column: str = param(
        "", "Split column", advanced=True, help="Says train, validation or test for every task; empty = drawn."
    )
    held_out: float = param(
        0.3, "Held out", minimum=0.05, maximum=0.9, advanced=True, help="Share of the tasks kept as unseen ones."
    )
    split_seed: int = param(0, "Split's seed", minimum=0, maximum=2**31 - 1, advanced=True, help="Who is held out.")
    unseen_tasks: str = param(
        "", "Unseen tasks", advanced=True,
        help="Names of the tasks kept as unseen ones, with commas between; empty = drawn, or as the split column says.",
    )  # fmt: skip
    labels: str = param(
        "",
        "Labels",
        advanced=True,
        help="The labels of categories, filled in when the file is read: one input for each.",
    )
    file_digest: str = param(
        "", "File's digest", advanced=True,
        help="SHA-256 of the file, filled in when it is read: a file that has changed since is noticed.",
    )  # fmt: skip
    keep_data: str = keep_param()

    def check(self) -> None:
        # The kind follows from a setting here: an instance's own attributes stand before the class's.
        object.__setattr__(self, "kind", "classification" if self._are_classes else "regression")
        labels_of(self.labels)
        types_of(self.column_types)

    @property
    def _are_classes(self) -> bool:
        return self.predicts == CLASSES

    @property
    def input_dim(self) -> int:
        return max(1, width(names_of(self.inputs), labels_of(self.labels)))

    @property
    def column_widths(self) -> tuple[int, ...]:
        labels = labels_of(self.labels)
        return tuple(len(labels.get(name, ())) for name in names_of(self.inputs))

    @property
    def output_dim(self) -> int:
        names = names_of(self.targets)
        if self._are_classes:
            return max(2, width(names, labels_of(self.labels)))
        return max(1, len(names))

    @property
    def points_per_shot(self) -> int:
        return 1  # rows as they come: a task need not have every class

    @property
    def fixed_dims(self) -> str:
        return "there is one input for each number or label of the input columns, and one output for each target"

    @classmethod
    def reads(cls, path: str) -> bool:
        return os.path.isfile(path) and Path(path).suffix.lower() in SUFFIXES

    def replaced(self, **values: Any) -> Self:
        """A file that is chosen is what it holds now; another one has its own columns, other columns other labels."""
        fresh: dict[str, Any] = {}
        if "data" in values:
            fresh = {"labels": "", "file_digest": ""}
        if values.get("data", self.data) != self.data and values.keys().isdisjoint(COLUMN_SETTINGS):
            fresh |= dict.fromkeys(COLUMN_SETTINGS, "")
        elif any(values.get(name, getattr(self, name)) != getattr(self, name) for name in LABELLED):
            fresh |= {"labels": ""}
        return super().replaced(**fresh | values)

    @property
    def is_read(self) -> bool:
        is_there = all(TABLES.find(*file) is not None for file in self._files())
        return is_there and (not self.data or POINTS.has(self.resolved()))

    def reading(self, cache: Path | None = None) -> Iterator[ReadSoFar]:
        files = self._files()
        ends = np.linspace(0.0, READING_SHARE, len(files) + 1)
        for file, (first, last) in zip(files, itertools.pairwise(ends), strict=True):
            yield from stage(TABLES.reading(*file), first, last)
        if self.data:
            yield from stage(POINTS.parting(self.resolved()), READING_SHARE, 1.0)

    def _files(self) -> list[tuple[str, str]]:
        """Paths and digests of what is read."""
        return [file for file in ((self.data, self.file_digest), (self.test_data, "")) if file[0]]

    def files(self) -> tuple[DataFile, ...]:
        found = [(path, TABLES.find(path, digest)) for path, digest in self._files()]
        return kept([DataFile("table", path, table) for path, table in found if table], self.keep_data)

    def held_out_names(self) -> str:
        """The tasks that are unseen ones, as `unseen_tasks` takes them; "" while they are not in memory."""
        if not self.data or self.split_column or not self.is_read:
            return ""
        names = text_of([self._own.names[number] for number in self._own.splits["test"]])
        return names if len(names) <= MOST_NAMES else ""

    def resolved(self) -> Csv:
        if not self.data or all((self.task_column, self.inputs, self.targets, self.labels, self.file_digest)):
            return self
        table, types = self.table(), types_of(self.column_types)
        require_columns(table, types)
        choice = _guessed(table, self.choice, self._are_classes)
        used = choice.inputs if self._are_classes else (*choice.inputs, *choice.targets)
        guessed = {column.name: column.kind for column in table.columns if column.name in used}
        return dataclasses.replace(
            self,
            task_column=choice.task,
            inputs=text_of(choice.inputs),
            targets=text_of(choice.targets),
            column_types=types_text(guessed | types),
            labels=self.labels or labels_text(table, choice, self._are_classes),
            file_digest=table.digest,
        )

    def table(self) -> Table:
        """The file, with its columns of the types that are set."""
        return typed(TABLES.table(self.data, self.file_digest), self.column_types)

    def likely_predicts(self) -> str:
        """NUMBERS or CLASSES, by the file and the columns that are named; raises SettingError as `resolved` does."""
        return CLASSES if are_likely_classes(self.table(), self.choice) else NUMBERS

    def check_data(self, splits: Iterable[str], per_class: int) -> None:
        for split in splits:
            self.tasks(np.random.default_rng(0), 1, split)

    def remark(self) -> str:
        return self._own.remark if self.data else ""

    def taken(self) -> str:
        if not self.data:
            return ""
        family, points = self.resolved(), self._own
        inputs, targets = (_typed_names(family, names_of(text)) for text in (family.inputs, family.targets))
        counts = ", ".join(f"{len(numbers):,} {split}" for split, numbers in points.splits.items())
        return f"Task: {family.task_column}; in: {inputs}; out: {targets}; tasks: {counts}"

    def num_rows(self) -> Array:
        return self._unseen.counts if self.test_data else self._own.counts[self._own.splits["test"]]

    def scaling(self) -> Scaling:
        return self._own.scaling

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        is_other = split == "test" and bool(self.test_data)
        points = self._unseen if is_other else self._own
        chosen = rng.choice(len(points.names) if is_other else points.tasks_of(split), num_tasks)
        return Tasks({"row_group": chosen, "file": np.full(num_tasks, is_other)})

    def identity(self, tasks: Tasks) -> Array:
        return tasks.parameters["row_group"]

    def draw(self, tasks: Tasks, rng: np.random.Generator, shots: int, queries: int) -> Episodes:
        """Different rows as far as a task has them; where it has too few, some come twice, but never in both sets."""
        points, groups = self._of(tasks), tasks.parameters["row_group"]
        counts = points.counts[groups]
        places = dealt(rng, counts, shots, queries) + points.starts[groups][:, None]
        x, y = points.inputs.at(places), points.y[places]
        return Episodes(PointSet(x[:, :shots], y[:, :shots]), PointSet(x[:, shots:], y[:, shots:]))

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        groups = tasks.parameters["row_group"]
        return {"task": groups, "rows": self._of(tasks).counts[groups]}

    def input_range(self) -> tuple[float, float]:
        return _range(self._own.inputs.numbers) if self.data else super().input_range()

    def output_range(self) -> tuple[float, float]:
        return _range(self._own.y) if self.data else super().output_range()

    def named_numbers(self) -> tuple[tuple[NamedNumber, ...], tuple[NamedNumber, ...]] | None:
        if not self.data:
            return None
        family = self.resolved()
        labels, kinds = labels_of(family.labels), types_of(family.column_types)

        def numbers(names: str) -> tuple[NamedNumber, ...]:
            return tuple(
                NamedNumber(name, kinds.get(name, "category" if name in labels else "number"), label)
                for name in names_of(names)
                for label in labels.get(name, ("",))
            )

        return numbers(family.inputs), numbers(family.targets)

    @property
    def choice(self) -> ColumnChoice:
        """The columns that are named."""
        return ColumnChoice(self.task_column, names_of(self.inputs), names_of(self.targets), self.split_column)

    def _of(self, tasks: Tasks) -> TablePoints:
        return self._unseen if tasks.parameters["file"].any() else self._own

    @functools.cached_property
    def fields(self) -> Fields:
        """The columns as they lie in points."""
        family, points = self.resolved(), self._own
        kinds, labels = types_of(family.column_types), labels_of(family.labels)
        names = names_of(family.inputs), names_of(family.targets)
        return fields_of(*names, kinds, labels, points.inputs.values, points.y)

    @functools.cached_property
    def _own(self) -> TablePoints:
        """Held here: what a family has drawn from once is not read again while that family is in use."""
        if not self.data:
            raise SettingError("Table (data) is empty; choose a CSV, TSV or Parquet file")
        return POINTS.of(self.resolved())

    @functools.cached_property
    def _unseen(self) -> TablePoints:
        if not self.test_data:
            return self._own
        return POINTS.of(dataclasses.replace(self.resolved(), data=self.test_data, file_digest="", split_column=""))


class _Points:
    """Prepared points by family and file, the newest few."""

    def __init__(self) -> None:
        self._known: collections.OrderedDict[tuple[Csv, str], TablePoints] = collections.OrderedDict()

    def has(self, family: Csv) -> bool:
        """Whether `of` would answer at once."""
        return self._key(family) in self._known

    def of(self, family: Csv) -> TablePoints:
        """The points of a family whose columns and labels are named."""
        return finished(self.parting(family))

    def parting(self, family: Csv) -> Parting:
        """The same, piece by piece; whoever stops going on with it stops it."""
        key = self._key(family)
        if key not in self._known:
            self._known[key] = yield from _parting(family)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return self._known[key]

    def forget(self) -> None:
        """Prepare everything anew from here on."""
        self._known.clear()

    def _key(self, family: Csv) -> tuple[Csv, str]:
        """What the points follow from, in settings and file."""
        table = TABLES.table(family.data, family.file_digest)
        return dataclasses.replace(family, beyond=1.0, test_data="", keep_data=SMALL), table.digest


POINTS = _Points()


@functools.lru_cache(maxsize=4)
def _guessed(table: Table, asked: ColumnChoice, are_classes: bool) -> ColumnChoice:
    return completed(table, asked, are_classes)


def _typed_names(family: Csv, names: Sequence[str]) -> str:
    labels = labels_of(family.labels)
    kinds = {column.name: column.kind for column in family.table().columns}
    return ", ".join(
        f"{name} ({f'{len(labels[name])} labels' if name in labels else kinds[name]})" for name in names[:SHOWN_COLUMNS]
    ) + (f" and {len(names) - SHOWN_COLUMNS} more" if len(names) > SHOWN_COLUMNS else "")


def _parting(family: Csv) -> Parting:
    return parting(
        family.table(),
        family.choice,
        labels_of(family.labels),
        family._are_classes,
        family.missing == "fill",
        family.min_rows,
        Split(family.held_out, family.split_seed, names_of(family.unseen_tasks)),
    )


def _range(values: Array) -> tuple[float, float]:
    return (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
