"""What files of one's own hold, for a session to keep: it opens where the files are not, and goes on bit for bit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, Protocol

from metalearn_gui.engine.params import param

SMALL, ALWAYS, NEVER = "small", "always", "never"
SMALL_BYTES = 20_000_000


class Contents(Protocol):
    """What was read of a file. digest: of the file's bytes; nbytes: in memory."""

    @property
    def digest(self) -> str: ...

    @property
    def nbytes(self) -> int: ...


@dataclasses.dataclass(frozen=True, eq=False)
class DataFile:
    """A file as it was read. kind: "table", "images" or "ratings"; path: as the settings name it."""

    kind: str
    path: str
    contents: Contents


def keep_param() -> Any:
    """The setting that says whether sessions hold the data of a family."""
    return param(
        SMALL, "Data in the session", choices=(SMALL, ALWAYS, NEVER), advanced=True, live=True,
        help="Whether a session holds the data itself and opens without the file; small = up to 20 MB.",
    )  # fmt: skip


def kept(files: Iterable[DataFile], keeps: str) -> tuple[DataFile, ...]:
    """Those of the files that a session should hold, by the setting of `keep_param`."""
    most = {SMALL: SMALL_BYTES, NEVER: -1}.get(keeps)
    return tuple(file for file in files if most is None or file.contents.nbytes <= most)
