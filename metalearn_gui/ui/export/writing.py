"""Writing and trying the chosen formats, as a generator that a runner takes through on its own thread."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator, Mapping
from pathlib import Path

from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.export import EXPORTERS, Exporter, ExportError, ExportSubject, file_size
from metalearn_gui.engine.export.whole import write_whole
from metalearn_gui.ui.export.pictures import Drawing


class Stage(enum.Enum):
    """Where one file is on its way."""

    WAITING = "waiting"
    WRITING = "writing"
    CHECKING = "checking"
    WRITTEN = "written"  # a picture: there is nothing to compare
    VERIFIED = "verified"
    DIFFERS = "differs"
    FAILED = "failed"
    STOPPED = "stopped"


BUSY = (Stage.WRITING, Stage.CHECKING)
DONE = (Stage.WRITTEN, Stage.VERIFIED)


@dataclasses.dataclass(frozen=True)
class Progress:
    """One file's stage. text: the runtime that tried it, or what went wrong."""

    key: str
    stage: Stage
    size: int = 0
    difference: float | None = None
    text: str = ""


def write_all(
    subject: ExportSubject, drawings: Mapping[str, Drawing], paths: Mapping[str, Path], gate: Gate
) -> Iterator[Progress]:
    """Each format of `paths` (key -> path) in turn; ends early once the gate is closed.

    Args:
        drawings: pictures that are drawn already, by key; the other keys are those of EXPORTERS.
    """
    for key, path in paths.items():
        if gate.is_closed:
            return
        if key in drawings:
            yield from _write_drawing(key, drawings[key], path)
        else:
            yield from _write(EXPORTERS[key], subject, path)


def _write_drawing(key: str, drawing: Drawing, path: Path) -> Iterator[Progress]:
    yield Progress(key, Stage.WRITING)
    try:
        write_whole(path, drawing)
    except ExportError as error:
        yield Progress(key, Stage.FAILED, text=_in_short(error, path))
        return
    yield Progress(key, Stage.WRITTEN, file_size(path))


def _write(exporter: Exporter, subject: ExportSubject, path: Path) -> Iterator[Progress]:
    yield Progress(exporter.key, Stage.WRITING)
    try:
        exporter.write(subject, path)
        size = file_size(path)
        yield Progress(exporter.key, Stage.CHECKING, size)
        difference = exporter.verify(subject, path)
    except ExportError as error:
        yield Progress(exporter.key, Stage.FAILED, text=_in_short(error, path))
        return
    stage = Stage.VERIFIED if difference <= exporter.tolerance else Stage.DIFFERS
    yield Progress(exporter.key, stage, size, difference, exporter.runtime())


def _in_short(error: ExportError, path: Path) -> str:
    """Without the folder, which stands below: a card has room for the file's name and why."""
    return str(error).replace(str(path), path.name)
