"""Text files of ratings, a piece at a time: pandas parses; here it is bounded what comes in, and said what is wrong."""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Generator
from typing import Any, BinaryIO

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.ratings.layouts import Row, TextFile
from metalearn_gui.engine.ratings.refusal import refusal
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.engine.tables.refusal import uneven_row

CHUNK_ROWS = 250_000
READ_AT_ONCE = 2**20
MAX_LINE = 2**16  # bytes: a longer row is none of these
MAX_SMALL = 2**27  # bytes of a file of items or users
MAX_WHOLE = 2**53  # beyond it floats miss whole numbers
Columns = tuple[Array, Array, Array]  # users and items int64, values float64, each (rows,)


class Checked(io.RawIOBase):
    """Bytes on their way to the parser: counted into a digest, with no zero among them and no endless line."""

    def __init__(self, shown: str, source: BinaryIO, digest: Any) -> None:
        super().__init__()
        self._shown, self._source, self._digest = shown, source, digest
        self._line = 0  # bytes since the last end of a line
        self.done = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._source.read(len(buffer))
        self._digest.update(data)
        if b"\0" in data:
            raise refusal(self._shown, f"it is no text: byte {self.done + data.index(0) + 1:,} is 0")
        self.done += len(data)
        self._measure(data)
        buffer[: len(data)] = data
        return len(data)

    def _measure(self, data: bytes) -> None:
        lines = data.replace(b"\r", b"\n").split(b"\n")
        longest = max(self._line + len(lines[0]), *map(len, lines)) if data else 0
        self._line = len(lines[-1]) + (self._line if len(lines) == 1 else 0)
        if longest > MAX_LINE:
            raise refusal(self._shown, f"a row around byte {self.done:,} is longer than {MAX_LINE:,} bytes")


def rows_of(shown: str, source: BinaryIO, written: TextFile, digest: Any) -> list[Row]:
    """All rows of a small file, each with as many cells as it has columns.

    Raises:
        SettingError: a row that is another one.
    """
    text = _all_of(shown, Checked(shown, source, digest)).decode(written.encoding, errors="replace")
    lines = text.lstrip("\ufeff").splitlines()
    lines = lines[1:] if written.header else lines
    cells = csv.reader(lines) if written.separator == "," else (line.split(written.separator) for line in lines)
    rows: list[Row] = []
    for number, row in enumerate(cells, 2 if written.header else 1):
        if any(cell.strip() for cell in row):
            _refuse_other_width(shown, number, len(row), written)
            rows.append(row)
    return rows


def _all_of(shown: str, checked: Checked) -> bytes:
    pieces = []
    while piece := checked.read(READ_AT_ONCE):
        pieces.append(piece)
        if checked.done > MAX_SMALL:
            raise refusal(shown, f"it has more than {MAX_SMALL:,} bytes")
    return b"".join(pieces)


def ratings_of(
    shown: str, source: BinaryIO, size: int, written: TextFile, digest: Any
) -> Generator[ReadSoFar, None, Columns]:
    """Users, items and values of a file of ratings.

    Raises:
        SettingError: a row or cell that is none, with its place.
    """
    checked = Checked(shown, source, digest)
    buffered = io.BufferedReader(checked, READ_AT_ONCE)
    first = _first_row(shown, buffered, written)
    yield ReadSoFar(0, size)
    parts: list[list[Array]] = [[], [], []]
    row = first
    try:
        for chunk in _chunks(buffered, written, first - 1):
            for column, place in enumerate(_places(written)):
                parts[column].append(_numbers(shown, chunk[place], row, written.columns[column], column < 2))
            row += len(chunk)
            yield ReadSoFar(checked.done, size)
    except ValueError as error:  # pandas' parser errors are ValueErrors
        raise error if isinstance(error, SettingError) else refusal(shown, _parser_line(error)) from error
    if row == first:
        raise refusal(shown, "there are no ratings in it")
    users, items, values = (np.concatenate(pieces) for pieces in parts)
    return users.astype(np.int64), items.astype(np.int64), values


def _first_row(shown: str, buffered: Any, written: TextFile) -> int:
    """The line of the first rating; the width of the file is looked at before it costs anything."""
    head = buffered.peek(MAX_LINE)[:MAX_LINE].decode(written.encoding, errors="replace").lstrip("\ufeff")
    lines = head.splitlines() or [""]
    cells = lines[0].split(written.separator)
    if written.header and lines[0].strip() != written.header:
        raise refusal(shown, f"its first row is {lines[0][:60]!r}; expected {written.header!r}")
    _refuse_other_width(shown, 1, len(cells), written)
    return 2 if written.header else 1


def _chunks(buffered: Any, written: TextFile, skipped: int) -> Any:
    return importlib.import_module("pandas").read_csv(
        buffered, sep=written.separator[0], header=None, skiprows=skipped,
        encoding=written.encoding, encoding_errors="replace", chunksize=CHUNK_ROWS, low_memory=False,
        quoting=csv.QUOTE_NONE, skip_blank_lines=False,
    )  # fmt: skip


def _places(written: TextFile) -> list[int]:
    """Columns of the user, the item and the value, as the parser counts them: two colons make three cells."""
    return [place * len(written.separator) for place in range(3)]


def _numbers(shown: str, column: Any, first_row: int, name: str, is_whole: bool) -> Array:
    values = np.asarray(importlib.import_module("pandas").to_numeric(column, errors="coerce"), np.float64)
    is_bad = ~np.isfinite(values)
    if is_whole:
        is_bad |= (values != np.round(values)) | (np.abs(values) > MAX_WHOLE)
    bad = np.flatnonzero(is_bad)
    if len(bad):
        others = f" (and {len(bad) - 1:,} more)" if len(bad) > 1 else ""
        found = str(column.iloc[bad[0]])[:40]
        expected = "a whole number" if is_whole else "a finite number"
        raise refusal(
            shown,
            f"row {first_row + int(bad[0]):,}, column {name!r} is {found!r}{others}; expected {expected}",
            "mend it",
        )
    return values


def _refuse_other_width(shown: str, row: int, found: int, written: TextFile) -> None:
    if found != len(written.columns):
        names = ", ".join(written.columns[:5]) + (", ..." if len(written.columns) > 5 else "")
        raise refusal(shown, f"row {row:,} has {found:,} cells; expected {len(written.columns)} ({names})", "mend it")


def _parser_line(error: Exception) -> str:
    return uneven_row(error) or f"it cannot be read ({error})"
