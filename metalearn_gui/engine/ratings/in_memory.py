"""Ratings that were read: every file once, by its path and its columns' roles."""

from __future__ import annotations

import collections
import dataclasses
import os
from collections.abc import Generator
from typing import NamedTuple

from metalearn_gui.engine.ratings import movielens
from metalearn_gui.engine.ratings.from_table import Roles, ratings_from
from metalearn_gui.engine.ratings.layouts import LAYOUTS
from metalearn_gui.engine.ratings.movielens import RatingsReading
from metalearn_gui.engine.ratings.refusal import refusal
from metalearn_gui.engine.ratings.table import RatingsTable
from metalearn_gui.engine.read_so_far import ReadSoFar, finished
from metalearn_gui.engine.tables.in_memory import TABLES

KEPT = 2  # in memory: the ones that are used, and the ones before


class RatingsFile(NamedTuple):
    """A published set, or a table of one's own and what its columns are."""

    path: str
    roles: Roles = Roles()


def reading(wanted: RatingsFile, known: RatingsTable | None = None) -> RatingsReading:
    """Read ratings, piece by piece; whoever stops going on with it stops it.

    Args:
        known: what was read last; a table that has not changed since is not built anew.

    Raises:
        SettingError: one line that says what is wrong with the file, with its row and column where there is one.
    """
    key = movielens.layout_at(wanted.path)
    if key:
        table = yield from movielens.reading(wanted.path, key)
        return known if known is not None and known.digest == table.digest else table
    if os.path.isdir(wanted.path) or wanted.path.lower().endswith(".zip"):
        published = ", ".join(layout.ratings.name for layout in LAYOUTS.values())
        raise refusal(wanted.path, f"there are no ratings in it; expected one of {published}")
    yield from TABLES.reading(wanted.path)
    source = TABLES.table(wanted.path)
    if known is not None and known.digest == source.digest:
        return known
    return ratings_from(source, wanted.roles)


class RatingsInMemory:
    """What one part of the program has read no other reads again."""

    def __init__(self) -> None:
        self._known: collections.OrderedDict[RatingsFile, RatingsTable] = collections.OrderedDict()

    def find(self, wanted: RatingsFile) -> RatingsTable | None:
        """What is in memory; reads nothing."""
        return self._known.get(wanted)

    def table(self, wanted: RatingsFile) -> RatingsTable:
        """What is in memory, or read now; raises as `reading` does."""
        found = self.find(wanted)
        return finished(self.reading(wanted)) if found is None else found

    def reading(self, wanted: RatingsFile) -> RatingsReading:
        """Look at the file anew, as the function of this name does, and keep what is in it."""
        read = yield from reading(wanted, self.find(wanted))
        table = dataclasses.replace(read, columns=wanted.roles) if read.columns != wanted.roles else read
        self.put(wanted.path, table)
        return table

    def differs(self, path: str, digest: str) -> Generator[ReadSoFar, None, bool]:
        """Whether a file holds something else now; in a while, so that it can be stopped."""
        key = movielens.layout_at(path)
        if not key:
            return (yield from TABLES.differs(path, digest))
        return (yield from movielens.hashing(path, key)) != digest

    def put(self, path: str, table: RatingsTable) -> None:
        """Know ratings by this path and the columns that they were asked from."""
        wanted = RatingsFile(path, Roles(*table.columns))
        self._known[wanted] = table
        self._known.move_to_end(wanted)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def forget(self) -> None:
        """Read everything anew from here on."""
        self._known.clear()


RATINGS = RatingsInMemory()  # of the whole program
