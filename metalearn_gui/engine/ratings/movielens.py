"""The published sets as RatingsTables, a piece at a time, so that it can be watched and stopped."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.images.archive import Refused
from metalearn_gui.engine.images.sources import HASHED_AT_ONCE
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.ratings.building import Named, built
from metalearn_gui.engine.ratings.container import UNREADABLE, Container, opened
from metalearn_gui.engine.ratings.features import Features
from metalearn_gui.engine.ratings.layouts import LAYOUTS, Items, Layout, Row, TextFile
from metalearn_gui.engine.ratings.refusal import refusal
from metalearn_gui.engine.ratings.table import NO_YEAR, RatingsTable
from metalearn_gui.engine.ratings.text import ratings_of, rows_of
from metalearn_gui.engine.read_so_far import ReadSoFar

RatingsReading = Generator[ReadSoFar, None, RatingsTable]


def layout_at(path: str) -> str:
    """The key of the published set at a path: a folder, a zip, or its file of ratings; "" for none."""
    place = os.path.expanduser(path)
    if not os.path.exists(place):
        return ""
    is_file = os.path.isfile(place) and not place.lower().endswith(".zip")
    if is_file and os.path.basename(place) not in {layout.ratings.name for layout in LAYOUTS.values()}:
        return ""
    try:
        container = opened(place)
    except UNREADABLE:
        return ""
    names = container.sizes.keys() if not is_file else {os.path.basename(place)} & container.sizes.keys()
    found = next((key for key, layout in LAYOUTS.items() if layout.ratings.name in names), "")
    container.close()
    return found


def reading(path: str, key: str) -> RatingsReading:
    """Read the published set of this key at a path.

    Raises:
        SettingError: one line with the file, the row and the column where something is wrong.
    """
    layout = LAYOUTS[key]
    try:
        container = opened(os.path.expanduser(path))
    except UNREADABLE as error:
        raise refusal(path, f"it cannot be read ({_reason(error)})") from error
    try:
        return (yield from _read(path, container, layout))
    except SettingError:
        raise
    except UNREADABLE as error:
        raise refusal(path, f"it cannot be read ({_reason(error)})") from error
    finally:
        container.close()


def hashing(path: str, key: str) -> Generator[ReadSoFar, None, str]:
    """The digest that reading this set comes to; raises what the system finds wrong."""
    digest, layout = hashlib.sha256(), LAYOUTS[key]
    container = opened(os.path.expanduser(path))
    try:
        for written in filter(None, (layout.ratings, layout.items, layout.users)):
            if written.name in container.sizes:
                with container.open(written.name) as source:
                    while piece := source.read(HASHED_AT_ONCE):
                        digest.update(piece)
                        yield ReadSoFar(0, 0)
    finally:
        container.close()
    return digest.hexdigest()


def _read(path: str, container: Container, layout: Layout) -> RatingsReading:
    digest = hashlib.sha256()
    name = layout.ratings.name
    with container.open(name) as source:
        users, items, values = yield from ratings_of(
            _inside(path, name), source, container.sizes[name], layout.ratings, digest
        )
    yield ReadSoFar(container.sizes[name], container.sizes[name])
    rows = _rows(path, container, layout.items, digest)
    user_rows = _rows(path, container, layout.users, digest) if layout.users else []
    return built(
        users,
        items,
        values,
        lambda numbers: _items(layout, rows, numbers),
        lambda numbers: _user_features(layout, user_rows, numbers),
        digest.hexdigest(),
    )


def _rows(path: str, container: Container, written: TextFile, digest: Any) -> Sequence[Row]:
    """Rows of the file of items or users; none where it is not there."""
    if written.name not in container.sizes:
        return []
    with container.open(written.name) as source:
        return rows_of(_inside(path, written.name), source, written, digest)


def _items(layout: Layout, rows: Sequence[Row], numbers: Array) -> Named:
    """What is known of the items of these numbers, in their order; an item without a row is called by its number."""
    places, there = _places_of(rows, numbers)
    known = layout.items_of([rows[place] for place in places[there]]) if there.any() else _nothing()
    titles, years = np.array([f"item {number}" for number in numbers], object), np.full(len(numbers), NO_YEAR, np.int16)
    titles[there], years[there] = known.titles, known.years
    return Named(tuple(titles), years, _spread(known.features, there))


def _user_features(layout: Layout, rows: Sequence[Row], numbers: Array) -> Features:
    places, there = _places_of(rows, numbers)
    if layout.users_of is None or not there.any():
        return np.zeros((len(numbers), 0), np.float32), ()
    return _spread(layout.users_of([rows[place] for place in places[there]]), there)


def _places_of(rows: Sequence[Row], numbers: Array) -> tuple[Array, Array]:
    """The row of each number, and whether there is one."""
    by_number = {int(row[0]): place for place, row in enumerate(rows) if row[0].strip().isdecimal()}
    known = np.array(sorted(by_number), np.int64)
    own = np.array([by_number[number] for number in known.tolist()], int)
    nearest = np.minimum(np.searchsorted(known, numbers), max(len(known) - 1, 0))
    there = known[nearest] == numbers if len(known) else np.zeros(len(numbers), bool)
    return own[nearest] if len(known) else nearest, there


def _spread(known: Features, there: Array) -> Features:
    values, names = known
    spread = np.zeros((len(there), values.shape[1]), np.float32)
    spread[there] = values
    return spread, names


def _nothing() -> Items:
    return Items((), np.zeros(0, np.int16), (np.zeros((0, 0), np.float32), ()))


def _inside(path: str, name: str) -> str:
    return path if os.path.basename(path) == name else f"{path}/{name}"


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, Refused) else getattr(error, "strerror", None) or str(error)
