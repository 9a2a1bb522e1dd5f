"""What a learner has to know of a catalogue before it sees a rating: kept with its settings, so it needs no file."""

from __future__ import annotations

import functools
import json
from typing import NamedTuple

from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.ratings.inputs import MAX_ITEMS
from metalearn_gui.engine.ratings.table import RatingsTable


class Catalogue(NamedTuple):
    """How many items there are, the names of their features and then of users', and the scale of ratings."""

    num_items: int
    feature_names: tuple[str, ...]
    scale: tuple[float, float]

    @classmethod
    def of(cls, table: RatingsTable) -> Catalogue:
        """That of a table."""
        return cls(table.num_items, (*table.item_feature_names, *table.user_feature_names), table.scale)

    @property
    def text(self) -> str:
        """As JSON, for a setting."""
        return json.dumps(self._asdict(), ensure_ascii=False, separators=(",", ":"))


UNREAD = Catalogue(1, (), (0.0, 1.0))


@functools.lru_cache(maxsize=8)
def catalogue_of(text: str) -> Catalogue:
    """The inverse of `text`; UNREAD of an empty one.

    Raises:
        SettingError: it is something else.
    """
    try:
        values = json.loads(text) if text.strip() else UNREAD._asdict()
        found = Catalogue(values["num_items"], tuple(values["feature_names"]), tuple(values["scale"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        found = None
    if found is None or not _is_right(found):
        raise SettingError(f"Catalogue (catalogue) is {text[:40]!r}; leave it empty, and the file fills it in")
    return found


def _is_right(found: Catalogue) -> bool:
    numbers = (int, float)
    return (
        isinstance(found.num_items, int)
        and 1 <= found.num_items <= MAX_ITEMS
        and all(isinstance(name, str) for name in found.feature_names)
        and len(found.scale) == 2
        and all(isinstance(value, numbers) for value in found.scale)
    )
