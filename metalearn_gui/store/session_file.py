"""`.metalearn`: a session on disk, as an SQLite application file (https://sqlite.org/appfileformat.html).

Many runs in one file, each with its settings, curves, evaluations and everything needed to go on bit for
bit. A file is written beside its place and renamed into it, so a crash loses neither the old nor the new
one. What is read may come from anybody: nothing in it is ever executed, and every part is checked against
a digest before it is believed.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Generator
from pathlib import Path

from metalearn_gui.engine.read_so_far import ReadSoFar, finished
from metalearn_gui.store.documents import SavedTask
from metalearn_gui.store.saved_session import SUFFIX, SavedSession, StoreError, one_line
from metalearn_gui.store.session_reading import (
    DAMAGE,
    Glance,
    Newer,
    check_header,
    open_for_reading,
    read_glance,
    read_session,
)
from metalearn_gui.store.session_writing import part_file, put_in_place, write_tables

__all__ = ["SUFFIX", "SavedSession", "SavedTask", "StoreError", "glance", "load", "reading", "save"]


def save(path: str | os.PathLike[str], saved: SavedSession) -> None:
    """Write the session; the file at `path` is the old one until the new one is complete.

    Raises:
        StoreError: the folder is missing, full or closed to us; the old file is as it was.
    """
    target = Path(path)
    try:
        target = Path(os.path.realpath(target))  # a link stays, what it names is replaced
        with part_file(target) as part:
            write_tables(part, saved)
            put_in_place(part, target)
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
    check_header(path)
    try:
        with contextlib.closing(open_for_reading(Path(path))) as connection:
            return (yield from read_session(connection))
    except Newer as error:
        raise StoreError(f"{path} {error}") from None
    except DAMAGE as error:
        raise StoreError(
            f"{path} is damaged ({one_line(error)}); expected a session as this program saved it: open a copy of it"
        ) from error


def glance(path: str | os.PathLike[str]) -> Glance:
    """By what one knows a file's session; nothing else is read, and no digest checked.

    Raises:
        StoreError: as `load`.
    """
    check_header(path)
    try:
        with contextlib.closing(open_for_reading(Path(path))) as connection:
            return read_glance(connection)
    except DAMAGE as error:
        raise StoreError(f"{path} is damaged ({one_line(error)})") from error
