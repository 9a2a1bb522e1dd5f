"""Axes of a plot: where a value lies, and which values are named."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable

import numpy as np

from metalearn_gui.engine.backend import Array

NUM_TICKS = 5
MARGIN = 0.05  # of the range, at either end
FEW_TIMES = 5.0  # a logarithmic scale that is no longer has steps as a linear one
MANY_TIMES = 1000.0  # one that is longer has room for the powers of ten alone
FAR = 100.0  # times what most learners begin with
ROUND = (1.0, 2.0, 5.0, 10.0)  # steps between named values, times a power of ten


def highest_shown(curves: Iterable[Array]) -> float:
    """Where a logarithmic plot of these losses ends at most: one that failed would press all others into one line."""
    firsts = sorted(float(loss[0]) for loss in curves if len(loss) and 0 < loss[0] < math.inf)
    return firsts[(len(firsts) - 1) // 2] * FAR if firsts else math.inf


@dataclasses.dataclass(frozen=True)
class Scale:
    """Values from low to high at positions from start to end; on a logarithmic scale where `log`."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    @classmethod
    def around(cls, values: Array, start: float, end: float, log: bool = False) -> Scale:
        """A scale that shows all values; those that it cannot are left out."""
        kept = values[np.isfinite(values) & ((values > 0) | (not log))]
        low, high = (float(kept.min()), float(kept.max())) if kept.size else (1.0, 1.0)
        if low == high:
            low, high = (low / 2, high * 2) if log else (low - 0.5, high + 0.5)
        if log:
            margin = (high / low) ** MARGIN
            return cls(low / margin, high * margin, start, end, log)
        return cls(low - MARGIN * (high - low), high + MARGIN * (high - low), start, end)

    def at(self, value: float) -> float:
        """The position of a value; NaN where it has none."""
        if self.log and value <= 0:
            return math.nan
        low, high, value = (math.log(v) if self.log else v for v in (self.low, self.high, value))
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round values within the scale."""
        return self._decades() if self.log and self.high > FEW_TIMES * self.low else self._steps()

    def _steps(self) -> list[float]:
        rough = (self.high - self.low) / NUM_TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(times * power for times in ROUND if times * power >= rough)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [place * step for place in range(first, last + 1)]

    def _decades(self) -> list[float]:
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        powers = [10.0**power for power in range(first, last + 1)]
        every = (
            powers if self.high > MANY_TIMES * self.low else [times * power for power in powers for times in ROUND[:3]]
        )
        slack = 1.0 + 1e-9
        return [value for value in every if self.low / slack <= value <= self.high * slack]
