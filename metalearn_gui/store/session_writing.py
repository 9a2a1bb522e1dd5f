"""Writing a session: beside its place, and then renamed into it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.store import documents, outcomes, own_data
from metalearn_gui.store.documents import Arrays, Document
from metalearn_gui.store.saved_session import SavedSession
from metalearn_gui.store.session_tables import (
    APPLICATION_ID,
    DTYPES,
    FORMAT_VERSION,
    SCHEMA,
    digest_of,
    json_text,
    owner_of,
)

LEFTOVER_SECONDS = 3600.0  # a part file that old was left by a crash


@contextlib.contextmanager
def part_file(target: Path) -> Iterator[Path]:
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


def write_tables(part: Path, saved: SavedSession) -> None:
    """Everything as one transaction, its digest last."""
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
            connection.execute("INSERT INTO runs VALUES (?, ?, ?)", (run.run_id, position, json_text(document)))
            _insert_arrays(connection, run.run_id, arrays)
        for place, task in enumerate(saved.touched):
            _insert_arrays(connection, owner_of("touched", place), documents.task_document(task)[1])
        held = [own_data.file_document(file) for file in saved.data]
        _insert_list(connection, "data", held)
        _insert_list(connection, "outcomes", [outcomes.outcome_document(outcome) for outcome in saved.outcomes])
        connection.execute("INSERT INTO session VALUES ('digest', ?)", (digest_of(connection),))
        connection.execute("COMMIT")


def _session_rows(saved: SavedSession) -> list[tuple[str, str]]:
    return [
        ("settings", json_text(saved.settings.to_dict())),
        ("shown_run_id", json_text(saved.shown_run_id)),
        ("live_run_id", json_text(saved.live_run_id)),
        ("unseen", json_text(saved.unseen)),
        ("touched", json_text([documents.task_document(task)[0] for task in saved.touched])),
    ]


def _insert_list(connection: sqlite3.Connection, name: str, held: Sequence[tuple[Document, Arrays]]) -> None:
    connection.execute("INSERT INTO session VALUES (?, ?)", (name, json_text([document for document, _ in held])))
    for place, (_, arrays) in enumerate(held):
        _insert_arrays(connection, owner_of(name, place), arrays)


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
    return owner, name, values.dtype.str, json_text(values.shape), data, hashlib.sha256(data).hexdigest()


def put_in_place(part: Path, target: Path) -> None:
    """Rename; whoever may read the old file may read the new one."""
    if target.exists():
        shutil.copymode(target, part)
    os.replace(part, target)
    if os.name == "posix":  # the rename itself must survive a power cut
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
