"""Reading a session that may come from anybody: nothing in it is executed, nothing believed before its digest."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import sqlite3
from collections.abc import Callable, Generator
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store import documents, outcomes, own_data
from metalearn_gui.store.documents import Arrays, Document
from metalearn_gui.store.saved_session import SUFFIX, SavedSession, StoreError, one_line
from metalearn_gui.store.session_tables import (
    APPLICATION_ID,
    DTYPES,
    FORMAT_VERSION,
    ORDERED,
    SCHEMA,
    digest_of,
    owner_of,
)

Made = TypeVar("Made")

HEADER_SIZE = 100
# Work that SQLite may do for a file, in its own instructions: a hundred times what an honest one needs.
OPCODES_A_BYTE, LEAST_OPCODES, BETWEEN_LOOKS = 10, 100_000_000, 100_000
INDEX_OF_ARRAYS = "sqlite_autoindex_arrays_1"  # made by SQLite for the primary key
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


class Newer(Exception):
    """What is wrong with a sound file that this version cannot read."""


def check_header(path: str | os.PathLike[str]) -> None:
    """Raise StoreError for a file that is not there, or that another program wrote."""
    try:
        with open(path, "rb") as file:
            header = file.read(HEADER_SIZE)
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({one_line(error)}); expected a {SUFFIX} file") from None
    is_ours = header.startswith(b"SQLite format 3\0") and header[68:72] == APPLICATION_ID.to_bytes(4, "big")
    if not is_ours:
        raise StoreError(f"{path} is not a session file; expected a {SUFFIX} file that this program saved")


def open_for_reading(path: Path) -> sqlite3.Connection:
    """With bounds on what SQLite may do for it."""
    # Immutable: no lock, no journal, nothing beside the file is believed or made.
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    for limit, value in LIMITS.items():
        connection.setlimit(limit, value)
    for pragma, setting in READING_PRAGMAS.items():
        connection.execute(f"PRAGMA {pragma}={setting}")
    most, looks = (LEAST_OPCODES + OPCODES_A_BYTE * path.stat().st_size) // BETWEEN_LOOKS, itertools.count()
    connection.set_progress_handler(lambda: next(looks) > most, BETWEEN_LOOKS)
    return connection


def read_session(connection: sqlite3.Connection) -> Generator[ReadSoFar, None, SavedSession]:
    """The whole session, saying how far it is, in runs; raises Newer, or one of DAMAGE."""
    if [row[0] for row in connection.execute("PRAGMA quick_check(1)")] != ["ok"]:
        raise ValueError("its pages do not fit together")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > FORMAT_VERSION:
        raise Newer(f"is of format {version}; this program reads up to {FORMAT_VERSION}: update it")
    if version != FORMAT_VERSION:
        raise ValueError(f"its format is {version}")
    connection.set_authorizer(_authorize)
    _check_schema(connection)
    session = dict(connection.execute("SELECT key, value FROM session"))
    if session["digest"] != digest_of(connection):
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
        live_run_id=str(json.loads(session.get("live_run_id", '""'))),
    )


class Glance(NamedTuple):
    """By what one knows a session: a run's settings and meta-iterations, and how many runs there are.

    That run is the shown one; where it has not begun, the one that came furthest; where none has, what is set.
    """

    settings: ExperimentSettings
    iteration: int
    num_runs: int


def read_glance(connection: sqlite3.Connection) -> Glance:
    """The session's; no digest is checked."""
    connection.set_authorizer(_authorize)
    _check_schema(connection)
    session = dict(connection.execute("SELECT key, value FROM session"))
    shown = json.loads(session["shown_run_id"])
    rows = connection.execute(ORDERED["runs"]).fetchall()
    runs = [(run_id, json.loads(document)) for run_id, _, document in rows]
    begun = [(run_id == shown, run["iteration"], run["settings"]) for run_id, run in runs if run["iteration"]]
    here = [(True, 0, run["settings"]) for run_id, run in runs if run_id == shown]
    found = max(begun or here, key=lambda one: one[:2], default=(True, 0, json.loads(session["settings"])))
    return Glance(ExperimentSettings.from_dict(found[2]), int(found[1]), len(runs))


def _list_of(
    connection: sqlite3.Connection, session: dict[str, str], name: str, read: Callable[[Document, Arrays], Made]
) -> list[Made]:
    """Older files hold none of what came later."""
    return [
        read(document, _arrays_of(connection, owner_of(name, place)))
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
