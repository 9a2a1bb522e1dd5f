"""What an export format is: a file written whole or not at all, tried in its own runtime, and lines that use it."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.events import Evaluation, LearnerState, TrainingState
from metalearn_gui.engine.export.described import Described
from metalearn_gui.engine.export.points import FILE_NAME, write_points
from metalearn_gui.engine.export.whole import ExportError, in_one_line, write_whole
from metalearn_gui.engine.settings import ExperimentSettings

EXTRA = "assets.extra"  # of a SavedModel: TensorFlow leaves alone what lies there
FRESH_BLOCK = 2**31 - 2  # the block number of the test tasks that a file is tried on: no evaluation draws it


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


class Exporter(Described, ABC):
    """A format. Subclasses fill in `_write_to` and `_difference`; writing in one piece is done here."""

    tolerance: ClassVar[float] = 1e-3  # the largest difference that rounding explains
    needs_suffix: ClassVar[bool] = False  # whether its runtime, or what writes it, refuses a file of another name
    folder_mark: ClassVar[str] = ""  # a file that every folder of this format has: only such a folder is replaced

    has_points: ClassVar[bool] = True  # whether a task's points go into what is in the file

    @property
    def is_folder(self) -> bool:
        return bool(self.folder_mark)

    def write(self, subject: ExportSubject, path: Path | str) -> None:
        """Write in one piece: what was there before stays whole until the new one is complete.

        What the numbers of a table's points are lies beside, or in the folder.

        Raises:
            ExportError: the path cannot be used, or there is nothing to export.
        """
        path = Path(path)
        if self.needs_suffix and path.suffix != self.suffix:
            raise ExportError(f"{path.name} must end in {self.suffix}: {self.runtime()} takes nothing else")
        write_whole(path, lambda beside: self._write_named(subject, beside), self.folder_mark)
        if not self.is_folder and (columns := self.columns_place(subject, path)) is not None:
            write_whole(columns, lambda beside: write_points(subject.settings.tasks, beside))

    def columns_place(self, subject: ExportSubject, path: Path | str) -> Path | None:
        """Where it is said which column and label each number of a point is; None where they have no names."""
        path = Path(path)
        if not self.has_points or subject.settings.tasks.named_numbers() is None:
            return None
        return path / EXTRA / FILE_NAME if self.is_folder else path.with_name(f"{path.name}.{FILE_NAME}")

    def _write_named(self, subject: ExportSubject, path: Path) -> None:
        self._write_to(subject, path)
        columns = self.columns_place(subject, path) if self.is_folder else None
        if columns is not None:
            columns.parent.mkdir(exist_ok=True)
            write_points(subject.settings.tasks, columns)

    @abstractmethod
    def _write_to(self, subject: ExportSubject, path: Path) -> None:
        """Write the file or the folder at a path that nothing else uses."""

    def verify(self, subject: ExportSubject, path: Path | str) -> float:
        """Load the file in the format's own runtime and try it on fresh inputs.

        Returns: the largest absolute difference to what the engine says; 0 where numbers come back bit for bit.

        Raises:
            ExportError: the file cannot be loaded.
        """
        with in_one_line(f"{path} cannot be read back by {self.runtime()}"):
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
