"""How well ratings are predicted, user by user: MAE, RMSE, and nDCG of the order.

Every figure is one of a user; a mean over users and its interval follow from those, and so do paired differences.
Lee et al. (2019), "MeLU", arXiv:1908.00413, section 4.2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from metalearn_gui.engine.backend import Array

NDCG_PLACES = (1, 3, 5)
METRICS = ("mae", "rmse", *(f"ndcg{places}" for places in NDCG_PLACES))
FEWEST_STARS, MOST_STARS = 1.0, 5.0  # any scale is brought to these before gains are taken

Scale = tuple[float, float]  # the lowest and the highest rating there is


def user_scores(predicted: Array, answers: Array, scale: Scale, rates: bool = True) -> Array:
    """One user's figures in the order of METRICS, float64.

    Errors are of predictions clipped to the scale; the order is that of the predictions as they came.

    Args:
        predicted: (items,).
        answers: (items,), what the user said of them.
        rates: False where the numbers predicted say an order and no ratings: then there are no errors (NaN).
    """
    errors = np.abs(np.clip(predicted, *scale) - answers) if rates else np.full(len(answers), np.nan)
    order = ndcg(predicted, gains(answers, scale), NDCG_PLACES)
    return np.array([errors.mean(), np.sqrt(np.mean(errors**2)), *order])


def gains(values: Array, scale: Scale) -> Array:
    """2^stars - 1, with the scale's ends as 1 and 5 stars: what finding an item of such a rating is worth."""
    lowest, highest = scale
    share = (np.asarray(values, np.float64) - lowest) / max(highest - lowest, 1e-12)
    return np.asarray(2.0 ** (FEWEST_STARS + (MOST_STARS - FEWEST_STARS) * share) - 1.0)


def ndcg(scores: Array, gained: Array, places: Sequence[int]) -> Array:
    """The discounted gain of the first so many items by score, over that of the best order; (places,), in (0, 1].

    Items of equal score are taken in every order, and the mean is said: a constant prediction earns what chance does.
    McSherry, Najork (2008), "Computing information retrieval performance measures efficiently in the presence of ties".
    """
    ranks = np.arange(len(scores))
    discounts = np.where(ranks < np.array(places)[:, None], 1.0 / np.log2(2.0 + ranks), 0.0)
    _, group, counts = np.unique(-np.asarray(scores, np.float64), return_inverse=True, return_counts=True)
    mean_gain = np.bincount(group, gained) / counts
    shared = np.add.reduceat(discounts, np.cumsum(counts) - counts, axis=1)
    return np.asarray(shared @ mean_gain / (discounts @ np.sort(gained)[::-1]))
