"""Where a value stands on a slider, and back: linear, or logarithmic where a range spans decades."""

from __future__ import annotations

import math

from metalearn_gui.engine.params import Param

POSITIONS = 200
DECADES_FOR_LOG = 100.0
NO_SLIDER_FROM = 2.0**31 - 1  # a seed is typed, not slid


class Scale:
    """The slider's whole numbers 0..num_positions for one numeric setting."""

    def __init__(self, spec: Param) -> None:
        if spec.minimum is None or spec.maximum is None:
            raise ValueError(f"{spec.name} has no range to slide over")
        self._spec = spec
        self._low, self._high = float(spec.minimum), float(spec.maximum)
        self._is_log = spec.log or self._high >= DECADES_FOR_LOG * max(self._low, 1.0)
        span = round(self._high - self._low)
        steps_are_whole = spec.kind == "int" and not self._is_log and span <= POSITIONS
        self.num_positions = max(1, span) if steps_are_whole else POSITIONS

    @staticmethod
    def suits(spec: Param) -> bool:
        """Whether a slider helps with this setting."""
        if spec.minimum is None or spec.maximum is None:
            return False
        return spec.kind in ("int", "float") and spec.maximum < NO_SLIDER_FROM

    def position(self, value: float) -> int:
        """The slider's place for a value; what lies outside the range stands at its end."""
        value = min(max(float(value), self._low), self._high)
        share = (self._bend(value) - self._bend(self._low)) / (self._bend(self._high) - self._bend(self._low))
        return round(share * self.num_positions)

    def value(self, position: int) -> int | float:
        """The value at a place: whole for counts, two figures for rates, the exact ends at the ends."""
        ends = {0: self._low, self.num_positions: self._high}
        low, high = self._bend(self._low), self._bend(self._high)
        value = ends.get(position, self._unbend(low + position / self.num_positions * (high - low)))
        if position in ends:
            return round(value) if self._spec.kind == "int" else value
        rounded = _figures(value, 2 if self._is_log else 3)
        return min(round(rounded), int(self._high)) if self._spec.kind == "int" else rounded

    def _bend(self, value: float) -> float:
        if not self._is_log:
            return value
        return math.log(value) if self._low > 0 else math.log1p(value)

    def _unbend(self, bent: float) -> float:
        if not self._is_log:
            return bent
        return math.exp(bent) if self._low > 0 else math.expm1(bent)


def _figures(value: float, figures: int) -> float:
    return float(f"{value:.{figures}g}")
