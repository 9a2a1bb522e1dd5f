"""Figures of one user's predicted ratings, against examples worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from metalearn_gui.engine.ratings.metrics import METRICS, gains, ndcg, user_scores

STARS = (1.0, 5.0)


def scores(predicted: list[float], answers: list[float], **options: bool) -> dict[str, float]:
    found = user_scores(np.array(predicted), np.array(answers), STARS, **options)
    return dict(zip(METRICS, found.tolist(), strict=True))


def test_errors_match_a_hand_computed_example() -> None:
    found = scores([3.0, 4.0, 1.0], [4.0, 4.0, 3.0])
    assert found["mae"] == pytest.approx(1.0)
    assert found["rmse"] == pytest.approx(math.sqrt(5 / 3))


def test_errors_are_of_predictions_clipped_to_the_scale() -> None:
    assert scores([7.0, -2.0], [5.0, 1.0])["mae"] == 0.0


def test_ndcg_matches_a_hand_computed_example() -> None:
    found = scores([2.0, 3.0, 1.0], [3.0, 1.0, 2.0])  # the order shown: ratings 1, 3, 2
    best = 7 + 3 / math.log2(3) + 1 / 2
    assert found["ndcg1"] == pytest.approx(1 / 7)
    assert found["ndcg3"] == pytest.approx((1 + 7 / math.log2(3) + 3 / 2) / best)
    assert found["ndcg5"] == found["ndcg3"]


def test_the_best_order_has_an_ndcg_of_one_beyond_the_scale_too() -> None:
    found = scores([5.5, 9.0, -3.0], [4.0, 5.0, 1.0])
    assert (found["ndcg1"], found["ndcg3"]) == pytest.approx((1.0, 1.0))


def test_an_order_without_ratings_has_no_errors() -> None:
    found = scores([120.0, 40.0], [5.0, 1.0], rates=False)
    assert math.isnan(found["mae"])
    assert math.isnan(found["rmse"])
    assert found["ndcg1"] == 1.0


def test_a_constant_prediction_earns_the_mean_over_all_orders() -> None:
    assert scores([3.0, 3.0], [5.0, 1.0])["ndcg1"] == pytest.approx((31 + 1) / 2 / 31)


def test_gains_span_the_same_stars_on_any_scale() -> None:
    np.testing.assert_allclose(gains(np.array([0.0, 50.0, 100.0]), (0.0, 100.0)), [1, 7, 31])


@pytest.mark.parametrize("places", [1, 3, 5])
@pytest.mark.parametrize("decimals", [6, 0])  # 0: many items share a score
def test_ndcg_agrees_with_scikit_learn(places: int, decimals: int) -> None:
    reference = pytest.importorskip("sklearn.metrics").ndcg_score
    rng = np.random.default_rng(places)
    for _ in range(20):
        predicted, gained = rng.normal(3, 1, 9).round(decimals), gains(rng.integers(1, 6, 9), STARS)
        assert ndcg(predicted, gained, [places])[0] == pytest.approx(reference([gained], [predicted], k=places))
