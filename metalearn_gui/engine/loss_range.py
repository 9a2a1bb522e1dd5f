"""The range of a scale of colours for losses: equal steps of the logarithm, which one giant does not stretch."""

from __future__ import annotations

import dataclasses
from typing import Self

import numpy as np

from metalearn_gui.engine.backend import Array

TYPICAL, EVERY = (1.0, 97.0), (0.0, 100.0)  # per cent of the losses lie within the scale: of many, and of a few
NARROWEST = 1.5  # highest over lowest: less than that is no difference to see
WIDEST = 100.0  # highest over the median


@dataclasses.dataclass(frozen=True)
class LossRange:
    """low, high: the losses at its ends, above 0. is_exceeded: whether there are finite losses above its end."""

    low: float
    high: float
    is_exceeded: bool = False

    @classmethod
    def of(cls, losses: Array, within: tuple[float, float] = TYPICAL) -> Self:
        """A scale for these; what is not finite or not above 0 does not count.

        within: the percentiles at its ends; EVERY where each loss stands for itself.
        """
        values = np.asarray(losses, np.float64)
        values = values[np.isfinite(values) & (values > 0)]
        if not len(values):
            return cls(0.1, 1.0)
        low, high = (float(value) for value in np.percentile(values, within))
        high = min(high, WIDEST * float(np.median(values)))  # where many diverge, the others are still told apart
        high = max(high, NARROWEST * low)
        return cls(low, high, is_exceeded=bool(values.max() > high))

    def shares(self, losses: Array) -> Array:
        """Places on the scale, 0 to 1; NaN where a loss is not finite."""
        values = np.asarray(losses, np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            places = np.log(np.maximum(values, self.low) / self.low) / np.log(self.high / self.low)
        return np.where(np.isfinite(values), np.clip(places, 0.0, 1.0), np.nan)
