"""A file is there whole or not at all: written beside, flushed, then given its name."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path


class ExportError(ValueError):
    """A file that cannot be written or read back; its text is one line: what came, what to do."""


def write_whole(path: Path, write: Callable[[Path], None], folder_mark: str = "") -> None:
    """Call `write` with a path beside, then move what it made to `path`: what was there stays whole until then.

    Args:
        folder_mark: "" for a file; else `write` makes a folder, and only a folder that holds a file of this
            name (or nothing) is replaced.

    Raises:
        ExportError: the path cannot be used, or `write` failed.
    """
    _check(path, folder_mark)
    beside = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{path.suffix}")
    try:
        with in_one_line(f"{path} cannot be written"):
            write(beside)
            _flush(beside)
            _rename(beside, path)
    finally:
        _remove(beside)


@contextlib.contextmanager
def in_one_line(complaint: str) -> Iterator[None]:
    """Whatever a writer or a runtime raises becomes one line; the cause stays attached for the log."""
    try:
        yield
    except ExportError:
        raise
    except OSError as error:
        raise ExportError(f"{complaint}: {error.strerror or error}") from error
    except Exception as error:  # keras, tf2onnx and the runtimes each have errors of their own
        raise ExportError(f"{complaint}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """What a writer says in its first line; TensorFlow names its own temporary file before, which nobody chose."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    named, _, reason = line.rpartition("; ")
    return reason if reason and os.path.isabs(named) else line


def file_size(path: Path | str) -> int:
    """Bytes of a file, or of all files in a folder."""
    path = Path(path)
    if not path.is_dir():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def _check(path: Path, folder_mark: str) -> None:
    if not path.name:
        raise ExportError(f"{str(path)!r} names no file; give a folder and a name")
    if not path.parent.is_dir():
        raise ExportError(f"There is no folder {path.parent}; make it, or choose another one")
    if not os.access(path.parent, os.W_OK):
        raise ExportError(f"The folder {path.parent} cannot be written to; choose another one")
    if path.is_dir() and not (folder_mark and _may_replace(path, folder_mark)):
        raise ExportError(f"{path} is a folder of something else; move it away, or choose another place")
    if folder_mark and path.exists() and not path.is_dir():
        raise ExportError(f"{path} is a file, and this format makes a folder; move it away, or choose another place")


def _may_replace(folder: Path, mark: str) -> bool:
    return (folder / mark).is_file() or not any(folder.iterdir())


def _flush(path: Path) -> None:
    """Everything on the disk before it takes its name."""
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            with open(file, "r+b") as stream:
                os.fsync(stream.fileno())


def _rename(beside: Path, path: Path) -> None:
    if not path.is_dir():
        os.replace(beside, path)
        return
    # No system call swaps folders everywhere: the old one steps aside, and comes back if the new one cannot come.
    aside = beside.with_name(f"{beside.name}.old")
    os.replace(path, aside)
    try:
        os.replace(beside, path)
    except OSError:
        os.replace(aside, path)
        raise
    _remove(aside)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
