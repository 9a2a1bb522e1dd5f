"""How an input names its item: families write it, networks that know items read it, others hardly see it.

Column 0 is the item's number in units of ITEM_UNIT: exact in float32, and nearly 0 to who cannot read it. Column 1
is 1 for a known item, one that training tasks rate, and 0 for an item of which nothing but its features is known.
"""

from __future__ import annotations

import numpy as np

from metalearn_gui.engine.backend import Array

ITEM_UNIT = 2.0**-20
MAX_ITEMS = 2**20
NUM_LEADING = 2  # columns before the features


def items_of(x: Array) -> Array:
    """The numbers of the items that inputs (..., input_dim) are about."""
    return np.rint(np.asarray(x[..., 0], np.float64) / ITEM_UNIT).astype(int)
