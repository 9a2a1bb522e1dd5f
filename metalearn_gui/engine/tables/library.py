"""Tables that were read: every file once, by its path; `reading` looks at the file anew."""

from __future__ import annotations

import collections

from metalearn_gui.engine.read_so_far import finished
from metalearn_gui.engine.tables.reading import Reading, reading
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
        return self.find(path) or finished(self.reading(path))

    def reading(self, path: str) -> Reading:
        """Read, piece by piece; whoever stops going on with it stops it. What has not changed is not read again.

        Raises:
            SettingError: one line that says what is wrong with the file.
        """
        table = yield from reading(path, self.find(path))
        self._tables[path] = table
        self._tables.move_to_end(path)
        while len(self._tables) > KEPT:
            self._tables.popitem(last=False)
        return table

    def forget(self) -> None:
        """Read everything anew from here on."""
        self._tables.clear()


TABLES = TableLibrary()  # of the whole program
