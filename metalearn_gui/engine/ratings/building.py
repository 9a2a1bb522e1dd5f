"""A RatingsTable out of columns of users, items and values: numbered, sorted, each pair once."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.ratings.features import Features
from metalearn_gui.engine.ratings.inputs import MAX_ITEMS
from metalearn_gui.engine.ratings.table import RatingsTable


class Named(NamedTuple):
    """Titles, years and features of items, in the order of their numbers."""

    titles: tuple[str, ...]
    years: Array
    features: Features


def built(
    users: Array,
    items: Array,
    values: Array,
    named: Callable[[Array], Named],
    user_features: Callable[[Array], Features],
    digest: str,
) -> RatingsTable:
    """Number users and items by the order of their ids.

    Args:
        users, items, values: (rows,); ids may be anything that can be sorted.
        named, user_features: what is known of the items or users of these ids.

    Raises:
        SettingError: more than MAX_ITEMS items.
    """
    user_codes, user_ids = _numbered(users)
    item_codes, item_ids = _numbered(items)
    if len(item_ids) > MAX_ITEMS:
        raise SettingError(
            f"The ratings (data) are of {len(item_ids):,} items; at most {MAX_ITEMS:,} are read: choose another file"
        )
    order, num_twice = _order(user_codes, item_codes, len(item_ids))
    known, features = named(item_ids), user_features(user_ids)
    own = values[order].astype(np.float32)
    return RatingsTable(
        users=user_codes[order].astype(np.int32),
        items=item_codes[order].astype(np.int32),
        values=own,
        titles=known.titles,
        item_years=known.years,
        item_features=known.features[0],
        item_feature_names=known.features[1],
        user_features=features[0],
        user_feature_names=features[1],
        scale=(float(own.min()), float(own.max())),
        digest=digest,
        remark=f"{num_twice:,} ratings of a pair that is rated again are left out" if num_twice else "",
    )


def _numbered(ids: Array) -> tuple[Array, Array]:
    codes, different = importlib.import_module("pandas").factorize(ids, sort=True)
    return np.asarray(codes, np.int64), np.asarray(different)


def _order(users: Array, items: Array, num_items: int) -> tuple[Array, int]:
    """Rows by user and item, of each pair the last; and how many are left out."""
    pairs = users * num_items + items
    order = np.argsort(pairs, kind="stable")
    is_last = np.append(np.diff(pairs[order]) != 0, True)
    return order[is_last], int(len(order) - is_last.sum())
