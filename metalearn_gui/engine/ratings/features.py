"""What is known of items and users as columns of 0 and 1, each with a name."""

from __future__ import annotations

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.ratings.table import NO_YEAR

Features = tuple[Array, tuple[str, ...]]  # float32 (rows, names), and the names


def decades(years: Array) -> Features:
    """One column for each decade that there is; a row without a year is all 0."""
    years = np.asarray(years)
    own = years // 10 * 10
    found = np.unique(own[years != NO_YEAR])
    return (own[:, None] == found).astype(np.float32), tuple(f"{decade}s" for decade in found)
