"""A mean and its interval as text."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.intervals import in_one_notation
from metalearn_gui.engine.report.plots import with_interval


@pytest.mark.parametrize(
    ("mean", "half", "told"),
    [
        (1.1e6, 650_000.0, "1.1e+06 ± 0.65e+06"),
        (719_321.0, 1_203_456.0, "0.719e+06 ± 1.2e+06"),
        (719_321.0, 503_456.0, "719000 ± 500000"),
        (3.0e12, 5.9e12, "3e+12 ± 5.9e+12"),
        (0.00123, 0.0000321, "0.00123 ± 0.000032"),
        (-0.00001234, 0.0021, "-0.0000123 ± 0.0021"),
        (np.float32(0.5), np.float32(0.25), "0.5 ± 0.25"),
        (0.0, 0.0, "0 ± 0"),
    ],
)
def test_both_numbers_of_an_interval_have_the_larger_ones_notation(mean: float, half: float, told: str) -> None:
    assert with_interval(mean, half) == told


def test_a_notation_that_is_kept_is_the_callers() -> None:
    assert in_one_notation(2.0, 10.0, "<{:.0f}>".format) == ("<2>", "<10>")
