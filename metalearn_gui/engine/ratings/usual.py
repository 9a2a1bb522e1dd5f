"""What an item usually gets: what its own ratings say where it has many, else what items of its features get.

    usual_i = prior_i + sum of (rating - mean - kindness_u - prior_i) over its ratings / (their number + SHRINK)

prior is a ridge regression on the items' features, kindness what a user gives beyond the usual, shrunk as well. The
three are found in turn, by what training users say of known items alone.
Koren (2008), "Factorization meets the neighborhood", section 2.1, with features where it has nothing.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.ratings.baselines import Known

SWEEPS = 4
SHRINK, USER_SHRINK = 5.0, 3.0  # ratings that the prior and a kindness of 0 count for
RIDGE = 200.0
ROW_SHRINK = 20.0  # an item of so many ratings is known by half
FARTHEST = 4.0  # deviations from the mean that an item is said to get, at most: on five stars none comes near


class Standing(NamedTuple):
    """How well items are known, 0 to 1, and what they usually get beyond the mean, in deviations, FARTHEST at most."""

    known: Array
    usual: Array


class Own(NamedTuple):
    """Ratings, each with its user and whether `Usual` was fitted to it."""

    users: Array
    values: Array
    counts: Array


@dataclasses.dataclass(frozen=True, eq=False)
class Usual:
    """mean, deviation: of all ratings. prior, sums, counts: (items,), sums of what is beyond mean and kindness.

    kindness: (users,), 0 for users who are in no training task.
    """

    mean: float
    deviation: float
    prior: Array
    sums: Array
    counts: Array
    kindness: Array

    @classmethod
    def fitted(cls, known: Known, features: Array, num_users: int) -> Usual:
        """features: (items, features)."""
        mean = float(known.values.mean())
        counts = np.bincount(known.items, minlength=known.num_items).astype(np.float64)
        rated = np.bincount(known.users, minlength=num_users)
        design = np.concatenate([np.ones((len(features), 1)), features], axis=1)
        system = design.T @ (counts[:, None] * design) + RIDGE * np.eye(design.shape[1])
        kindness = np.zeros(num_users)
        for _ in range(SWEEPS):
            beyond = known.values - mean - kindness[known.users]
            sums = np.bincount(known.items, beyond, known.num_items)
            prior = design @ np.linalg.solve(system, design.T @ sums)
            left = known.values - mean - _shrunk(prior, sums, counts)[known.items]
            kindness = np.bincount(known.users, left, num_users) / (rated + USER_SHRINK)
        return cls(mean, float(known.values.std()) or 1.0, prior, sums, counts, kindness)

    def standing(self, items: Array, is_known: Array, own: Own | None = None) -> Standing:
        """How items (...) stand.

        Args:
            is_known: where an item may stand as more than its features.
            own: ratings that these items stand for, which a learner is not to be told: they count as not given.
        """
        counts, sums = self.counts[items], self.sums[items]
        if own is not None:
            counts = counts - own.counts
            sums = sums - own.counts * (own.values - self.mean - self.kindness[own.users])
        prior = self.prior[items]
        usual = np.where(is_known, _shrunk(prior, sums, counts), prior)
        beyond = np.clip(usual / self.deviation, -FARTHEST, FARTHEST)
        return Standing(is_known * (counts / (counts + ROW_SHRINK)), beyond)


def _shrunk(prior: Array, sums: Array, counts: Array) -> Array:
    return np.asarray(prior + (sums - counts * prior) / (counts + SHRINK))
