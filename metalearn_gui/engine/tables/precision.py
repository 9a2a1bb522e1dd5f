"""What float32 can hold of a column: learners, canvases and exports take its numbers so."""

from __future__ import annotations

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.params import SettingError

LARGEST = float(np.finfo(np.float32).max)
NARROWEST, WIDEST = 1e-17, 1e17  # of targets' spread: the loss is a square, and float32 ends at 1e-38 and 3e38
LOSS_TOLD = 0.005  # of a column's deviation: what rounding may take away before it is said


def check_input(name: str, numbers: Array) -> None:
    """Raise SettingError where a number of an input, (rows,) float64, is beyond what float32 holds."""
    largest = float(np.abs(numbers).max(initial=0.0))
    if largest > LARGEST:
        raise SettingError(
            f"Column {name!r} has a number of size {largest:.2g}; inputs go up to {LARGEST:.2g}: "
            "mend it, leave the cell empty, or give the column in another unit"
        )


def check_target(name: str, numbers: Array) -> None:
    """Raise SettingError where squares of a target's differences, (rows,) float64, leave what float32 holds."""
    lowest, highest = float(numbers.min()), float(numbers.max())
    is_told = lowest >= highest or NARROWEST < highest - lowest < WIDEST
    if not is_told or max(abs(lowest), abs(highest)) > LARGEST:
        raise SettingError(
            f"Column {name!r} goes from {lowest:.4g} to {highest:.4g}; a loss, its square, is told where numbers "
            f"lie between {NARROWEST:g} and {WIDEST:g} apart: give the column in another unit"
        )


def rounding(name: str, numbers: Array) -> str:
    """That a column's numbers, (rows,) float64, are too large for their spread to be told apart well; else ""."""
    lost = float(np.abs(numbers - numbers.astype(np.float32)).max(initial=0.0))
    if not np.ptp(numbers) or lost <= LOSS_TOLD * float(numbers.std()):
        return ""
    step = float(np.spacing(np.float32(np.abs(numbers).max())))
    return f"{name[:30]} is rounded to steps of {step:g}, as large as its numbers are: take a constant off it"
