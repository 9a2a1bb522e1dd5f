"""A zip that is not believed: however long its directory is, no more of it is taken in than is allowed.

A million entries cost zipfile ten seconds and a gigabyte, and the number that a zip states may be a lie; so the
entries are counted in the directory's bytes, on their way to zipfile.
"""

from __future__ import annotations

import io
from pathlib import Path

MAX_ENTRIES = 200_000
MAX_FILE_BYTES = 2**27  # a bitmap of 25 megapixels in colour has 75 MB
ENTRY = b"PK\1\2"  # every entry of a directory begins so


class Refused(ValueError):
    """A zip or folder of which nothing is read; the text says why."""


class BoundedFile(io.BufferedReader):
    """For zipfile to read from. Raises Refused for a directory of too many entries or bytes."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > MAX_FILE_BYTES:
            raise Refused(f"its directory has more than {MAX_FILE_BYTES:,} bytes")
        data = super().read(size)
        if data.count(ENTRY) > MAX_ENTRIES:
            raise Refused(f"it lists more than {MAX_ENTRIES:,} files")
        return data
