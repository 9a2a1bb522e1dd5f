"""What a user's shelf holds: what they rated, what to ask next, what is foretold, and what their ratings have moved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from metalearn_gui.bridge.session import TouchedTask
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.learners.base import View
from metalearn_gui.engine.ratings.asking import KIND
from metalearn_gui.engine.tasks.ratings import Ratings, items_of

FEWEST_ITEMS = 3  # with a feature, for a mean over them to be said
_YEAR = re.compile(r"\s*\((\d{4})\)\s*$")


class Moved(NamedTuple):
    """A mean rating over items with a feature, before adapting and now."""

    name: str
    before: float
    now: float

    @property
    def change(self) -> float:
        return self.now - self.before


class Shelf:
    """Items by number. rated: of the support set, in its order; candidates: to ask, best first; foretold: the queries.

    values, answers: what the user said of rated and of foretold items. places: of an item in the task's grid.
    moves: by how many stars an answer would move predictions, by candidate; pushes: see `asking.shelf_view`.
    """

    def __init__(self, family: Ratings, touched: TouchedTask, views: Iterable[View]) -> None:
        self.table = family.table
        self.rated: list[int] = items_of(touched.support.x).tolist()
        self.values = touched.support.y[:, 0]
        foretold = items_of(touched.query.x)
        self.foretold: list[int] = list(dict.fromkeys(foretold.tolist()))
        self.answers = dict(zip(foretold.tolist(), touched.query.y[:, 0].tolist(), strict=True))
        on_grid = items_of(touched.grid).tolist()
        self.places = {item: place for place, item in reversed(list(enumerate(on_grid)))}
        arrays = next((view.arrays for view in views if view.kind == KIND), {})
        wanted = arrays["items"].tolist() if arrays else on_grid
        taken = {*self.rated, *self.foretold}
        self.candidates = [item for item in dict.fromkeys(wanted) if item not in taken]
        self.moves = dict(zip(wanted, arrays["moves"].tolist(), strict=True)) if arrays else {}
        pushes = arrays.get("pushes")
        self.pushes = pushes if pushes is not None and pushes.shape == (len(self.rated), len(foretold)) else None
        self._queries = foretold.tolist()

    def title(self, item: int) -> str:
        """What an item is called, its year left out."""
        return _YEAR.sub("", self.table.titles[item])

    def year(self, item: int) -> str:
        """When it came out, as far as its title says; else ""."""
        found = _YEAR.search(self.table.titles[item])
        return found.group(1) if found else ""

    def features(self, item: int) -> Array:
        """(features,): what is known of an item."""
        return self.table.item_features[item]

    def kinds(self, item: int, most: int = 2) -> str:
        """The first features that an item has, by name."""
        names = [self.table.item_feature_names[place] for place in np.flatnonzero(self.features(item))[:most]]
        return ", ".join(names)

    def on_shelf(self, predictions: Array) -> dict[int, float]:
        """Predictions on the task's grid (points, 1) by foretold item."""
        return {item: float(predictions[self.places[item], 0]) for item in self.foretold if item in self.places}

    def features_moved(self, before: Array, now: Array) -> list[Moved]:
        """The features whose items have moved most, from predictions on the task's grid (points, 1)."""
        items, places = np.array(list(self.places)), np.array(list(self.places.values()))
        has = self.table.item_features[items] > 0
        counts = has.sum(axis=0)
        means = [np.divide(has.T @ one[places, 0], np.maximum(counts, 1)) for one in (before, now)]
        names = self.table.item_feature_names
        found = [Moved(names[place], *(float(mean[place]) for mean in means))
                 for place in np.flatnonzero(counts >= FEWEST_ITEMS)]  # fmt: skip
        return sorted((one for one in found if np.isfinite(one.change)), key=lambda one: -abs(one.change))

    def pushed(self, item: int) -> list[tuple[int, float]]:
        """The support ratings that have moved an item's prediction most, and by how many stars each; none known: []."""
        if self.pushes is None or item not in self._queries:
            return []
        column = self.pushes[:, self._queries.index(item)]
        order = np.argsort(-np.abs(column), kind="stable")
        return [(int(row), float(column[row])) for row in order if np.isfinite(column[row])]


def ranked(values: dict[int, float]) -> list[int]:
    """Items from the highest value to the lowest; what is not a number comes last."""
    return sorted(values, key=lambda item: -values[item] if np.isfinite(values[item]) else np.inf)
