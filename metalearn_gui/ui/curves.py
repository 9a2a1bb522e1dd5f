"""What happens to a curve of many values before it is drawn: smoothing and peak-preserving decimation. No Qt."""

from __future__ import annotations

import math
from collections.abc import Hashable

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.store.records import Curve

BLOCK = 64  # values per matrix product in `decayed_sum`
MOST_SMOOTHING = 0.99


def decayed_sum(values: Array, decay: float, carry: float = 0.0) -> Array:
    """The recurrence s[t] = decay * s[t - 1] + values[t] with s[-1] = carry, without a Python loop over values.

    Blocks are one matrix product; what one block hands to the next is the same recurrence with decay ** BLOCK.
    No power is ever divided by, so no decay in [0, 1) overflows.
    """
    size = min(BLOCK, len(values))
    if size == 0:
        return np.empty(0)
    lags = np.arange(size)[:, None] - np.arange(size)[None, :]
    weights = np.where(lags >= 0, float(decay) ** np.maximum(lags, 0), 0.0)
    num_blocks = -(-len(values) // size)
    blocks = np.zeros((num_blocks, size))
    blocks.ravel()[: len(values)] = values
    inside = blocks @ weights.T
    handed = np.full(num_blocks, carry)
    if num_blocks > 1:
        handed[1:] = decayed_sum(inside[:-1, -1], decay**size, carry)
    inside += handed[:, None] * float(decay) ** np.arange(1, size + 1)
    return inside.ravel()[: len(values)]


class Smoother:
    """The debiased exponential moving average of a growing curve; only new values are worked on.

    A value that is not finite is left out of the average and stays a gap (NaN).
    """

    def __init__(self, smoothing: float) -> None:
        self.smoothing = float(np.clip(smoothing, 0.0, MOST_SMOOTHING))
        self._restart()

    def _restart(self) -> None:
        self._curve = Curve()
        self._sum = 0.0
        self._weight = 0.0

    def update(self, values: Array) -> Array:
        """Smoothed values of the whole curve, float32, as long as `values`; a shorter curve starts anew."""
        if len(values) < len(self._curve):
            self._restart()
        self._extend(values[len(self._curve) :])
        return self._curve.values

    def _extend(self, new: Array) -> None:
        if len(new) == 0:
            return
        if self.smoothing == 0.0:
            self._curve.extend(np.where(np.isfinite(new), new, np.nan))
            return
        finite = np.isfinite(new)
        sums = decayed_sum(np.where(finite, new, 0.0), self.smoothing, self._sum)
        weights = decayed_sum(finite.astype(float), self.smoothing, self._weight)
        self._sum, self._weight = float(sums[-1]), float(weights[-1])
        self._curve.extend(np.where(finite, sums / np.where(finite, weights, 1.0), np.nan))


def bucket_width(num_values: float, pixels: int) -> int:
    """How many values share a pixel, at least 1."""
    return max(1, math.ceil(num_values / max(1, pixels)))


def decimated(values: Array, first: int, last: int, width: int, floor: float = -np.inf) -> tuple[Array, Array]:
    """The smallest and the largest of every bucket of `width` values in values[first:last], in their order.

    Buckets lie on multiples of their width, so that a growing curve never flickers.

    Args:
        floor: values that are not finite or not above it are no points (0 on a logarithmic axis).

    Returns: indices and values, equally long: two for a bucket, one where the width is 1; NaN where there is nothing.
    """
    first = max(0, first) // width * width
    last = min(len(values), -(-last // width) * width)
    if last <= first:
        return np.empty(0), np.empty(0)
    segment = values[first:last]
    drawable = np.isfinite(segment) & (segment > floor)
    if width == 1:
        return np.arange(first, last, dtype=float), np.where(drawable, segment, np.nan)
    return _extremes(segment, drawable, first, width)


class Decimator:
    """`decimated` for a curve that grows: buckets that are full are kept, only the rest is looked at."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._num_values = 0
        self._next = 0  # the first value of the first bucket that is not kept
        self._index, self._kept = np.empty(0), np.empty(0)

    def update(
        self, values: Array, first: int, last: int, width: int, floor: float, source: Hashable
    ) -> tuple[Array, Array]:
        """As `decimated`. source: which curve it is and how it was made; it may grow, its values may not change."""
        key = (source, first, last, width, floor)
        if key != self._key or len(values) < self._num_values:
            self._key, self._next = key, max(0, first) // width * width
            self._index, self._kept = np.empty(0), np.empty(0)
        self._num_values = len(values)
        index, kept = decimated(values, self._next, last, width, floor)
        whole_index, whole_kept = np.concatenate([self._index, index]), np.concatenate([self._kept, kept])
        num_full = max(0, min(len(values), last) - self._next) // width
        if num_full:
            end = len(self._index) + num_full * (1 if width == 1 else 2)
            self._index, self._kept = whole_index[:end], whole_kept[:end]
            self._next += num_full * width
        return whole_index, whole_kept


def _extremes(segment: Array, drawable: Array, first: int, width: int) -> tuple[Array, Array]:
    num_buckets = -(-len(segment) // width)
    low = np.full(num_buckets * width, np.inf, segment.dtype)
    high = np.full(num_buckets * width, -np.inf, segment.dtype)
    np.copyto(low[: len(segment)], segment, where=drawable)
    np.copyto(high[: len(segment)], segment, where=drawable)
    inside = np.stack(
        [low.reshape(num_buckets, width).argmin(axis=1), high.reshape(num_buckets, width).argmax(axis=1)], axis=1
    )
    index = np.sort(inside, axis=1) + np.arange(num_buckets)[:, None] * width
    picked = low[index.ravel()]
    return first + index.ravel().astype(float), np.where(np.isfinite(picked), picked, np.nan)
