"""`.metalearn`: a session on disk, as an SQLite application file (https://sqlite.org/appfileformat.html).

Many runs in one file, each with its settings, curves, evaluations and everything needed to go on bit for
bit. A file is written beside its place and renamed into it, so a crash loses neither the old nor the new
one. What is read may come from anybody: nothing in it is ever executed, and every part is checked against
a digest before it is believed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
import json
import os
import shutil
import sqlite3
import time
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.compare import Outcome
from metalearn_gui.engine.own_data import DataFile
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.read_so_far import ReadSoFar, finished
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store import documents, outcomes, own_data
from metalearn_gui.store.documents import Arrays, Document, SavedTask
from metalearn_gui.store.records import RunRecord

__all__ = ["SUFFIX", "SavedSession", "SavedTask", "StoreError", "load", "reading", "save", "settings_shown"]

Made = TypeVar("Made")

SUFFIX = ".metalearn"
APPLICATION_ID = 0x4D4C5047  # "MLPG", at offset 68 of the file
FORMAT_VERSION = 1  # user_version, at offset 60
HEADER_SIZE = 100
# Work that SQLite may do for a file, in its own instructions: a hundred times what an honest one needs.
OPCODES_A_BYTE, LEAST_OPCODES, BETWEEN_LOOKS = 10, 100_000_000, 100_000
LEFTOVER_SECONDS = 3600.0  # a part file that old was left by a crash

SCHEMA = {
    "session": "CREATE TABLE session (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "runs": "CREATE TABLE runs (run_id TEXT PRIMARY KEY, position INTEGER NOT NULL, document TEXT NOT NULL)"
    " WITHOUT ROWID",
    "arrays": "CREATE TABLE arrays (owner TEXT NOT NULL, name TEXT NOT NULL, dtype TEXT NOT NULL, shape TEXT NOT NULL,"
    " data BLOB NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (owner, name))",
}
INDEX_OF_ARRAYS = "sqlite_autoindex_arrays_1"  # made by SQLite for the primary key
ORDERED = {
    "session": "SELECT key, value FROM session WHERE key <> 'digest' ORDER BY key",
    "runs": "SELECT run_id, position, document FROM runs ORDER BY position",
    "arrays": "SELECT owner, name, dtype, shape, sha256 FROM arrays ORDER BY owner, name",
}
DTYPES = frozenset(f"<{kind}{size}" for kind in "fiu" for size in (2, 4, 8)) | {"|b1", "|i1", "|u1"}
LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_COLUMN: 20,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 20,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1000,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 10,
}
READING_PRAGMAS = {"trusted_schema": "OFF", "cell_size_check": "ON", "mmap_size": "0"}
ALLOWED_READS = frozenset(SCHEMA) | {"sqlite_master", "sqlite_schema"}
# All that reading a hostile file may raise, from SQLite down to a missing name in a document.
DAMAGE = (
    sqlite3.Error, SettingError, ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError,
    RecursionError, MemoryError,
)  # fmt: skip


class StoreError(ValueError):
    """A file that cannot be read or written; one line: what came, what was expected, what to do."""


@dataclasses.dataclass
class SavedSession:
    """All that a session file holds.

    runs: in the order of the list; shown_run_id names one of them, or is empty.
    settings: what is set now, which need not be any run's.
    touched: unseen tasks with the points as they lie; the first one is under the hand.
    unseen: by run, the names of its unseen tasks: they stay unseen when the file is another one.
    outcomes: what comparisons came to, newest first.
    data: files that tasks are made of, as far as the settings want them held; `own_data.put` makes them found.
    """

    runs: list[RunRecord]
    shown_run_id: str
    settings: ExperimentSettings
    touched: list[SavedTask] = dataclasses.field(default_factory=list)
    data: list[DataFile] = dataclasses.field(default_factory=list)
    unseen: dict[str, str] = dataclasses.field(default_factory=dict)
    outcomes: list[Outcome] = dataclasses.field(default_factory=list)

    @property
    def shown(self) -> RunRecord | None:
        """The run that is shown, else the newest."""
        named = [run for run in self.runs if run.run_id == self.shown_run_id]
        return next(iter(named or reversed(self.runs)), None)

    def copy(self) -> SavedSession:
        """As it is now, every run at its newest state, for another thread to write while the runs go on."""
        runs = [run.settled() for run in self.runs]
        unseen = self.unseen | own_data.held_out({run.run_id: run.settings for run in runs})
        return SavedSession(
            runs, self.shown_run_id, self.settings, list(self.touched), self._with_data_in_use(), unseen, self.outcomes
        )  # fmt: skip

    def with_files_as_they_are(self) -> SavedSession:
        """This session on whatever the files of its tasks hold now; unseen tasks stay unseen."""
        anew = {run.run_id: own_data.as_it_is(run.settings, self.unseen.get(run.run_id, "")) for run in self.runs}
        runs = [dataclasses.replace(run, settings=anew[run.run_id]) for run in self.runs]
        alike = next((run.run_id for run in self.runs if run.settings.tasks == self.settings.tasks), "")
        settings = own_data.as_it_is(self.settings, self.unseen.get(alike, ""))
        return dataclasses.replace(self, runs=runs, settings=settings, data=[])

    def resolve(self) -> None:
        """Fill in what files that were read say of the settings and of the shown run's."""
        self.settings = self.settings.resolved()
        if self.shown is not None:
            self.shown.settings = self.shown.settings.resolved()

    def _with_data_in_use(self) -> list[DataFile]:
        in_use = own_data.files_of([self.settings, *(run.settings for run in self.runs)])
        return in_use + [file for file in self.data if file.path not in {other.path for other in in_use}]


def save(path: str | os.PathLike[str], saved: SavedSession) -> None:
    """Write the session; the file at `path` is the old one until the new one is complete.

    Raises:
        StoreError: the folder is missing, full or closed to us; the old file is as it was.
    """
    target = Path(path)
    try:
        target = Path(os.path.realpath(target))  # a link stays, what it names is replaced
        with _part_file(target) as part:
            _write(part, saved)
            _replace(part, target)
    except (OSError, ValueError, sqlite3.Error) as error:
        raise StoreError(f"{path} cannot be written ({one_line(error)}); choose another place") from error


def load(path: str | os.PathLike[str]) -> SavedSession:
    """Read a session; the file is not touched.

    Raises:
        StoreError: no such file, a foreign one, one of a newer version, or a damaged one.
    """
    return finished(reading(path))


def reading(path: str | os.PathLike[str]) -> Generator[ReadSoFar, None, SavedSession]:
    """The same, saying how far it is, in runs; all of it on one thread."""
    _check_header(path)
    try:
        with contextlib.closing(_open_for_reading(Path(path))) as connection:
            return (yield from _read(connection))
    except _Newer as error:
        raise StoreError(f"{path} {error}") from None
    except DAMAGE as error:
        raise StoreError(
            f"{path} is damaged ({one_line(error)}); expected a session as this program saved it: open a copy of it"
        ) from error


def settings_shown(path: str | os.PathLike[str]) -> ExperimentSettings:
    """Of the run that a file's session shows, by which one knows it; nothing else is read, and no digest checked.

    Raises:
        StoreError: as `load`.
    """
    _check_header(path)
    try:
        with contextlib.closing(_open_for_reading(Path(path))) as connection:
            connection.set_authorizer(_authorize)
            _check_schema(connection)
            session = dict(connection.execute("SELECT key, value FROM session"))
            shown = "SELECT document FROM runs WHERE run_id = ?"
            found = connection.execute(shown, (json.loads(session["shown_run_id"]),)).fetchone()
            held = json.loads(session["settings"]) if found is None else json.loads(found[0])["settings"]
            return ExperimentSettings.from_dict(held)
    except DAMAGE as error:
        raise StoreError(f"{path} is damaged ({one_line(error)})") from error


class _Newer(Exception):
    """What is wrong with a sound file that this version cannot read."""


# --- writing --------------------------------------------------------------------------------------


@contextlib.contextmanager
def _part_file(target: Path) -> Iterator[Path]:
    """A name beside the target, of which nothing is left afterwards."""
    _sweep(target)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        yield part
    finally:
        for leftover in (part, part.with_name(part.name + "-journal")):
            leftover.unlink(missing_ok=True)


def _sweep(target: Path) -> None:
    for leftover in target.parent.glob(f".{_escaped(target.name)}.*.part*"):
        with contextlib.suppress(OSError):
            if time.time() - leftover.stat().st_mtime > LEFTOVER_SECONDS:
                leftover.unlink()


def _escaped(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)


def _write(part: Path, saved: SavedSession) -> None:
    with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={FORMAT_VERSION}")
        connection.execute("BEGIN")
        for statement in SCHEMA.values():
            connection.execute(statement)
        connection.executemany("INSERT INTO session VALUES (?, ?)", _session_rows(saved))
        for position, run in enumerate(saved.runs):
            document, arrays = documents.run_document(run)
            connection.execute("INSERT INTO runs VALUES (?, ?, ?)", (run.run_id, position, _json(document)))
            _insert_arrays(connection, run.run_id, arrays)
        for place, task in enumerate(saved.touched):
            _insert_arrays(connection, _owner("touched", place), documents.task_document(task)[1])
        held = [own_data.file_document(file) for file in saved.data]
        _insert_list(connection, "data", held)
        _insert_list(connection, "outcomes", [outcomes.outcome_document(outcome) for outcome in saved.outcomes])
        connection.execute("INSERT INTO session VALUES ('digest', ?)", (_digest(connection),))
        connection.execute("COMMIT")


def _session_rows(saved: SavedSession) -> list[tuple[str, str]]:
    return [
        ("settings", _json(saved.settings.to_dict())),
        ("shown_run_id", _json(saved.shown_run_id)),
        ("unseen", _json(saved.unseen)),
        ("touched", _json([documents.task_document(task)[0] for task in saved.touched])),
    ]


def _insert_list(connection: sqlite3.Connection, name: str, held: Sequence[tuple[Document, Arrays]]) -> None:
    connection.execute("INSERT INTO session VALUES (?, ?)", (name, _json([document for document, _ in held])))
    for place, (_, arrays) in enumerate(held):
        _insert_arrays(connection, _owner(name, place), arrays)


def _insert_arrays(connection: sqlite3.Connection, owner: str, arrays: Arrays) -> None:
    connection.executemany(
        "INSERT INTO arrays VALUES (?, ?, ?, ?, ?, ?)", (_row(owner, *item) for item in arrays.items())
    )


def _row(owner: str, name: str, values: Array) -> tuple[str, str, str, str, bytes, str]:
    values = np.asarray(values)
    values = values.astype(values.dtype.newbyteorder("<"), copy=False)
    if values.dtype.str not in DTYPES:
        raise ValueError(f"{name} is an array of {values.dtype}")
    data = values.tobytes()
    return owner, name, values.dtype.str, _json(values.shape), data, hashlib.sha256(data).hexdigest()


def _replace(part: Path, target: Path) -> None:
    if target.exists():
        shutil.copymode(target, part)
    os.replace(part, target)
    if os.name == "posix":  # the rename itself must survive a power cut
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


# --- reading --------------------------------------------------------------------------------------


def _check_header(path: str | os.PathLike[str]) -> None:
    try:
        with open(path, "rb") as file:
            header = file.read(HEADER_SIZE)
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({one_line(error)}); expected a {SUFFIX} file") from None
    is_ours = header.startswith(b"SQLite format 3\0") and header[68:72] == APPLICATION_ID.to_bytes(4, "big")
    if not is_ours:
        raise StoreError(f"{path} is not a session file; expected a {SUFFIX} file that this program saved")


def _open_for_reading(path: Path) -> sqlite3.Connection:
    # Immutable: no lock, no journal, nothing beside the file is believed or made.
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    for limit, value in LIMITS.items():
        connection.setlimit(limit, value)
    for pragma, setting in READING_PRAGMAS.items():
        connection.execute(f"PRAGMA {pragma}={setting}")
    most, looks = (LEAST_OPCODES + OPCODES_A_BYTE * path.stat().st_size) // BETWEEN_LOOKS, itertools.count()
    connection.set_progress_handler(lambda: next(looks) > most, BETWEEN_LOOKS)
    return connection


def _read(connection: sqlite3.Connection) -> Generator[ReadSoFar, None, SavedSession]:
    if [row[0] for row in connection.execute("PRAGMA quick_check(1)")] != ["ok"]:
        raise ValueError("its pages do not fit together")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > FORMAT_VERSION:
        raise _Newer(f"is of format {version}; this program reads up to {FORMAT_VERSION}: update it")
    if version != FORMAT_VERSION:
        raise ValueError(f"its format is {version}")
    connection.set_authorizer(_authorize)
    _check_schema(connection)
    session = dict(connection.execute("SELECT key, value FROM session"))
    if session["digest"] != _digest(connection):
        raise ValueError("its digest does not match")
    runs, rows = [], connection.execute(ORDERED["runs"]).fetchall()
    for place, (run_id, _, document) in enumerate(rows):
        yield ReadSoFar(place, len(rows))
        runs.append(documents.run_from(json.loads(document), _arrays_of(connection, run_id)))
    return SavedSession(
        runs=runs,
        shown_run_id=str(json.loads(session["shown_run_id"])),
        settings=ExperimentSettings.from_dict(json.loads(session["settings"])),
        touched=_list_of(connection, session, "touched", documents.task_from),
        unseen=own_data.held_out_from(json.loads(session.get("unseen", "{}"))),
        data=_list_of(connection, session, "data", own_data.file_from),
        outcomes=_list_of(connection, session, "outcomes", outcomes.outcome_from),
    )


def _list_of(
    connection: sqlite3.Connection, session: dict[str, str], name: str, read: Callable[[Document, Arrays], Made]
) -> list[Made]:
    """Older files hold none of what came later."""
    return [
        read(document, _arrays_of(connection, _owner(name, place)))
        for place, document in enumerate(json.loads(session.get(name, "[]")))
    ]


def _authorize(action: int, first: str | None, second: str | None, database: str | None, source: str | None) -> int:
    allowed = action == sqlite3.SQLITE_SELECT or (action == sqlite3.SQLITE_READ and first in ALLOWED_READS)
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _check_schema(connection: sqlite3.Connection) -> None:
    found = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    expected = [("table", name, statement) for name, statement in SCHEMA.items()]
    if sorted(found, key=str) != sorted([*expected, ("index", INDEX_OF_ARRAYS, None)], key=str):
        raise ValueError("it has other tables than a session")


def _arrays_of(connection: sqlite3.Connection, owner: str) -> Arrays:
    rows = connection.execute("SELECT name, dtype, shape, data, sha256 FROM arrays WHERE owner = ?", (owner,))
    return {name: _array(name, *rest) for name, *rest in rows}


def _array(name: str, dtype: str, shape: str, data: bytes, sha256: str) -> Array:
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"{name} does not match its digest")
    if dtype not in DTYPES:
        raise ValueError(f"{name} is of type {dtype}")
    values = np.frombuffer(data, np.dtype(dtype)).reshape(json.loads(shape))
    return values.astype(values.dtype.newbyteorder("="), copy=True)


# --- both -----------------------------------------------------------------------------------------


def _digest(connection: sqlite3.Connection) -> str:
    """SHA-256 over every row but this one; an array is there by its own digest."""
    total = hashlib.sha256()
    for table, statement in ORDERED.items():
        total.update(table.encode())
        for row in _rows(connection.execute(statement)):
            total.update(row)
    return total.hexdigest()


def _rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
    return (json.dumps(row).encode() + b"\n" for row in rows)


def _owner(name: str, place: int) -> str:
    return f"{name}/{place}"


def _json(value: Any) -> str:
    return json.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    """A numpy number as Python's own."""
    if isinstance(value, np.generic):
        return value.item()
    raise ValueError(f"a {type(value).__name__} has no place in a session file")


def one_line(error: BaseException) -> str:
    """What an error says, for the middle of a sentence."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
    return " ".join(text.split())[:200]
