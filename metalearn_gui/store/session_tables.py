"""The tables of a session file, as those who write and who read it agree on them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

APPLICATION_ID = 0x4D4C5047  # "MLPG", at offset 68 of the file
FORMAT_VERSION = 1  # user_version, at offset 60

SCHEMA = {
    "session": "CREATE TABLE session (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "runs": "CREATE TABLE runs (run_id TEXT PRIMARY KEY, position INTEGER NOT NULL, document TEXT NOT NULL)"
    " WITHOUT ROWID",
    "arrays": "CREATE TABLE arrays (owner TEXT NOT NULL, name TEXT NOT NULL, dtype TEXT NOT NULL, shape TEXT NOT NULL,"
    " data BLOB NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (owner, name))",
}
ORDERED = {
    "session": "SELECT key, value FROM session WHERE key <> 'digest' ORDER BY key",
    "runs": "SELECT run_id, position, document FROM runs ORDER BY position",
    "arrays": "SELECT owner, name, dtype, shape, sha256 FROM arrays ORDER BY owner, name",
}
DTYPES = frozenset(f"<{kind}{size}" for kind in "fiu" for size in (2, 4, 8)) | {"|b1", "|i1", "|u1"}


def digest_of(connection: sqlite3.Connection) -> str:
    """SHA-256 over every row but this one; an array is there by its own digest."""
    total = hashlib.sha256()
    for table, statement in ORDERED.items():
        total.update(table.encode())
        for row in _rows(connection.execute(statement)):
            total.update(row)
    return total.hexdigest()


def _rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
    return (json.dumps(row).encode() + b"\n" for row in rows)


def owner_of(name: str, place: int) -> str:
    """Whose the arrays of one in a list are."""
    return f"{name}/{place}"


def json_text(value: Any) -> str:
    """As JSON; raises ValueError for what has no place in a session file."""
    return json.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    """A numpy number as Python's own."""
    if isinstance(value, np.generic):
        return value.item()
    raise ValueError(f"a {type(value).__name__} has no place in a session file")
