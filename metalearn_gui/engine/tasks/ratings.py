"""Ratings: every task is a user, a few of whose ratings tell the others. The support set is what a new user is asked.

Users and items are parted once: known users train, new ones are unseen tasks, known items are in training tasks, new
ones in none. An unseen task takes all its ratings from one of the four quadrants, as in Lee, Im, Jang, Cho, Chung
(2019), "MeLU", arXiv:1908.00413, section 4.1; of known users and known items it is a task that was trained on.
"""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import SPLITS, Episodes, PointSet, Tasks
from metalearn_gui.engine.own_data import DataFile, keep_param, kept
from metalearn_gui.engine.params import SettingError, param
from metalearn_gui.engine.ratings.baselines import Known
from metalearn_gui.engine.ratings.catalogue import Catalogue, catalogue_of
from metalearn_gui.engine.ratings.from_table import WORDS, Roles, looks_like_ratings
from metalearn_gui.engine.ratings.generated import generated_catalogue, generated_ratings
from metalearn_gui.engine.ratings.in_memory import RATINGS, RatingsFile
from metalearn_gui.engine.ratings.inputs import ITEM_UNIT, NUM_LEADING, items_of
from metalearn_gui.engine.ratings.movielens import layout_at
from metalearn_gui.engine.ratings.quadrants import QUADRANTS, ItemSplit, Quadrants, parted
from metalearn_gui.engine.ratings.table import RatingsTable
from metalearn_gui.engine.ratings.usual import FARTHEST, Own, Usual
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.engine.scaling import Scaling
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.engine.tasks.rows import dealt

__all__ = ["Ratings", "items_of"]

TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".parquet")


@dataclasses.dataclass(frozen=True)
class Ratings(TaskFamily):
    """An input is one item for one user: its number, how well it is known, what it usually gets, features of both.

    A known item is one that training users rated; of others a learner has seen nothing but their features. Training
    shows a share of the known ones as new, so that features alone are learned, too: Volkovs, Yu, Poutanen (2017),
    "DropoutNet", NeurIPS 30. A training user's own rating never counts in what an item usually gets: it is the
    target, in the data's own units.
    """

    key = "ratings"
    label = "Ratings"
    summary = "Every task is a person: a few ratings tell which other things they will like."
    kind = "regression"
    view = "ratings"

    data: str = param(
        "", "Ratings file", is_path=True,
        help="MovieLens as published, or a table of users, items and ratings; empty = a generated catalogue.",
    )  # fmt: skip
    quadrant: str = param(
        QUADRANTS[0], "Unseen tasks", choices=QUADRANTS,
        help="Whose ratings of which items learners are tried on; new = in no training task.",
    )  # fmt: skip
    new_items: float = param(
        0.2, "New items", minimum=0.05, maximum=0.9, advanced=True, help="Share of the items kept out of training."
    )
    items_by: str = param(
        "random", "New items by", choices=("random", "year"), advanced=True,
        help="New items are drawn, or are those that came out last.",
    )  # fmt: skip
    held_out: float = param(
        0.3, "Held out", minimum=0.05, maximum=0.9, advanced=True, help="Share of the users kept as unseen tasks."
    )
    split_seed: int = param(
        0, "Split's seed", minimum=0, maximum=2**31 - 1, advanced=True, help="Which users and items are new."
    )
    min_ratings: int = param(
        13, "Ratings a user needs", minimum=2, maximum=1000, unit="ratings", advanced=True,
        help="A user with fewer ratings of such items is no task of theirs.",
    )  # fmt: skip
    item_dropout: float = param(
        0.5, "Item dropout", minimum=0.0, maximum=0.9, advanced=True,
        help="Share of training ratings whose item is known by its features alone, as a new one is.",
    )  # fmt: skip
    user_column: str = param("", "User column", advanced=True, help="Of a table of one's own; empty = a guess.")
    item_column: str = param("", "Item column", advanced=True, help="Of a table of one's own; empty = a guess.")
    rating_column: str = param("", "Rating column", advanced=True, help="Of a table of one's own; empty = a guess.")
    keep_data: str = keep_param()
    catalogue: str = param(
        "", "Catalogue", advanced=True, help="How many items there are and what is known of them; the file says it."
    )

    @property
    def input_dim(self) -> int:
        return NUM_LEADING + len(self.feature_names)

    @property
    def output_dim(self) -> int:
        return 1

    @property
    def fixed_dims(self) -> str:
        return "an input is an item with its features and its user's, and the output is a rating"

    @property
    def num_items(self) -> int:
        return self._catalogue.num_items

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of an input's columns from NUM_LEADING on: of items, then of users."""
        return self._catalogue.feature_names

    @property
    def _catalogue(self) -> Catalogue:
        """Known without the file once it was read: a session that was saved needs no more to open."""
        return catalogue_of(self.catalogue) if self.data else generated_catalogue()

    @classmethod
    def reads(cls, path: str) -> bool:
        if layout_at(path):
            return True
        return os.path.isfile(path) and Path(path).suffix.lower() in TABLE_SUFFIXES and looks_like_ratings(path)

    def replaced(self, **values: Any) -> Self:
        """Another file has columns of its own, and other columns another catalogue."""
        fresh: dict[str, Any] = {}
        if values.get("data", self.data) != self.data:
            fresh = dict.fromkeys((*WORDS, "catalogue"), "")
        elif any(values.get(name, getattr(self, name)) != getattr(self, name) for name in WORDS):
            fresh = {"catalogue": ""}
        return super().replaced(**fresh | values)

    @property
    def is_read(self) -> bool:
        return not self.data or RATINGS.find(self._file) is not None

    def reading(self, cache: Path | None = None) -> Iterator[ReadSoFar]:
        if self.data:
            yield from RATINGS.reading(self._file)

    def files(self) -> tuple[DataFile, ...]:
        found = RATINGS.find(self._file) if self.data else None
        return kept([DataFile("ratings", self.data, found)] if found else [], self.keep_data)

    def resolved(self) -> Ratings:
        if not self.data or self.catalogue:
            return self
        return dataclasses.replace(self, catalogue=Catalogue.of(self.table).text)

    @functools.cached_property
    def table(self) -> RatingsTable:
        """What tasks are made of. Held here: what a family has drawn from once is not read again while it is in use.

        Raises:
            SettingError: the file cannot be read, or is another one than `catalogue` says.
        """
        if not self.data:
            return generated_ratings()
        table = RATINGS.table(self._file)
        if self.catalogue and Catalogue.of(table) != self._catalogue:
            raise SettingError(
                f"Ratings file (data) is {self.data[-60:]!r}, which has {table.num_items:,} items with "
                f"{len(Catalogue.of(table).feature_names)} features now; the run knows {self.num_items:,} with "
                f"{len(self.feature_names)}: choose the file again, or another one"
            )
        return table

    @property
    def _file(self) -> RatingsFile:
        return RatingsFile(self.data, Roles(self.user_column, self.item_column, self.rating_column))

    @functools.cached_property
    def quadrants(self) -> Quadrants:
        """Who and what is known. Held here: what a family has drawn from once is not parted again."""
        items = ItemSplit(self.new_items, self.items_by == "year")
        return parted(self.table, items, self.held_out, self.min_ratings, self.split_seed)

    def known_ratings(self) -> Known:
        """What training tasks hold: ratings of known items by training users."""
        table, quadrants = self.table, self.quadrants
        trains = (quadrants.members[table.users] == 0) & quadrants.is_known[table.items]
        return Known(table.users[trains], table.items[trains], table.values[trains].astype(np.float64), table.num_items)

    @functools.cached_property
    def usual(self) -> Usual:
        """What items usually get. Held here, as the quadrants are."""
        return Usual.fitted(self.known_ratings(), self.table.item_features, self.table.num_users)

    def remark(self) -> str:
        return self.table.remark

    def taken(self) -> str:
        table = self.table
        users = ", ".join(f"{len(self.quadrants.users(split, QUADRANTS[0])):,} {split}" for split in SPLITS)
        return (
            f"{table.num_ratings:,} ratings of {table.num_items:,} items by {table.num_users:,} users; tasks: {users}; "
            f"{int(self.quadrants.is_known.sum()):,} items are known"
        )

    def check_data(self, splits: Iterable[str], per_class: int) -> None:
        for split in splits:
            self.tasks(np.random.default_rng(0), 1, split)

    def num_rows(self) -> Array:
        users = self.quadrants.users("test", self.quadrant, 1.0 / self.beyond)
        sides = np.full(len(users), self.quadrant.endswith("new items"), int)
        return self.quadrants.ranges(users, sides)[1]

    def scaling(self) -> Scaling:
        """Inputs are 0 and 1 and stay so; values by the mean and deviation of training tasks."""
        zeros, ones = np.zeros(self.input_dim, np.float32), np.ones(self.input_dim, np.float32)
        values = Scaling.fitted(np.zeros((1, 0)), self.quadrants.training_values[:, None])
        return values._replace(x_mean=zeros, x_deviation=ones)

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        """Users in random order; nobody comes twice before everybody came once.

        Beyond: as many times fewer unseen users, those who rate least like everybody.
        """
        quadrant = self.quadrant if split == "test" else QUADRANTS[0]
        users = self.quadrants.users(split, quadrant, 1.0 / self.reach(split))
        if not len(users):
            raise SettingError(
                f"No user is left for {split} tasks of {quadrant} with {self.min_ratings} ratings of such items "
                f"(min_ratings); choose fewer, or another share of new items (new_items)"
            )
        rounds = -(-num_tasks // len(users))
        chosen = np.concatenate([rng.permutation(users) for _ in range(rounds)])[:num_tasks]
        is_new = np.full(num_tasks, quadrant.endswith("new items"))
        return Tasks({"user": chosen, "new_items": is_new, "trains": np.full(num_tasks, split == "train")})

    def identity(self, tasks: Tasks) -> Array:
        return tasks.parameters["user"]

    def draw(self, tasks: Tasks, rng: np.random.Generator, shots: int, queries: int) -> Episodes:
        """Different ratings as far as a user has them; else some come twice, but never in both sets."""
        users, side = tasks.parameters["user"], tasks.parameters["new_items"].astype(int)
        starts, counts = self.quadrants.ranges(users, side)
        rows = self.quadrants.order[starts[:, None] + dealt(rng, counts, shots, queries)]
        hides = tasks.parameters["trains"][:, None] & (rng.random(rows.shape) < self.item_dropout)
        items, values = self.table.items[rows], self.table.values[rows]
        x = self._inputs(items, self.table.user_features[self.table.users[rows]], hides, self._own(rows))
        y = values[..., None]
        return Episodes(PointSet(x[:, :shots], y[:, :shots]), PointSet(x[:, shots:], y[:, shots:]))

    def _own(self, rows: Array) -> Own:
        """Ratings that training tasks hold are left out of what is said of their items."""
        users, items = self.table.users[rows], self.table.items[rows]
        counts = (self.quadrants.members[users] == 0) & self.quadrants.is_known[items]
        return Own(users, self.table.values[rows], counts)

    def inputs(self, users: Array, items: Array) -> Array:
        """The inputs of items (...) for users that broadcast against them, float32 (..., input_dim)."""
        users = np.broadcast_to(users, items.shape)
        return self._inputs(items, self.table.user_features[users])

    def _inputs(self, items: Array, user_features: Array, hides: Array | bool = False, own: Own | None = None) -> Array:
        is_known = self.quadrants.is_known[items] & ~np.broadcast_to(hides, items.shape)
        known, usual = self.usual.standing(items, is_known, own)
        leading = np.stack([items * ITEM_UNIT, known, usual], axis=-1, dtype=np.float32, casting="unsafe")
        return np.concatenate([leading, self.table.item_features[items], user_features], axis=-1)

    def named_inputs(self) -> tuple[tuple[str, ...], Array]:
        """For a user of whom nothing is known."""
        features = np.zeros((self.num_items, len(self.table.user_feature_names)), np.float32)
        return self.table.titles, self._inputs(np.arange(self.num_items), features)

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        users = tasks.parameters["user"]
        return {"ratings": self.quadrants.counts[users], "mean rating": self.quadrants.means[users]}

    def input_range(self) -> tuple[float, float]:
        return (-FARTHEST, FARTHEST)

    def output_range(self) -> tuple[float, float]:
        return self._catalogue.scale

    def lesson(self) -> str:
        return self.summary if self.data else f"{self.summary} The catalogue is generated: none of its films exists."
