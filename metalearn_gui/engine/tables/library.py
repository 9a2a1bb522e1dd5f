"""Tables that were read: every file once, by its path; `reading` looks at the file anew."""

from __future__ import annotations

import collections
from collections.abc import Iterator

from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.engine.tables.reading import reading
from metalearn_gui.engine.tables.table import Table

KEPT = 2  # tables in memory: the one that is used, and the one before


class TableLibrary:
    """What one part of the program has read no other reads again."""

    def __init__(self) -> None:
        self._tables: collections.OrderedDict[str, Table] = collections.OrderedDict()

    def find(self, path: str) -> Table | None:
        """What is in memory; reads nothing."""
        return self._tables.get(path)

    def table(self, path: str) -> Table:
        """What is in memory, or read now.

        Raises:
            SettingError: as `reading` does.
        """
        for _ in () if path in self._tables else self.reading(path):
            pass
        return self._tables[path]

    def reading(self, path: str) -> Iterator[ReadSoFar]:
        """Read, piece by piece; whoever stops going on with it stops it.

        Raises:
            SettingError: one line that says what is wrong with the file.
        """
        table = yield from reading(path)
        known = self._tables.get(path)
        self._tables[path] = known if known is not None and known.digest == table.digest else table
        self._tables.move_to_end(path)
        while len(self._tables) > KEPT:
            self._tables.popitem(last=False)

    def forget(self) -> None:
        """Read everything anew from here on."""
        self._tables.clear()


TABLES = TableLibrary()  # of the whole program
