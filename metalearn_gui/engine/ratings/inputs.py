"""How an input names its item: families write it, networks that know items read it, others hardly see the number.

Column NUMBER is the item's number in units of ITEM_UNIT: exact in float32, and nearly 0 to who cannot read it. Column
KNOWN says how well the item is known, from 0 for one of which nothing but its features is known towards 1 for one with
many ratings in training tasks. Column USUAL is what it usually gets; see usual.py.
"""

from __future__ import annotations

import numpy as np

from metalearn_gui.engine.backend import Array

ITEM_UNIT = 2.0**-20
MAX_ITEMS = 2**20
NUMBER, KNOWN, USUAL = range(3)
NUM_LEADING = 3  # columns before the features


def items_of(x: Array) -> Array:
    """The numbers of the items that inputs (..., input_dim) are about."""
    return np.rint(np.asarray(x[..., NUMBER], np.float64) / ITEM_UNIT).astype(int)
