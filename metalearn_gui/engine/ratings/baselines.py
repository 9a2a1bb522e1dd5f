"""What a recommender has to beat: plain methods that take a new user's few ratings into account, each in numpy.

Each is fitted to the ratings of training users. What it shrinks by is chosen on validation users, who are in
nobody's training: a baseline that was not given its best setting proves nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple, Protocol

import numpy as np

from metalearn_gui.engine.backend import Array

SHRINKS = (0.5, 2.0, 5.0, 15.0)  # ratings that a mean of 0 counts for
RIDGES = (1.0, 3.0, 10.0)
FACTORS_SHRINK = 5.0  # of the item means that factors start from
NUM_FACTORS, SWEEPS = 8, 8


class Known(NamedTuple):
    """Ratings to learn from, one a place: users and items as numbers from 0, values as given."""

    users: Array
    items: Array
    values: Array
    num_items: int


class UserEpisode(NamedTuple):
    """One user: the support ratings, and the query items with what the user said of them."""

    items: Array
    values: Array
    asked: Array
    answers: Array


class Predictor(Protocol):
    """A fitted baseline. `rates` is False where its numbers are an order and no ratings."""

    rates: ClassVar[bool]

    def predict(self, items: Array, values: Array, asked: Array) -> Array:
        """What a user who rated `items` so would say of the items `asked`, (asked,)."""


@dataclasses.dataclass(frozen=True, eq=False)
class GlobalMean:
    """The same number for everybody and everything."""

    rates: ClassVar[bool] = True
    mean: float

    @classmethod
    def fitted(cls, known: Known) -> Iterator[GlobalMean]:
        yield cls(float(np.mean(known.values)))

    def predict(self, items: Array, values: Array, asked: Array) -> Array:
        return np.full(len(asked), self.mean)


@dataclasses.dataclass(frozen=True, eq=False)
class Means:
    """How much an item is liked, and how kindly a user rates; both shrunk towards 0 by how few ratings there are.

    item_offsets: (num_items,), 0 for an item that nobody has rated.
    Koren (2008), "Factorization meets the neighborhood", section 2.1.
    """

    rates: ClassVar[bool] = True
    mean: float
    item_offsets: Array
    shrink: float

    @classmethod
    def fitted(cls, known: Known) -> Iterator[Means]:
        mean = float(np.mean(known.values))
        for of_item in SHRINKS:
            offsets = _item_offsets(known, mean, of_item)
            for of_user in SHRINKS:
                yield cls(mean, offsets, of_user)

    def predict(self, items: Array, values: Array, asked: Array) -> Array:
        residuals = values - self.mean - self.item_offsets[items]
        of_user = residuals.sum() / (len(items) + self.shrink)
        return np.asarray(self.mean + self.item_offsets[asked] + of_user)


@dataclasses.dataclass(frozen=True, eq=False)
class Popularity:
    """An item stands the higher, the more users have rated it: an order and no ratings."""

    rates: ClassVar[bool] = False
    counts: Array

    @classmethod
    def fitted(cls, known: Known) -> Iterator[Popularity]:
        yield cls(np.bincount(known.items, minlength=known.num_items).astype(np.float64))

    def predict(self, items: Array, values: Array, asked: Array) -> Array:
        return np.asarray(self.counts[asked])


@dataclasses.dataclass(frozen=True, eq=False)
class Factors:
    """Matrix factorisation by alternating ridge regressions; a new user is folded in by one more of them.

    item_offsets: (num_items,), what is left is factorised. item_factors: (num_items, 1 + NUM_FACTORS), the first
    column 1: a user's first factor is their own mean. An item that nobody has rated has no other factors.
    Zhou et al. (2008), "Large-scale parallel collaborative filtering for the Netflix prize".
    """

    rates: ClassVar[bool] = True
    mean: float
    item_offsets: Array
    item_factors: Array
    ridge: float

    @classmethod
    def fitted(cls, known: Known) -> Iterator[Factors]:
        mean = float(np.mean(known.values))
        offsets = _item_offsets(known, mean, FACTORS_SHRINK)
        residuals = known.values - mean - offsets[known.items]
        for ridge in RIDGES:
            yield cls(mean, offsets, _item_factors(known, residuals, ridge), ridge)

    def predict(self, items: Array, values: Array, asked: Array) -> Array:
        residuals = values - self.mean - self.item_offsets[items]
        of_user = _ridge_solution(self.item_factors[items], residuals, self.ridge)
        return np.asarray(self.mean + self.item_offsets[asked] + self.item_factors[asked] @ of_user)


BASELINES: Mapping[str, Callable[[Known], Iterable[Predictor]]] = {
    "global_mean": GlobalMean.fitted,
    "means": Means.fitted,
    "popularity": Popularity.fitted,
    "factors": Factors.fitted,
}


def fitted_baselines(known: Known, validation: Sequence[UserEpisode]) -> dict[str, Predictor]:
    """Every baseline with the setting that predicts best for validation users, by squared error."""
    return {key: _best(fitted(known), validation) for key, fitted in BASELINES.items()}


def _best(candidates: Iterable[Predictor], validation: Sequence[UserEpisode]) -> Predictor:
    candidates = list(candidates)
    if len(candidates) == 1:
        return candidates[0]
    return min(candidates, key=lambda one: sum(_squared_error(one, user) for user in validation))


def _squared_error(predictor: Predictor, user: UserEpisode) -> float:
    return float(np.mean((predictor.predict(user.items, user.values, user.asked) - user.answers) ** 2))


def _item_offsets(known: Known, mean: float, shrink: float) -> Array:
    sums = np.bincount(known.items, known.values - mean, known.num_items)
    return np.asarray(sums / (np.bincount(known.items, minlength=known.num_items) + shrink))


def _item_factors(known: Known, residuals: Array, ridge: float) -> Array:
    """Alternating ridge regressions over users and items; see `Factors.item_factors`."""
    by_user, by_item = _Groups(known.users), _Groups(known.items, known.num_items)
    of_items = np.ones((known.num_items, 1 + NUM_FACTORS))
    of_items[:, 1:] = np.random.default_rng(0).normal(0.0, 0.1, (known.num_items, NUM_FACTORS))
    for _ in range(SWEEPS):
        of_users = by_user.solved(of_items[known.items], residuals, ridge)[known.users]
        unexplained = residuals - of_users[:, 0]
        of_items[:, 1:] = by_item.solved(of_users[:, 1:], unexplained, ridge)
    return of_items


class _Groups:
    """Rows that share a number, as a block each."""

    def __init__(self, numbers: Array, count: int = 0) -> None:
        self._order = np.argsort(numbers, kind="stable")
        self._ends = np.cumsum(np.bincount(numbers, minlength=count))

    def solved(self, design: Array, targets: Array, ridge: float) -> Array:
        """A ridge regression for every group, (groups, columns of the design); 0 for a group without rows."""
        rows = np.concatenate([design, targets[:, None]], axis=1)[self._order]
        blocks = zip([0, *self._ends[:-1].tolist()], self._ends.tolist(), strict=True)
        products = np.array([rows[a:b].T @ rows[a:b] for a, b in blocks])
        return _solutions(products, ridge)


def _ridge_solution(design: Array, targets: Array, ridge: float) -> Array:
    rows = np.concatenate([design, targets[:, None]], axis=1)
    return np.asarray(_solutions((rows.T @ rows)[None], ridge)[0])


def _solutions(products: Array, ridge: float) -> Array:
    """Of ridge regressions by the products of all columns, (groups, columns + 1, columns + 1), targets last."""
    grams = products[:, :-1, :-1] + ridge * np.eye(products.shape[1] - 1)
    return np.asarray(np.linalg.solve(grams, products[:, :-1, -1:])[..., 0])
