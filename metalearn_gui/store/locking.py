"""Locks of files that the system lets go of when the process ends, however it ends."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)  # what the systems say of a lock that another one holds

if os.name == "nt":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class HeldError(OSError):
    """Another one holds a lock."""


class Lock:
    """Held from when it is made until `close`.

    Raises:
        HeldError: another one holds it.
        OSError: the file cannot be made, or there are no locks.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._descriptor)
        except OSError as error:
            os.close(self._descriptor)
            if error.errno in HELD:
                raise HeldError(*error.args) from None
            remove(path)
            raise

    def close(self, keep_file: bool = False) -> None:
        """Let go of it, and take its file away."""
        is_kept_open = os.name == "nt"  # elsewhere another one may have made the next lock once this one is free
        if not (keep_file or is_kept_open):
            remove(self._path)
        os.close(self._descriptor)
        if is_kept_open and not keep_file:
            remove(self._path)


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock of this file; it need not be there."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        _lock(descriptor)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def remove(path: Path) -> None:
    """Take a lock's file away, if it is there."""
    with contextlib.suppress(OSError):
        path.unlink()


@contextlib.contextmanager
def only_writer(path: Path) -> Iterator[bool]:
    """Whether nobody else is writing a file; until the end nobody else will be, of those who ask here.

    Where there are no locks (some network folders) nobody is in the way.
    """
    place = path.resolve()
    beside = place.with_name(f".{place.name}.lock")
    try:
        lock = Lock(beside)
    except OSError as error:
        yield not isinstance(error, HeldError)
        return
    try:
        yield True
    finally:
        lock.close()
