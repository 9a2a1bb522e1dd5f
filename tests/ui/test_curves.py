from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from metalearn_gui.ui.curves import Decimator, Smoother, bucket_width, decayed_sum, decimated

FINITE = st.floats(allow_nan=False, allow_infinity=False, width=32)
ANY = st.floats(width=32, allow_nan=True, allow_infinity=True)


def _curves(elements: st.SearchStrategy[float], longest: int = 400) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float32, st.integers(0, longest), elements=elements)


@given(_curves(FINITE), st.integers(1, 50))
def test_decimation_keeps_the_smallest_and_the_largest_of_every_bucket(values: np.ndarray, pixels: int) -> None:
    width = bucket_width(len(values), pixels)
    index, kept = decimated(values, 0, len(values), width)
    for start in range(0, len(values), width):
        bucket = values[start : start + width]
        inside = kept[(index >= start) & (index < start + width)]
        assert inside.min() == bucket.min()
        assert inside.max() == bucket.max()


@given(_curves(ANY), st.integers(1, 50))
def test_decimation_draws_at_most_two_points_per_pixel_from_left_to_right(values: np.ndarray, pixels: int) -> None:
    index, kept = decimated(values, 0, len(values), bucket_width(len(values), pixels))
    assert len(index) == len(kept) <= max(2 * pixels, 2)
    assert np.all(np.diff(index) >= 0)
    assert not np.isinf(kept).any()


@given(_curves(ANY), st.integers(1, 50))
def test_decimation_invents_no_value(values: np.ndarray, pixels: int) -> None:
    index, kept = decimated(values, 0, len(values), bucket_width(len(values), pixels))
    drawn = np.isfinite(kept)
    assert np.array_equal(kept[drawn], values[index[drawn].astype(int)])


@given(_curves(ANY), st.integers(1, 50))
def test_nothing_at_or_below_the_floor_is_drawn(values: np.ndarray, pixels: int) -> None:
    _, kept = decimated(values, 0, len(values), bucket_width(len(values), pixels), floor=0.0)
    assert np.all(kept[np.isfinite(kept)] > 0)


def test_a_bucket_without_finite_values_is_a_gap() -> None:
    values = np.ones(100, np.float32)
    values[40:60] = np.nan
    values[50] = np.inf
    index, kept = decimated(values, 0, 100, 10)
    assert np.isnan(kept[(index >= 40) & (index < 60)]).all()
    assert np.isfinite(kept[(index < 40) | (index >= 60)]).all()


def test_buckets_of_a_growing_curve_stay_where_they_were() -> None:
    values = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    index, kept = decimated(values, 0, 1000, 8)
    for size in (795, 800, 999):
        index_then, kept_then = decimated(values[:size], 0, 1000, 8)
        settled = 2 * (size // 8)
        assert np.array_equal(index_then[:settled], index[:settled])
        assert np.array_equal(kept_then[:settled], kept[:settled])


@given(_curves(ANY), st.integers(1, 30), st.lists(st.integers(0, 400), max_size=6), st.integers(0, 100))
def test_decimating_a_growing_curve_equals_decimating_it_at_once(
    values: np.ndarray, width: int, cuts: list[int], first: int
) -> None:
    decimator = Decimator()
    for cut in [*sorted(cuts), len(values)]:
        result = decimator.update(values[:cut], first, 300, width, 0.0, "curve")
        assert np.array_equal(result, decimated(values[:cut], first, 300, width, 0.0), equal_nan=True)


def test_another_curve_of_the_same_length_is_decimated_anew() -> None:
    decimator = Decimator()
    decimator.update(np.ones(100, np.float32), 0, 100, 10, 0.0, "one")
    _, kept = decimator.update(np.full(100, 2.0, np.float32), 0, 100, 10, 0.0, "other")
    assert np.all(kept == 2.0)


@given(st.floats(1e-3, 1e6), st.floats(0, 0.99), st.integers(1, 500))
def test_a_constant_stays_constant_when_smoothed(level: float, smoothing: float, size: int) -> None:
    smooth = Smoother(smoothing).update(np.full(size, level, np.float32))
    assert np.allclose(smooth, np.float32(level), rtol=1e-6)


@given(_curves(st.floats(-1e6, 1e6, width=32)), st.floats(0, 0.99))
def test_smoothing_equals_the_recurrence_written_as_a_loop(values: np.ndarray, smoothing: float) -> None:
    total = weight = 0.0
    expected = []
    for value in values:
        total, weight = smoothing * total + float(value), smoothing * weight + 1.0
        expected.append(total / weight)
    assert np.allclose(Smoother(smoothing).update(values), expected, rtol=1e-5, atol=1e-2)


@given(_curves(ANY, 300), st.floats(0, 0.99), st.lists(st.integers(0, 300), max_size=5))
def test_smoothing_piece_by_piece_equals_smoothing_at_once(
    values: np.ndarray, smoothing: float, cuts: list[int]
) -> None:
    smoother = Smoother(smoothing)
    for cut in sorted(cuts):
        smoother.update(values[:cut])
    at_once = Smoother(smoothing).update(values)
    scale = np.abs(values[np.isfinite(values)]).max(initial=1.0)
    assert np.allclose(smoother.update(values) / scale, at_once / scale, atol=1e-5, equal_nan=True)


@given(_curves(ANY), st.floats(0, 0.99))
def test_values_that_are_not_finite_stay_gaps_and_spoil_nothing_after_them(
    values: np.ndarray, smoothing: float
) -> None:
    smooth = Smoother(smoothing).update(values)
    assert np.array_equal(np.isfinite(values), np.isfinite(smooth))


def test_a_shorter_curve_is_smoothed_anew() -> None:
    smoother = Smoother(0.9)
    smoother.update(np.full(100, 5.0, np.float32))
    assert np.allclose(smoother.update(np.full(3, 1.0, np.float32)), 1.0)


def test_decayed_sum_continues_from_its_carry() -> None:
    values = np.random.default_rng(1).normal(size=10_000)
    whole = decayed_sum(values, 0.97)
    assert np.allclose(decayed_sum(values[6000:], 0.97, whole[5999]), whole[6000:])
