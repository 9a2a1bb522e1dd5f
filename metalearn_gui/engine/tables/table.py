"""A table in memory: columns of numbers or of labels."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping

import numpy as np

from metalearn_gui.engine.backend import Array

MISSING = -1  # the code of a label that is not there
KINDS = ("number", "date", "category")


@dataclasses.dataclass(frozen=True, eq=False)
class Column:
    """One column.

    kind: one of KINDS; a date is a number of days since 1970-01-01.
    values: float64, not-a-number where missing; for a category int32 codes into `labels`, MISSING where missing.
    strange: cells by row that are there and are not of the kind; no category has any.
    """

    name: str
    kind: str
    values: Array
    labels: tuple[str, ...] = ()
    strange: Mapping[int, str] = dataclasses.field(default_factory=dict)

    @property
    def is_missing(self) -> Array:
        """(rows,), True where there is nothing that can be used."""
        return self.values == MISSING if self.kind == "category" else np.isnan(self.values)

    @property
    def num_different(self) -> int:
        """How many different values it has."""
        return len(self.labels) if self.kind == "category" else len(np.unique(self.values[~np.isnan(self.values)]))

    def as_labels(self) -> tuple[Array, tuple[str, ...]]:
        """Codes and labels, whatever the kind: what names tasks or classes."""
        if self.kind == "category":
            return self.values, self.labels
        known = ~self.is_missing
        different, codes = np.unique(self.values[known], return_inverse=True)
        every = np.full(len(self.values), MISSING, np.int32)
        every[known] = codes
        text = date_text if self.kind == "date" else number_text
        labels = [text(value) for value in different]
        places = {cell: len(labels) + place for place, cell in enumerate(dict.fromkeys(self.strange.values()))}
        for row, cell in self.strange.items():
            every[row] = places[cell]
        return every, (*labels, *places)


@dataclasses.dataclass(frozen=True, eq=False)
class Table:
    """Columns of the same length.

    digest: SHA-256 of the file's bytes. first_row: the file's line of row 0. decimal: the file's decimal mark.
    """

    path: str
    digest: str
    columns: tuple[Column, ...]
    first_row: int = 2
    decimal: str = "."

    @property
    def num_rows(self) -> int:
        return len(self.columns[0].values) if self.columns else 0

    @functools.cached_property
    def nbytes(self) -> int:
        """Of all cells and labels."""
        texts = sum(len(label) for column in self.columns for label in column.labels)
        return texts + sum(column.values.nbytes for column in self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column | None:
        """The column of this name; None where there is none."""
        return next((column for column in self.columns if column.name == name), None)


def left_out_text(num_rows: int) -> str:
    """That so many rows are not read, in words."""
    rows, are = ("1 row", "is") if num_rows == 1 else (f"{num_rows:,} rows", "are")
    return f"{rows} with something missing {are} left out"


def date_text(days: float) -> str:
    """Days since 1970 as a date, with its time where it has one."""
    moment = np.datetime64("1970-01-01", "s") + np.timedelta64(round(days * 86_400), "s")
    return str(moment).removesuffix("T00:00:00").replace("T", " ")


def number_text(value: float) -> str:
    """A number as a label."""
    return str(int(value)) if value == int(value) else repr(float(value))
