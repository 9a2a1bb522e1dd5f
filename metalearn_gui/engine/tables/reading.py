"""A table from a CSV, TSV or Parquet file, a piece at a time, so that it can be watched and stopped.

pandas parses; what is done here is to bound what comes in and to say in one line what is wrong.
"""

from __future__ import annotations

import hashlib
import importlib
import io
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.read_so_far import ReadSoFar, finished
from metalearn_gui.engine.tables.column_types import (
    EXACT,
    Labelled,
    days_since_1970,
    guessed_column,
    joined,
    number_column,
)
from metalearn_gui.engine.tables.refusal import refusal, uneven_row
from metalearn_gui.engine.tables.table import Column, Table
from metalearn_gui.engine.tables.text_format import MAX_COLUMNS, MAX_LINE, TextFormat, text_format

CHUNK_CELLS = 2_000_000  # read between two words on how far it is
CHUNK_BYTES = 2**27  # more than honest cells take: a quotation mark that is never closed
MAX_CELLS = 2**27  # numbers in memory: 1 GB
PARQUET = ".parquet"


Reading = Generator[ReadSoFar, None, Table]


def reading(path: str, known: Table | None = None) -> Reading:
    """Read a table, piece by piece; whoever stops going on with it stops it.

    Args:
        known: what the file was when it was read last; it is returned where the bytes are still the same.

    Raises:
        SettingError: one line that says what is wrong with the file, with its row where there is one. A cell that is
            not of its column's type is no reason: it is one where the column is used.
    """
    place = Path(path).expanduser()
    if not place.is_file():
        found = "is a folder" if place.is_dir() else "there is no such file"
        raise refusal(path, found, "choose a CSV, TSV or Parquet file")
    try:
        digest = yield from hashing(place)
        if known is not None and known.digest == digest:
            return known
        if place.suffix.lower() == PARQUET:
            return (yield from _from_parquet(place, digest))
        return (yield from _from_text(place, digest))
    except SettingError:
        raise
    except (OSError, UnicodeError, MemoryError) as error:
        raise refusal(path, f"it cannot be read ({getattr(error, 'strerror', None) or error})") from error


def read(path: str) -> Table:
    """The same in one go."""
    return finished(reading(path))


def hashing(place: Path) -> Generator[ReadSoFar, None, str]:
    """The digest of a file, and a look at every block: no row of a table is as long as one."""
    digest, total, done = hashlib.sha256(), place.stat().st_size, 0
    is_text = place.suffix.lower() != PARQUET
    with place.open("rb") as file:
        is_wide = file.read(2) in (b"\xff\xfe", b"\xfe\xff")  # UTF-16: every other byte may be 0
        file.seek(0)
        while block := file.read(MAX_LINE):
            digest.update(block)
            done += len(block)
            if is_text and len(block) == MAX_LINE and b"\n" not in block and b"\r" not in block:
                raise refusal(place, f"a row around byte {done:,} is longer than {MAX_LINE:,} bytes")
            if is_text and not is_wide and b"\0" in block:
                raise refusal(place, f"it is no text: byte {done - len(block) + block.index(0) + 1:,} is 0")
            yield ReadSoFar(done // 10, total)  # a tenth of the time
    return digest.hexdigest()


def _from_text(place: Path, digest: str) -> Reading:
    written = text_format(place)
    pieces: dict[str, list[Array | Labelled]] = {}
    num_cells = 0
    total = place.stat().st_size
    try:
        with _Bounded(place) as file, _chunks(file, written) as chunks:
            for chunk in chunks:
                file.pause()
                num_cells += chunk.size
                if num_cells > MAX_CELLS:
                    raise refusal(place, f"it has more than {MAX_CELLS:,} cells")
                for number, name in enumerate(chunk.columns):
                    pieces.setdefault(_column_name(name, number, written), []).append(_piece(chunk[name]))
                yield ReadSoFar(total // 10 + file.tell() * 9 // 10, total)
    except (ValueError, KeyError) as error:  # pandas' parser errors are ValueErrors
        if isinstance(error, SettingError):
            raise
        raise refusal(place, _parser_line(error)) from error
    if not pieces or not num_cells:
        raise refusal(place, "there are no rows below its header")
    columns = []
    for number, (name, parts) in enumerate(pieces.items()):
        columns.append(_column(name, parts, written.decimal, number in written.codes))
        parts.clear()
        yield ReadSoFar(total, total)
    return Table(str(place), digest, tuple(columns), 2 if written.has_header else 1, written.decimal)


class _Bounded(io.FileIO):
    """A file of which so much is read at once, and no more."""

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        self._place, self._since = place, 0

    def pause(self) -> None:
        """What was asked for has come."""
        self._since = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """At most `size` bytes.

        Raises:
            SettingError: there is no end of what is read at once.
        """
        data = super().read(size)
        self._since += len(data)
        if self._since > CHUNK_BYTES:
            why = f"a cell before byte {self.tell():,} does not end"
            raise refusal(self._place, why, "close its quotation mark")
        return data


def _chunks(file: Any, written: TextFormat) -> Any:
    return _pandas().read_csv(
        file, sep=written.separator, decimal=written.decimal, encoding=written.encoding, encoding_errors="replace",
        header=0 if written.has_header else None, skipinitialspace=True, low_memory=False,
        chunksize=max(1, CHUNK_CELLS // written.width), dtype=dict.fromkeys(written.codes, str),
    )  # fmt: skip


def _column_name(name: Any, number: int, written: TextFormat) -> str:
    text = str(name).strip() if written.has_header else ""
    return f"column {number + 1}" if not text or text.startswith("Unnamed:") else text


def _piece(values: Any) -> Array | Labelled:
    """A part of a column: float64 where pandas found numbers, else labelled texts."""
    is_exact = values.dtype.kind not in "iu" or not len(values) or max(values.max(), -values.min()) < EXACT
    if values.dtype.kind in "iufb" and is_exact:
        return np.asarray(values, np.float64)
    codes, labels = _pandas().factorize(values)
    return Labelled(codes.astype(np.int32), labels)


def _column(name: str, parts: list[Array | Labelled], decimal: str, is_code: bool = False) -> Column:
    if not any(isinstance(part, Labelled) for part in parts):
        return number_column(name, np.concatenate(parts))
    labelled = [
        part if isinstance(part, Labelled) else Labelled(*Column("", "number", part).as_labels()) for part in parts
    ]
    return guessed_column(name, joined(labelled), decimal, is_code)


def _parser_line(error: Exception) -> str:
    return uneven_row(error) or f"it cannot be read as a table ({error})"


def _from_parquet(place: Path, digest: str) -> Reading:
    try:
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        todo = "install pyarrow (pip install 'metalearn-gui[tables]'), or save it as CSV"
        raise refusal(place, "reading Parquet needs pyarrow", todo) from None
    try:
        with parquet.ParquetFile(place) as file:
            return (yield from _from_batches(place, digest, file))
    except SettingError:
        raise
    except Exception as error:  # pyarrow has errors of its own
        raise refusal(place, f"it is no Parquet file that can be read ({str(error)[:80]})") from error


def _from_batches(place: Path, digest: str, file: Any) -> Reading:
    """A batch of rows at a time, once its head says that there are not too many."""
    names, num_rows = file.schema_arrow.names, file.metadata.num_rows
    if len(names) > MAX_COLUMNS or len(names) * num_rows > MAX_CELLS:
        raise refusal(place, f"it has {len(names):,} columns of {num_rows:,} rows: more than is read")
    if not names or not num_rows:
        raise refusal(place, "there are no rows in it")
    pieces: dict[str, list[Array | Labelled]] = {name: [] for name in names}
    dates, done, total = set(), 0, place.stat().st_size
    for batch in file.iter_batches(batch_size=max(1, CHUNK_CELLS // len(names))):
        frame = batch.to_pandas(ignore_metadata=True)  # an index is a column, too
        for name in names:
            is_date = frame[name].dtype.kind == "M"
            dates |= {name} if is_date else set()
            pieces[name].append(days_since_1970(frame[name]) if is_date else _piece(frame[name]))
        done += len(frame)
        yield ReadSoFar(total // 10 + total * 9 * done // (10 * num_rows), total)
    columns = (
        Column(name, "date", np.concatenate(parts)) if name in dates else _column(name, parts, ".")
        for name, parts in pieces.items()
    )
    return Table(str(place), digest, tuple(columns), 1)


def _pandas() -> Any:
    return importlib.import_module("pandas")
