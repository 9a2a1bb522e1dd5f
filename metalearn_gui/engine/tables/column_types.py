"""Of which type a column is: guessed from its cells, or as a person says.

A guess keeps what does not fit it (`Column.strange`) and is refused only where the column is used for numbers; a type
that a person says is refused at once, with the first row that does not fit.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.tables.choices import types_of
from metalearn_gui.engine.tables.refusal import refusal
from metalearn_gui.engine.tables.table import MISSING, Column, Table

MOSTLY = 0.95  # so many cells of one kind make a column of that kind
TRIED_CELLS = 200  # before a whole column is taken for dates
EXACT = 2**53  # from here on neighbouring whole numbers are the same float: such a column holds names
LIKE_A_DATE = re.compile(r"\d{4}|\d[-/.:]\d")  # what is less is no date, though pandas may see one: t1, May 5
MILLISECONDS_OF_A_DAY = 86_400_000.0
DATE_FORMATS: tuple[dict[str, Any], ...] = ({"format": "ISO8601"}, {"dayfirst": False}, {"dayfirst": True})
EXPECTED = {"number": "a finite number", "date": "a date"}


class Labelled(NamedTuple):
    """Texts of rows: int32 codes into labels, MISSING where nothing is. A text that comes often is looked at once."""

    codes: Array
    labels: Any


def joined(parts: Sequence[Labelled]) -> Labelled:
    """The rows of all parts, one after the other, stripped of blanks, labels in order; a blank text is missing."""
    pandas = _pandas()
    every = pandas.concat([pandas.Series(part.labels).astype(str) for part in parts], ignore_index=True).str.strip()
    places, labels = pandas.factorize(every.where(every != ""), sort=True)
    starts = np.cumsum([0, *(len(part.labels) for part in parts)])
    codes = [
        np.append(places[start : start + len(part.labels)], MISSING).astype(np.int32)[part.codes]
        for part, start in zip(parts, starts, strict=False)
    ]
    return Labelled(np.concatenate(codes), labels)


def guessed_column(name: str, texts: Labelled, decimal: str, is_code: bool = False) -> Column:
    """A column of texts as what most of them are: numbers, dates or labels.

    Args:
        texts: as `joined` makes them.
        decimal: "." or ",".
        is_code: some cells are numbers with zeros in front, such as 00501: labels, not numbers.
    """
    codes, labels = texts.codes, np.asarray(texts.labels, object)
    if not len(labels):
        return Column(name, "number", np.full(len(codes), np.nan))
    if not is_code and _may_parse(labels, decimal):
        counts = np.bincount(codes[codes >= 0], minlength=len(labels))
        for kind, parsed in (("number", _numbers(labels, decimal)), ("date", _days(labels))):
            if parsed is not None and counts[np.isfinite(parsed)].sum() >= MOSTLY * counts.sum():
                return _with_strange(name, kind, parsed, codes, labels)
    return Column(name, "category", codes, tuple(labels))


def _may_parse(labels: Array, decimal: str) -> bool:
    """Whether it is worth while to look at all of many labels."""
    tried = labels[:: max(1, len(labels) // TRIED_CELLS)]
    numbers = _numbers(tried, decimal)
    return _days(tried) is not None or (numbers is not None and bool(np.isfinite(numbers).any()))


def _with_strange(name: str, kind: str, parsed: Array, codes: Array, labels: Array) -> Column:
    values = np.append(np.where(np.isfinite(parsed), parsed, np.nan), np.nan)[codes]
    odd = np.flatnonzero((codes >= 0) & np.isnan(values))
    return Column(name, kind, values, strange={int(row): labels[codes[row]] for row in odd})


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
    if not all(LIKE_A_DATE.search(text) for text in tried):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a format had to be guessed
        for options in DATE_FORMATS:
            if _dates(tried, options).notna().mean() < MOSTLY:
                continue
            dates = _dates(texts, options)
            if dates.notna().mean() >= MOSTLY:
                return days_since_1970(dates)
    return None


def days_since_1970(dates: Any) -> Array:
    """Moments in a pandas Series as float64 days, not-a-number where there is none. A zone's clock counts, not UTC."""
    moments = np.asarray(dates.dt.tz_localize(None), "datetime64[ms]")
    return np.where(np.isnat(moments), np.nan, moments.astype(np.int64) / MILLISECONDS_OF_A_DAY)


def _dates(texts: Array, options: dict[str, Any]) -> Any:
    return _pandas().to_datetime(_pandas().Series(texts, dtype=object), errors="coerce", utc=True, **options)


_PARSERS: Mapping[str, Callable[[Array, str], Array | None]] = {
    "number": _numbers,
    "date": lambda texts, decimal: _days(texts),
}


def _pandas() -> Any:
    return importlib.import_module("pandas")
