"""How sure a mean is, over many tasks or over a few seeds."""

from __future__ import annotations

import math

import numpy as np

from metalearn_gui.engine.backend import Array

# Student's t for 95 %, by degrees of freedom from 1 on. Beyond: Cornish and Fisher's expansion, right to 0.002.
STUDENT_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)


def interval(values: Array) -> Array:
    """Half the width of the 95 % interval of the mean over the last axis: 1.96 standard errors."""
    return _standard_errors(values, 1.96)


def few_values_interval(values: Array) -> Array:
    """The same for a few values, such as one per seed: Student's t instead of 1.96."""
    freedom = max(values.shape[-1] - 1, 1)
    factor = STUDENT_T[freedom - 1] if freedom <= len(STUDENT_T) else 1.96 + 2.372 / freedom + 2.823 / freedom**2
    return _standard_errors(values, factor)


def _standard_errors(values: Array, factor: float) -> Array:
    count = values.shape[-1]
    if count < 2:
        return np.zeros(values.shape[:-1])
    return np.asarray(factor * values.std(axis=-1, ddof=1) / math.sqrt(count))
