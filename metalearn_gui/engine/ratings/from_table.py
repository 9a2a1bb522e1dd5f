"""Ratings out of a table of one's own: which columns hold the user, the item and the rating."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.ratings.building import Named, built
from metalearn_gui.engine.ratings.features import Features
from metalearn_gui.engine.ratings.refusal import refusal
from metalearn_gui.engine.ratings.table import NO_YEAR, RatingsTable
from metalearn_gui.engine.tables.column_types import require_numbers
from metalearn_gui.engine.tables.table import Column, Table, left_out_text

WORDS = {
    "user_column": ("user", "users", "customer", "reviewer", "person", "member", "reader", "listener"),
    "item_column": ("item", "movie", "film", "product", "book", "song", "track", "article", "isbn", "asin", "game"),
    "rating_column": ("rating", "ratings", "stars", "score", "grade"),
}
SEEN_BYTES = 4096  # of a file's beginning
SHOWN_NAMES = 12


class Roles(NamedTuple):
    """Columns by name; "" = a guess."""

    user: str = ""
    item: str = ""
    rating: str = ""

    @property
    def named(self) -> dict[str, str]:
        """By the name of the setting."""
        return dict(zip(WORDS, self, strict=True))


def looks_like_ratings(path: str) -> bool:
    """Whether the first line of a text file names a user, an item and a rating."""
    try:
        with Path(path).open("rb") as file:
            line = file.read(SEEN_BYTES).decode("utf-8", errors="replace").splitlines()[:1]
    except OSError:
        return False
    names = [name.strip(" \"'\ufeff") for name in re.split(r"[,;\t|]", line[0])] if line else []
    return all(_first(names, words) for words in WORDS.values())


def completed_roles(table: Table, asked: Roles) -> Roles:
    """The roles with a guess wherever they are silent.

    Raises:
        SettingError: a column that is not there, one that does two things, or nothing to guess.
    """
    found: list[str] = []
    for setting, name in asked.named.items():
        free = [one for one in table.names if one not in (*found, *asked)]
        chosen = name or _first(free, WORDS[setting])
        if not chosen or table.column(chosen) is None:
            known = ", ".join(one[:40] for one in table.names[:SHOWN_NAMES])
            what = f"has no column {name[:60]!r}" if name else f"does not say which column is the {setting[:-7]}"
            raise SettingError(f"The table {what} ({setting}); it has {known}: choose one of them")
        found.append(chosen)
    twice = next((name for name in found if found.count(name) > 1), None)
    if twice is not None:
        raise SettingError(f"Column {twice!r} is used twice; a column is the user, the item or the rating")
    return Roles(*found)


def ratings_from(table: Table, roles: Roles) -> RatingsTable:
    """Ratings by whatever names users and items; nothing more is known of either.

    Raises:
        SettingError: a rating that is no number, or no whole row.
    """
    user, item, rating = (_column(table, name) for name in completed_roles(table, roles))
    require_numbers(table, rating)
    (users, _), (items, names) = user.as_labels(), item.as_labels()
    is_whole = (users >= 0) & (items >= 0) & np.isfinite(rating.values)
    if not is_whole.any():
        raise refusal(table.path, "no row has a user, an item and a rating", "choose other columns")
    left_out = int((~is_whole).sum())
    result = built(
        users[is_whole],
        items[is_whole],
        rating.values[is_whole],
        lambda numbers: Named(
            tuple(names[number] for number in numbers), np.full(len(numbers), NO_YEAR, np.int16), _none(numbers)
        ),
        _none,
        table.digest,
    )
    return result.with_remark(left_out_text(left_out)) if left_out else result


def _column(table: Table, name: str) -> Column:
    column = table.column(name)
    assert column is not None  # `completed_roles` has seen it
    return column


def _first(names: Sequence[str], words: Sequence[str]) -> str:
    """The first name that has one of these words: userId, movie_title, Book-Rating."""
    return next((name for name in names if set(_parts(name)) & set(words)), "")


def _parts(name: str) -> list[str]:
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    return re.split(r"[^a-z]+", spaced.lower())


def _none(numbers: Array) -> Features:
    return np.zeros((len(numbers), 0), np.float32), ()
