"""One picture for a task that has its own already: made small as they are, its ink where theirs is."""

from __future__ import annotations

import math

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.images.decoding import small
from metalearn_gui.engine.images.pictures import edges_of, is_light_paper

PLAIN = 0.02  # how far from black or white the paper of drawings is at most
LEAST_INK = 0.03  # how far from its paper a picture's ink is at least; else it is an empty sheet
MOST_SHADE = 0.25  # of the ink, that a paper's own light and shade may be


def picture_like(others: Array, data: bytes, pads: bool = True, inverts: bool = False) -> Array:
    """An image file as one more row of numbers in [0, 1], like the others as far as they are drawings.

    Among drawings on plain paper its paper becomes theirs, and its ink as strong: that of a photograph is grey on
    grey, that of a screen may be red on green. Among other grey pictures dark and light change places where the
    others' paper says so. Colours stay as they are.

    Args:
        others: rows (n, numbers) of the task, one number for each pixel of a square, or three.
        pads: keep the shape of what is no square; else it is squeezed, as images of a file are.
        inverts: of pictures in colour, whether the others are negatives.

    Raises:
        Unusable: damaged, of another format, or too large to be decoded.
    """
    count = others.shape[1]
    channels = 1 if math.isqrt(count) ** 2 == count else 3
    side = math.isqrt(count // channels)
    pixels = small(data, side, channels, pads).astype(np.float32) / np.float32(255.0)
    squares = others.reshape(-1, side, side, channels)
    if channels == 3:
        pixels = 1.0 - pixels if inverts else pixels
    elif len(squares) and _are_drawings(squares):
        ink = _ink(pixels)
        pixels = 1.0 - ink if is_light_paper(squares) else ink
    elif is_light_paper(pixels[None]) != is_light_paper(squares):
        pixels = 1.0 - pixels
    return np.asarray(pixels.ravel(), np.float32)


def _are_drawings(squares: Array) -> bool:
    """Whether most of what lies along the borders of these (n, side, side, 1) is plain black, or plain white."""
    paper = float(np.median(_border(squares)))
    return min(paper, 1.0 - paper) <= PLAIN


def _ink(pixels: Array) -> Array:
    """How much ink is where, in [0, 1], on a sheet that has the grey of most of its border."""
    off = pixels - np.median(_border(pixels[None]))
    off = off if off.max() > -off.min() else -off
    if off.max() < LEAST_INK:
        return np.zeros_like(pixels)
    shade = min(float(np.quantile(_border(off[None]), 0.9)), MOST_SHADE * float(off.max()))
    return np.asarray(np.clip((off - max(shade, 0.0)) / (off.max() - max(shade, 0.0)), 0.0, 1.0), np.float32)


def _border(squares: Array) -> Array:
    """The numbers along the edges of pictures (n, side, side, channels)."""
    return np.concatenate([edge.ravel() for edge in edges_of(squares)])
