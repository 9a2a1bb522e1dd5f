"""Unsaved sessions, kept in the data folder until somebody takes them up or throws them away.

Each open session has one recovery file, and beside it a lock that the system lets go of when the process
ends, however it ends. A recovery file whose lock is free was left by a crash or a closing window; one
whose lock is held belongs to a window that is open.
"""

from __future__ import annotations

import contextlib
import dataclasses
import uuid
from pathlib import Path

from metalearn_gui.store import locking
from metalearn_gui.store.home import recovery_folder
from metalearn_gui.store.locking import Lock
from metalearn_gui.store.saved_session import one_line
from metalearn_gui.store.session_file import SUFFIX, SavedSession, StoreError, save

MOST, MOST_BYTES = 5, 500_000_000  # sessions that wait; an unsaved one of a long afternoon has some 50 MB


@dataclasses.dataclass(frozen=True)
class Recovery:
    """A session that nobody has open. Read it with `session_file.load(recovery.path)`."""

    path: Path
    saved_at: float  # seconds since 1970


class RecoveryFile:
    """The recovery file of one open session. One thread at a time may write it."""

    def __init__(self) -> None:
        self.path = recovery_folder() / f"{uuid.uuid4().hex[:12]}{SUFFIX}"
        self._lock: Lock | None = None

    def write(self, saved: SavedSession) -> None:
        """Keep this; what was kept before goes.

        Raises:
            StoreError: the data folder cannot be written.
        """
        if self._lock is None:
            self._lock = _held_lock(self.path)
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
        if self._lock is not None:
            self._lock.close(keep_file=self.path.exists())
        self._lock = None


def pending_recoveries() -> list[Recovery]:
    """Sessions that a crash or a closing window left behind, newest first."""
    found = []
    for path in recovery_folder().glob(f"*{SUFFIX}"):
        with contextlib.suppress(OSError):  # gone meanwhile
            if locking.is_free(_lock_path(path)):
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
    locking.remove(_lock_path(recovery.path))


def _held_lock(path: Path) -> Lock:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Lock(_lock_path(path))
    except OSError as error:
        raise _refusal(path.parent, error) from error


def _refusal(folder: Path, error: BaseException) -> StoreError:
    return StoreError(
        f"{folder} cannot be written ({one_line(error)}); unsaved work can't be kept there: "
        "save the session, or set METALEARN_HOME to another folder"
    )


def _lock_path(path: Path) -> Path:
    return path.with_suffix(".lock")
