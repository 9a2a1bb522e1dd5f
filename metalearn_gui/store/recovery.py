"""Unsaved sessions, kept in the data folder until somebody takes them up or throws them away.

Each open session has one recovery file, and beside it a lock that the system lets go of when the process
ends, however it ends. A recovery file whose lock is free was left by a crash or a closing window; one
whose lock is held belongs to a window that is open.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import uuid
from pathlib import Path

from metalearn_gui.store.home import recovery_folder
from metalearn_gui.store.saved_session import one_line
from metalearn_gui.store.session_file import SUFFIX, SavedSession, StoreError, save

MOST, MOST_BYTES = 5, 500_000_000  # sessions that wait; an unsaved one of a long afternoon has some 50 MB

if os.name == "nt":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@dataclasses.dataclass(frozen=True)
class Recovery:
    """A session that nobody has open. Read it with `session_file.load(recovery.path)`."""

    path: Path
    saved_at: float  # seconds since 1970


class RecoveryFile:
    """The recovery file of one open session. One thread at a time may write it."""

    def __init__(self) -> None:
        self.path = recovery_folder() / f"{uuid.uuid4().hex[:12]}{SUFFIX}"
        self._descriptor: int | None = None

    def write(self, saved: SavedSession) -> None:
        """Keep this; what was kept before goes.

        Raises:
            StoreError: the data folder cannot be written.
        """
        if self._descriptor is None:
            self._descriptor = _held_lock(self.path)
        try:
            save(self.path, saved)
        except StoreError as error:  # it advises another file, but nobody has chosen this one
            raise _refusal(self.path.parent, error.__cause__ or error) from error

    def discard(self) -> None:
        """Nothing is unsaved any more."""
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Leave what was written for the next start to offer."""
        if self._descriptor is None:
            return
        if not self.path.exists():
            _remove_lock(self.path)
        os.close(self._descriptor)
        self._descriptor = None


def pending_recoveries() -> list[Recovery]:
    """Sessions that a crash or a closing window left behind, newest first."""
    found = []
    for path in recovery_folder().glob(f"*{SUFFIX}"):
        with contextlib.suppress(OSError):  # gone meanwhile
            if _is_free(path):
                found.append(Recovery(path, path.stat().st_mtime))
    return sorted(found, key=lambda recovery: -recovery.saved_at)


def surplus(most: int = MOST, most_bytes: int = MOST_BYTES) -> list[Recovery]:
    """What was left longest ago, beyond so many sessions or bytes; the newest stays, however large.

    What another window has open does not count.
    """
    taken, found = 0, []
    for place, recovery in enumerate(pending_recoveries()):
        with contextlib.suppress(OSError):  # gone meanwhile; or Windows, where somebody reads it
            taken += recovery.path.stat().st_size
            if place and (place >= most or taken > most_bytes):
                found.append(recovery)
    return found


def discard(recovery: Recovery) -> None:
    """Throw a pending one away."""
    recovery.path.unlink(missing_ok=True)
    _remove_lock(recovery.path)


def _held_lock(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(_lock_path(path), os.O_RDWR | os.O_CREAT, 0o600)
        _lock(descriptor)
    except OSError as error:
        raise _refusal(path.parent, error) from error
    return descriptor


def _refusal(folder: Path, error: BaseException) -> StoreError:
    return StoreError(
        f"{folder} cannot be written ({one_line(error)}); unsaved work can't be kept there: "
        "save the session, or set METALEARN_HOME to another folder"
    )


def _is_free(path: Path) -> bool:
    try:
        descriptor = os.open(_lock_path(path), os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        _lock(descriptor)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _remove_lock(path: Path) -> None:
    with contextlib.suppress(OSError):  # Windows keeps an open file
        _lock_path(path).unlink()


def _lock_path(path: Path) -> Path:
    return path.with_suffix(".lock")
