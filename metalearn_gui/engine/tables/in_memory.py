"""Tables that were read: every file once, by its path and by what it held; `reading` looks at the file anew."""

from __future__ import annotations

import collections
from collections.abc import Generator
from pathlib import Path

from metalearn_gui.engine.own_data import SMALL_BYTES
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.read_so_far import ReadSoFar, finished
from metalearn_gui.engine.tables.reading import Reading, hashing, reading
from metalearn_gui.engine.tables.refusal import refusal
from metalearn_gui.engine.tables.table import Table

KEPT = 2  # large tables in memory: the one that is used, and the one before


class TablesInMemory:
    """What one part of the program has read no other reads again.

    A digest names what a file held when it was imported; without one, what it held when it was read last counts.
    """

    def __init__(self) -> None:
        self._tables: collections.OrderedDict[str, Table] = collections.OrderedDict()  # by digest
        self._newest: dict[str, str] = {}  # digest by path

    def find(self, path: str, digest: str = "") -> Table | None:
        """What is in memory; reads nothing."""
        return self._tables.get(digest or self._newest.get(path, ""))

    def table(self, path: str, digest: str = "") -> Table:
        """What is in memory, or read now.

        Raises:
            SettingError: as `reading` does.
        """
        return self.find(path, digest) or finished(self.reading(path, digest))

    def reading(self, path: str, digest: str = "") -> Reading:
        """Read, piece by piece; whoever stops going on with it stops it. What has not changed is not read again.

        Raises:
            SettingError: one line that says what is wrong with the file, or that it is not what it was; then the offer
                is to go on with what it holds now.
        """
        found = self.find(path, digest) if digest else None
        if found is None:
            if digest and not Path(path).expanduser().is_file():
                todo = "import it from where it lies now, then open this again"  # it is found by its digest then
                raise refusal(path, "it is not there any more", todo)
            found = yield from reading(path, self.find(path))
            self.put(path, found)
            if digest not in ("", found.digest):
                line = str(refusal(path, "it has changed since it was imported", "read it again"))
                raise SettingError(line, {"file_digest": ""})
        return found

    def differs(self, path: str, digest: str) -> Generator[ReadSoFar, None, bool]:
        """Whether a file holds something else now; in a while, so that it can be stopped."""
        return (yield from hashing(Path(path).expanduser())) != digest

    def put(self, path: str, table: Table) -> None:
        """Know a table by this path and its digest."""
        self._newest[path] = table.digest
        self._tables[table.digest] = table
        self._tables.move_to_end(table.digest)
        large = [digest for digest, one in self._tables.items() if one.nbytes > SMALL_BYTES]
        for digest in large[:-KEPT]:
            del self._tables[digest]

    def forget(self) -> None:
        """Read everything anew from here on."""
        self._tables.clear()
        self._newest.clear()


TABLES = TablesInMemory()  # of the whole program
