"""Ratings in memory: one row for each, in the order of their users."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from metalearn_gui.engine.backend import Array

NO_YEAR = 0


@dataclasses.dataclass(frozen=True, eq=False)
class RatingsTable:
    """Users and items are numbers from 0 on; what an item is called stands in `titles`.

    users, items: int32 (ratings,), users ascending, no pair twice. values: float32 (ratings,), within `scale`.
    titles: of the items. item_years: int16 (items,), when an item came out, NO_YEAR where nobody says.
    item_features, user_features: float32 (items or users, features), 1 where the named feature is there, else 0.
    scale: the lowest and the highest value there is. digest: of what it was read from.
    remark: what was left out and why, "" for nothing.
    """

    users: Array
    items: Array
    values: Array
    titles: tuple[str, ...]
    item_years: Array
    item_features: Array
    item_feature_names: tuple[str, ...]
    user_features: Array
    user_feature_names: tuple[str, ...]
    scale: tuple[float, float]
    digest: str
    is_generated: bool = False
    remark: str = ""

    @property
    def num_ratings(self) -> int:
        return len(self.values)

    @property
    def num_users(self) -> int:
        return len(self.user_features)

    @property
    def num_items(self) -> int:
        return len(self.titles)

    def with_remark(self, line: str) -> RatingsTable:
        """The same with another line about what was left out."""
        return dataclasses.replace(self, remark="; ".join(filter(None, (self.remark, line))))

    @functools.cached_property
    def starts(self) -> Array:
        """(users + 1,): the ratings of user u are rows starts[u] to starts[u + 1]."""
        return np.asarray(np.searchsorted(self.users, np.arange(self.num_users + 1)))

    def rows_of(self, user: int) -> slice:
        """Where a user's ratings lie."""
        return slice(int(self.starts[user]), int(self.starts[user + 1]))
