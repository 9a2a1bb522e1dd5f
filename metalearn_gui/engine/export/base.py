"""What an export format is: a file written whole or not at all, tried in its own runtime, and lines that use it."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import secrets
import shutil
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.events import Evaluation, LearnerState, TrainingState
from metalearn_gui.engine.settings import ExperimentSettings

FRESH_BLOCK = 2**31 - 2  # the block number of the test tasks that a file is tried on: no evaluation draws it


class ExportError(ValueError):
    """A file that cannot be written or read back; its text is one line: what came, what to do."""


@dataclasses.dataclass(frozen=True)
class ExportSubject:
    """What there is to export of a run.

    state: None while the run has not started.
    curves: values per meta-iteration by name ("objective", "before", "after", metrics), the first at iteration 1.
    scores: (iteration, evaluation) in the order they were made.
    """

    settings: ExperimentSettings
    state: TrainingState | None
    curves: Mapping[str, Array] = dataclasses.field(default_factory=dict)
    scores: tuple[tuple[int, Evaluation], ...] = ()

    @property
    def learner_state(self) -> LearnerState:
        """What was learned.

        Raises:
            ExportError: nothing was yet.
        """
        if self.state is None:
            raise ExportError("This run has no weights yet; start it, then export")
        return self.state.learner


class Exporter(ABC):
    """A format. Subclasses fill in `_write_to` and `_difference`; writing in one piece is done here."""

    key: ClassVar[str]
    label: ClassVar[str]
    suffix: ClassVar[str]  # of a file; empty for a folder
    opens_in: ClassVar[str]
    summary: ClassVar[str]  # one or two sentences for the window
    group: ClassVar[str]  # "start", "learner" or "numbers": which row of the sheet it is shown in
    tolerance: ClassVar[float] = 1e-3  # the largest difference that rounding explains
    folder_mark: ClassVar[str] = ""  # a file that every folder of this format has: only such a folder is replaced

    @property
    def is_folder(self) -> bool:
        return bool(self.folder_mark)

    def default_name(self, stem: str) -> str:
        """A file name for a run called `stem`."""
        return f"{stem}{self.suffix}"

    def write(self, subject: ExportSubject, path: Path | str) -> None:
        """Write beside, then take the name: what was there before stays whole until the new one is.

        Raises:
            ExportError: the path cannot be used, or there is nothing to export.
        """
        path = Path(path)
        self._check_path(path)
        beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}{self.suffix}")
        try:
            with _in_one_line(f"{path} cannot be written"):
                self._write_to(subject, beside)
                _flush(beside)
                _rename(beside, path)
        finally:
            _remove(beside)

    def _check_path(self, path: Path) -> None:
        if not path.name:
            raise ExportError(f"{str(path)!r} names no file; give a path such as {self.default_name('model')}")
        if not path.parent.is_dir():
            raise ExportError(f"There is no folder {path.parent}; make it, or choose another one")
        if not os.access(path.parent, os.W_OK):
            raise ExportError(f"The folder {path.parent} cannot be written to; choose another one")
        if path.is_dir() and not self._may_replace(path):
            raise ExportError(f"{path} is a folder that {self.label} did not write; choose another name")
        if path.exists() and not path.is_dir() and self.is_folder:
            raise ExportError(f"{path} is a file, and {self.label} is a folder; choose another name")

    def _may_replace(self, folder: Path) -> bool:
        return self.is_folder and ((folder / self.folder_mark).is_file() or not any(folder.iterdir()))

    @abstractmethod
    def _write_to(self, subject: ExportSubject, path: Path) -> None:
        """Write the file or the folder at a path that nothing else uses."""

    def verify(self, subject: ExportSubject, path: Path | str) -> float:
        """Load the file in the format's own runtime and try it on fresh inputs.

        Returns: the largest absolute difference to what the engine says; 0 where numbers come back bit for bit.

        Raises:
            ExportError: the file cannot be loaded.
        """
        with _in_one_line(f"{path} cannot be read back by {self.runtime()}"):
            return self._difference(subject, Path(path))

    @abstractmethod
    def _difference(self, subject: ExportSubject, path: Path) -> float:
        """What `verify` returns."""

    @abstractmethod
    def snippet(self, subject: ExportSubject, path: Path | str) -> str:
        """A few lines of Python that load the file and use it."""

    def runtime(self) -> str:
        """What `verify` loads the file with."""
        return self.opens_in

    def facts(self, subject: ExportSubject) -> dict[str, str]:
        """What is worth knowing before using the file, by name."""
        return {}


def file_size(path: Path | str) -> int:
    """Bytes of a file, or of all files in a folder."""
    path = Path(path)
    if not path.is_dir():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def largest_difference(found: Array, expected: Array) -> float:
    """The largest absolute difference; not-a-number in both places counts as the same, other shapes as infinity."""
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    if found.shape != expected.shape:
        return float("inf")
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    if same.all():
        return 0.0
    with np.errstate(invalid="ignore"):
        differences = np.abs(found - expected)[~same]
    return float("inf") if np.isnan(differences).any() else float(differences.max())


@contextlib.contextmanager
def _in_one_line(complaint: str) -> Iterator[None]:
    """Whatever a writer or a runtime raises becomes one line; the cause stays attached for the log."""
    try:
        yield
    except ExportError:
        raise
    except OSError as error:
        raise ExportError(f"{complaint}: {error.strerror or error}") from error
    except Exception as error:  # keras, tf2onnx and the runtimes each have errors of their own
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise ExportError(f"{complaint}: {lines[0]}") from error


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
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISDIR(path.lstat().st_mode):
            shutil.rmtree(path)
        else:
            path.unlink()
