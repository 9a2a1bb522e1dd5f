"""Of which type a column is: guessed from its cells, or as a person says.

A guess keeps what does not fit it (`Column.strange`) and is refused only where the column is used for numbers; a type
that a person says is refused at once, with the first row that does not fit.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.tables.choices import types_of
from metalearn_gui.engine.tables.refusal import refusal
from metalearn_gui.engine.tables.table import MISSING, Column, Table

MOSTLY = 0.95  # so many cells of one kind make a column of that kind
TRIED_CELLS = 200  # before a whole column is taken for dates
EXACT = 2**53  # from here on neighbouring whole numbers are the same float: such a column holds names
DATE_FORMATS: tuple[dict[str, Any], ...] = ({"format": "ISO8601"}, {"dayfirst": False}, {"dayfirst": True})
EXPECTED = {"number": "a finite number", "date": "a date"}


def guessed_column(name: str, texts: Array, decimal: str, is_code: bool = False) -> Column:
    """A column of texts, None where nothing is, as what most of them are: numbers, dates or labels.

    Args:
        decimal: "." or ",".
        is_code: some cells are numbers with zeros in front, such as 00501: labels, not numbers.
    """
    is_missing = np.array([text is None or not str(text).strip() for text in texts], bool)
    known = np.array([str(text).strip() for text in texts[~is_missing]], object)
    if not len(known):
        return Column(name, "number", np.full(len(texts), np.nan))
    if not is_code:
        for kind, parsed in (("number", _numbers(known, decimal)), ("date", _days(known))):
            if parsed is not None and np.isfinite(parsed).mean() >= MOSTLY:
                return _with_strange(name, kind, parsed, known, is_missing)
    codes, labels = _pandas().factorize(known, sort=True)
    every = np.full(len(texts), MISSING, np.int32)
    every[~is_missing] = codes
    return Column(name, "category", every, tuple(str(label) for label in labels))


def _with_strange(name: str, kind: str, parsed: Array, known: Array, is_missing: Array) -> Column:
    values = np.full(len(is_missing), np.nan)
    values[~is_missing] = parsed
    odd = np.flatnonzero(~np.isfinite(parsed))
    rows = np.flatnonzero(~is_missing)[odd]
    values[rows] = np.nan
    return Column(name, kind, values, strange={int(row): known[place] for row, place in zip(rows, odd, strict=True)})


def number_column(name: str, values: Array) -> Column:
    """A column that was read as float64."""
    odd = np.flatnonzero(np.isinf(values))
    if not len(odd):
        return Column(name, "number", values)
    strange = {int(row): f"{values[row]:g}" for row in odd}
    return Column(name, "number", np.where(np.isinf(values), np.nan, values), strange=strange)


@functools.lru_cache(maxsize=2)  # the table that is used, and the one before
def typed(table: Table, types: str) -> Table:
    """The table with its columns of the types that a setting names; others are as they were guessed.

    Raises:
        SettingError: a cell is not of its column's type; the row is named.
    """
    wanted = types_of(types)
    columns = tuple(_retyped(table, column, wanted.get(column.name, column.kind)) for column in table.columns)
    return table if columns == table.columns else dataclasses.replace(table, columns=columns)


def require_numbers(table: Table, column: Column) -> None:
    """Raise SettingError where a column is to be used for its numbers, and holds something else."""
    if column.kind == "category":
        example = column.labels[0][:40] if column.labels else ""
        raise SettingError(f"Column {column.name!r} holds labels such as {example!r}; expected numbers")
    if column.strange:
        row = min(column.strange)
        raise _misfit(table, column, column.kind, row, column.strange[row], len(column.strange))


def _retyped(table: Table, column: Column, kind: str) -> Column:
    if kind == column.kind:
        return column
    if kind == "number" and not column.strange and column.kind == "date":
        return dataclasses.replace(column, kind="number")
    codes, labels = column.as_labels()
    if kind == "category":
        return Column(column.name, kind, codes, labels)
    parsed = _PARSERS[kind](np.array(labels, object), table.decimal) if labels else np.empty(0)
    parsed = np.append(parsed if parsed is not None else np.full(len(labels), np.nan), np.nan)
    values = np.where(codes >= 0, parsed[codes], np.nan)
    bad = np.flatnonzero((codes >= 0) & ~np.isfinite(values))
    if len(bad):
        raise _misfit(table, column, kind, int(bad[0]), labels[codes[bad[0]]], len(bad))
    return Column(column.name, kind, values)


def _misfit(table: Table, column: Column, kind: str, row: int, cell: str, count: int) -> SettingError:
    others = f" (and {count - 1:,} more)" if count > 1 else ""
    why = f"row {row + table.first_row:,}, column {column.name!r} is {cell[:40]!r}{others}; expected {EXPECTED[kind]}"
    return refusal(table.path, why, "mend it, leave the cell empty, or take the column for a category (column_types)")


def _numbers(texts: Array, decimal: str) -> Array | None:
    """float64, not finite where a text is no number; None for whole numbers too long to be told apart."""
    plain = [text.replace(",", ".") for text in texts] if decimal == "," else texts
    numbers = np.asarray(_pandas().to_numeric(_pandas().Series(plain, dtype=object), errors="coerce"))
    if numbers.dtype.kind in "iu" and (numbers.max() >= EXACT or numbers.min() <= -EXACT):
        return None
    return np.asarray(numbers, np.float64)


def _days(texts: Array) -> Array | None:
    """Days since 1970, not-a-number where a text is no date; None where hardly one is."""
    tried = texts[:: max(1, len(texts) // TRIED_CELLS)]
    if not all(any(character.isdigit() for character in text) for text in tried):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a format had to be guessed
        for options in DATE_FORMATS:
            if _dates(tried, options).notna().mean() < MOSTLY:
                continue
            dates = _dates(texts, options)
            if dates.notna().mean() >= MOSTLY:
                return np.asarray((dates - _pandas().Timestamp(0, tz="UTC")) / _pandas().Timedelta(days=1), np.float64)
    return None


def _dates(texts: Array, options: dict[str, Any]) -> Any:
    return _pandas().to_datetime(_pandas().Series(texts, dtype=object), errors="coerce", utc=True, **options)


_PARSERS: Mapping[str, Callable[[Array, str], Array | None]] = {
    "number": _numbers,
    "date": lambda texts, decimal: _days(texts),
}


def _pandas() -> Any:
    return importlib.import_module("pandas")
