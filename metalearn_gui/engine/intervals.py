"""How sure a mean over tasks is."""

from __future__ import annotations

import math

import numpy as np

from metalearn_gui.engine.backend import Array


def interval(values: Array) -> Array:
    """Half the width of the 95 % interval of the mean over the last axis: 1.96 standard errors."""
    count = values.shape[-1]
    if count < 2:
        return np.zeros(values.shape[:-1])
    return np.asarray(1.96 * values.std(axis=-1, ddof=1) / math.sqrt(count))
