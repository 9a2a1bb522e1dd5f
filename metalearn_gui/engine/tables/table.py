"""A table in memory: columns of numbers or of labels."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array

MISSING = -1  # the code of a label that is not there
KINDS = ("number", "date", "category")


@dataclasses.dataclass(frozen=True, eq=False)
class Column:
    """One column.

    kind: one of KINDS; a date is a number of days since 1970-01-01.
    values: float64, not-a-number where missing; for a category int32 codes into `labels`, MISSING where missing.
    """

    name: str
    kind: str
    values: Array
    labels: tuple[str, ...] = ()

    @property
    def is_missing(self) -> Array:
        """(rows,), True where there is nothing."""
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
        return every, tuple(_number_text(value) for value in different)


@dataclasses.dataclass(frozen=True, eq=False)
class Table:
    """Columns of the same length. digest: SHA-256 of the file's bytes; first_row: the file's line of row 0."""

    path: str
    digest: str
    columns: tuple[Column, ...]
    first_row: int = 2

    @property
    def num_rows(self) -> int:
        return len(self.columns[0].values) if self.columns else 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column | None:
        """The column of this name; None where there is none."""
        return next((column for column in self.columns if column.name == name), None)


def _number_text(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))
