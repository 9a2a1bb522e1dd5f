"""Known and new users, known and new items: who is asked in training, and about what. Numpy alone."""

from __future__ import annotations

import dataclasses
import math
from typing import NamedTuple

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import SPLITS
from metalearn_gui.engine.ratings.table import NO_YEAR, RatingsTable

QUADRANTS = (
    "new users, known items",
    "new users, new items",
    "known users, known items",
    "known users, new items",
)
VALIDATION_SHARE = 0.1  # of the users who are not held out
KNOWN, NEW = 0, 1


class ItemSplit(NamedTuple):
    """The share of new items, and whether they are those that came out last, and not any."""

    share: float
    by_year: bool


@dataclasses.dataclass(frozen=True, eq=False)
class Quadrants:
    """A table's ratings by user and side: known items are side KNOWN, new ones side NEW.

    order: rows of the table; the ratings of a user on a side lie together in it. bounds: (2 * users + 1,) where.
    is_known: (items,), True where training users rated an item that is not new.
    members: (users,), 0 training, 1 validation, 2 test. training_values: all values that training tasks hold.
    """

    order: Array
    bounds: Array
    is_known: Array
    members: Array
    min_ratings: int
    training_values: Array
    counts: Array  # (users,) ratings in all
    means: Array  # (users,) of all their ratings
    strangeness: Array  # (users,) mean square of what they give more or less than everybody does

    def ranges(self, users: Array, sides: Array) -> tuple[Array, Array]:
        """Where the ratings of these users on these sides begin in `order`, and how many there are."""
        places = 2 * users + sides
        return self.bounds[places], self.bounds[places + 1] - self.bounds[places]

    def users(self, split: str, quadrant: str, share: float = 1.0) -> Array:
        """The users of a split who have enough ratings in a quadrant; a test task of known users is a training one.

        Args:
            share: so many of them, those who rate least like everybody.
        """
        members = "train" if split == "test" and quadrant.startswith("known users") else split
        own = np.flatnonzero(self.members == SPLITS.index(members))
        _, counts = self.ranges(own, np.full(len(own), NEW if quadrant.endswith("new items") else KNOWN))
        enough = own[counts >= self.min_ratings]
        strangest_first = enough[np.argsort(-self.strangeness[enough], kind="stable")]
        return np.sort(strangest_first[: math.ceil(share * len(enough))])


def parted(table: RatingsTable, items: ItemSplit, held_out: float, min_ratings: int, seed: int) -> Quadrants:
    """Part users and items by a seed; each by a generator of its own, so that one does not move the other."""
    user_rng, item_rng = (np.random.default_rng([seed, place]) for place in range(2))
    is_new = _new_items(table, items, item_rng)
    members = _members(table.num_users, held_out, user_rng)
    places = 2 * table.users.astype(np.int64) + is_new[table.items]
    order = np.argsort(places, kind="stable")
    bounds = np.searchsorted(places[order], np.arange(2 * table.num_users + 1))
    trains = (members[table.users] == 0) & ~is_new[table.items]
    is_known = np.zeros(table.num_items, bool)
    is_known[table.items[trains]] = True
    counts = np.diff(table.starts)
    return Quadrants(
        order=order,
        bounds=bounds,
        is_known=is_known,
        members=members,
        min_ratings=min_ratings,
        training_values=table.values[trains],
        counts=counts,
        means=_means(table.users, table.values, table.num_users),
        strangeness=_strangeness(table),
    )


def _means(owners: Array, values: Array, number: int) -> Array:
    """The mean value of every owner; 0 of none."""
    return np.asarray(np.bincount(owners, values, number) / np.maximum(np.bincount(owners, minlength=number), 1))


def _strangeness(table: RatingsTable) -> Array:
    usual = _means(table.items, table.values, table.num_items)
    return _means(table.users, np.square(table.values - usual[table.items]), table.num_users)


def _new_items(table: RatingsTable, split: ItemSplit, rng: np.random.Generator) -> Array:
    number = min(max(1, round(split.share * table.num_items)), table.num_items - 1)
    drawn = rng.permutation(table.num_items)
    if split.by_year:
        years = np.where(table.item_years == NO_YEAR, -1, table.item_years)
        drawn = drawn[np.argsort(-years[drawn].astype(int), kind="stable")]
    is_new = np.zeros(table.num_items, bool)
    is_new[drawn[:number]] = True
    return is_new


def _members(num_users: int, held_out: float, rng: np.random.Generator) -> Array:
    order = rng.permutation(num_users)
    num_test = min(max(1, round(held_out * num_users)), max(1, num_users - 2))
    num_validation = max(1, round(VALIDATION_SHARE * (num_users - num_test)))
    members = np.zeros(num_users, np.int8)
    members[order[:num_test]] = 2
    members[order[num_test : num_test + num_validation]] = 1
    return members
