"""One picture for a task that has its own already: made small as they are, its ink where theirs is."""

from __future__ import annotations

import math

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.images.decoding import small
from metalearn_gui.engine.images.pictures import is_light_paper


def picture_like(others: Array, data: bytes, pads: bool = True) -> Array:
    """An image file as one more row of numbers in [0, 1]; dark and light change places where the others' paper says so.

    Args:
        others: rows (n, numbers) of the task, one number for each pixel of a square, or three.
        pads: keep the shape of what is no square; else it is squeezed, as images of a file are.

    Raises:
        Unusable: damaged, of another format, or too large to be decoded.
    """
    count = others.shape[1]
    channels = 1 if math.isqrt(count) ** 2 == count else 3
    side = math.isqrt(count // channels)
    pixels = small(data, side, channels, pads).astype(np.float32) / np.float32(255.0)
    if is_light_paper(pixels[None]) != is_light_paper(others.reshape(-1, side, side, channels)):
        pixels = 1.0 - pixels
    return np.asarray(pixels.ravel(), np.float32)
