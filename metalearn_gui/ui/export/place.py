"""Where exported files go, and what lies there already: what an earlier export wrote is not replaced unasked."""

from __future__ import annotations

import itertools
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QStandardPaths


class Place:
    """A folder that a person chose; else one for each run, which nothing but this run's files has come into."""

    def __init__(self) -> None:
        self.chosen: Path | None = None
        self._taken: dict[str, Path] = {}  # by run

    def folder(self, run_id: str, name: str) -> Path:
        """Where the files of a run of this name go now."""
        return self.chosen or self._taken.get(run_id) or _unused(_exports_folder() / name)

    def take(self, run_id: str, name: str) -> Path:
        """The same; from now on the run's, whatever comes to lie there."""
        folder = self.folder(run_id, name)
        if self.chosen is None:
            self._taken[run_id] = folder
        return folder


def written_at(path: Path) -> str:
    """When what lies there was written, in words; "" where nothing does."""
    try:
        seconds = path.stat().st_mtime
    except OSError:
        return ""
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(round(seconds)), "d MMM HH:mm")


def _exports_folder() -> Path:
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(documents) / "MetaLearn" / "exports"


def _unused(folder: Path) -> Path:
    """This one, or the first of its name and a number in which nothing lies."""
    numbered = (folder.with_name(f"{folder.name}-{number}") for number in itertools.count(2))
    return next(place for place in itertools.chain([folder], numbered) if not _is_used(place))


def _is_used(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except FileNotFoundError:
        return False
    except OSError:  # a file, or not to be looked into: another name may do
        return True
