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
    columns: of the user, the item and the rating, as they were asked for in a table of one's own; "" = a guess.
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
    columns: tuple[str, str, str] = ("", "", "")

    @property
    def nbytes(self) -> int:
        """In memory, titles as text."""
        arrays = (self.users, self.items, self.values, self.item_years, self.item_features, self.user_features)
        return sum(values.nbytes for values in arrays) + sum(map(len, self.titles))

    @property
    def num_ratings(self) -> int:
        return len(self.values)

    @property
    def num_users(self) -> int:
        return len(self.user_features)

    @property
    def num_items(self) -> int:
        return len(self.titles)

    @property
    def is_whole(self) -> bool:
        """Whether the parts fit together, for one that comes from anybody."""
        flat = (self.users, self.items, self.values)
        widths = (len(self.item_feature_names), len(self.user_feature_names), 3)
        return (
            [values.dtype for values in flat] == [np.int32, np.int32, np.float32]
            and all(values.ndim == 1 and len(values) == len(self.users) > 0 for values in flat)
            and self.item_features.shape == (self.num_items, widths[0])
            and self.user_features.shape == (self.num_users, widths[1])
            and self.item_years.shape == (self.num_items,)
            and len(self.columns) == widths[2]
            and bool((np.diff(self.users) >= 0).all() and np.isfinite(self.values).all())
            and bool(0 <= self.users[0] <= self.users[-1] < self.num_users)
            and bool(0 <= self.items.min() <= self.items.max() < self.num_items)
        )

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
