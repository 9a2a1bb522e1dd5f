"""The plain recommenders, against closed forms and on ratings with a structure that they should find."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.ratings.baselines import BASELINES, Factors, Known, Means, UserEpisode, fitted_baselines

NOTHING = np.zeros(0, int)


def tastes(num_users: int, num_items: int, seed: int = 0) -> Array:
    """A full table of ratings: kindness of the user, quality of the item, and two tastes."""
    rng = np.random.default_rng(seed)
    kindness, quality = rng.normal(0, 0.5, (num_users, 1)), np.random.default_rng(9).normal(0, 0.5, num_items)
    taste = rng.normal(0, 1, (num_users, 2)) @ np.random.default_rng(7).normal(0, 0.6, (2, num_items))
    return np.asarray(3 + kindness + quality + taste)


def known_of(table: Array, share: float = 0.6) -> Known:
    users, items = np.nonzero(np.random.default_rng(1).random(table.shape) < share)
    return Known(users, items, table[users, items], table.shape[1])


def episodes_of(table: Array, shots: int) -> list[UserEpisode]:
    order = np.random.default_rng(2).permutation(table.shape[1])
    support, asked = order[:shots], order[shots:]
    return [UserEpisode(support, row[support], asked, row[asked]) for row in table]


def mean_squared_error(predictor: Factors | Means, users: list[UserEpisode]) -> float:
    return float(np.mean([(predictor.predict(*user[:3]) - user.answers) ** 2 for user in users]))


def test_means_shrink_an_item_and_a_user_by_how_few_ratings_they_have() -> None:
    known = Known(np.array([0, 1, 2]), np.array([0, 0, 1]), np.array([5.0, 5.0, 2.0]), 3)
    one = next(one for one in Means.fitted(known) if one.shrink == 2.0)  # items shrunk by 0.5
    offsets = np.array([2 / 2.5, -2 / 1.5, 0.0])
    np.testing.assert_allclose(one.item_offsets, offsets)
    of_user = (5.0 - 4.0 - offsets[0]) / (1 + 2.0)
    np.testing.assert_allclose(one.predict(np.array([0]), np.array([5.0]), np.array([1, 2])), 4 + offsets[1:] + of_user)


@pytest.mark.parametrize("key", BASELINES)
def test_a_user_without_ratings_gets_what_everybody_gets(key: str) -> None:
    table = tastes(30, 12)
    baseline = fitted_baselines(known_of(table), episodes_of(tastes(10, 12, 3), 5))[key]
    predicted = baseline.predict(NOTHING, np.zeros(0), np.arange(12))
    assert predicted.shape == (12,)
    assert np.isfinite(predicted).all()


def test_popularity_orders_items_by_their_number_of_ratings() -> None:
    known = Known(np.array([0, 1, 2, 0]), np.array([2, 2, 2, 1]), np.ones(4), 4)
    (popularity,) = BASELINES["popularity"](known)
    np.testing.assert_array_equal(popularity.predict(NOTHING, np.zeros(0), np.array([1, 2, 3])), [1, 3, 0])
    assert not popularity.rates


def test_factors_fold_a_new_user_in_and_beat_means_where_there_are_tastes() -> None:
    table, unseen = tastes(200, 40), episodes_of(tastes(50, 40, 5), 12)
    chosen = fitted_baselines(known_of(table), episodes_of(tastes(40, 40, 4), 12))
    factors, means = chosen["factors"], chosen["means"]
    assert isinstance(factors, Factors)
    assert isinstance(means, Means)
    assert mean_squared_error(factors, unseen) < 0.5 * mean_squared_error(means, unseen)


def test_an_item_that_nobody_rated_is_predicted_by_the_user_alone() -> None:
    table = tastes(50, 10)
    known = known_of(table)._replace(num_items=11)
    (factors, *_) = Factors.fitted(known)
    np.testing.assert_array_equal(factors.item_factors[10], [1] + 8 * [0])
    assert factors.item_offsets[10] == 0


def test_the_setting_is_chosen_on_validation_users() -> None:
    table, validation = tastes(60, 20), episodes_of(tastes(30, 20, 6), 3)
    chosen = fitted_baselines(known_of(table), validation)["means"]
    others = [mean_squared_error(one, validation) for one in Means.fitted(known_of(table))]
    assert isinstance(chosen, Means)
    assert mean_squared_error(chosen, validation) == pytest.approx(min(others))
