"""A drawing: the strokes of a hand on an empty sheet, and the same strokes where the pictures of a task have theirs.

Strokes are drawn anew at the other place and size, so that the pen stays as wide as those of the pictures.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.pixels import side_of, with_stroke

ERASER = 2.2  # times as wide as the pen
INKED = 0.15  # of its darkest pixel, from which on a pixel counts as ink
ZOOM = (0.4, 4.0)  # how much smaller or larger a drawing is made at most: a dot stays one


class Stroke(NamedTuple):
    """Where pen or eraser went, in pixels of the picture."""

    places: tuple[QPointF, ...]
    erases: bool


class InkBox(NamedTuple):
    """Where the ink of a picture lies, in its pixels."""

    centre: Array  # x, y
    side: float  # the longer one


@dataclasses.dataclass(frozen=True)
class Drawing:
    """A picture as a row of numbers, with all strokes that made it; None where it was not drawn by a hand alone."""

    values: Array
    strokes: tuple[Stroke, ...] | None

    @classmethod
    def on(cls, values: Array) -> Drawing:
        """A picture that is to be drawn on."""
        return cls(values, None if np.any(values > 0.0) else ())

    def with_part(self, part: tuple[QPointF, ...], width: float, erases: bool, goes_on: bool) -> Drawing:
        """With one more stroke, or a further part of the last one, which begins where that ends."""
        values = with_stroke(self.values, list(part), ink_width(width, erases), erases)
        if self.strokes is None:
            return Drawing(values, None)
        if goes_on and self.strokes:
            longer = Stroke(self.strokes[-1].places + part[1:], erases)
            return Drawing(values, (*self.strokes[:-1], longer))
        return Drawing(values, (*self.strokes, Stroke(part, erases)))

    def fitted(self, box: InkBox, width: float) -> Array:
        """The strokes with their ink in the middle and at the size of this box; as they are on anything but a sheet."""
        own = ink_box(self.values)
        if own is None or not self.strokes:
            return self.values
        zoom = float(np.clip((box.side - width) / max(own.side - width, 1e-6), *ZOOM))
        values = np.zeros_like(self.values)
        for places, erases in self.strokes:
            moved = (box.centre + zoom * (np.array([(at.x(), at.y()) for at in places]) - own.centre)).tolist()
            scale = zoom if erases else 1.0
            values = with_stroke(values, [QPointF(*at) for at in moved], scale * ink_width(width, erases), erases)
        return values


def ink_width(width: float, erases: bool) -> float:
    """Of what a pen of this width leaves, or the eraser beside it takes."""
    return width * (ERASER if erases else 1.0)


def ink_box(values: Array) -> InkBox | None:
    """Of one picture; None where there is no ink."""
    side = side_of(len(values))
    ink = np.nan_to_num(values).reshape(side, side, -1).mean(axis=-1)
    if ink.max() <= 0.0:
        return None
    ends = np.array([_ends(ink.max(axis=axis) / ink.max()) for axis in (0, 1)])
    return InkBox(ends.mean(axis=1), float(np.max(ends[:, 1] - ends[:, 0])))


def _ends(inked: Array) -> tuple[float, float]:
    """From where to where, by the darkest pixel of every column (or row): a pixel at the edge is partly covered."""
    first, last = np.flatnonzero(inked > INKED)[[0, -1]].tolist()
    return first + 1.0 - inked[first], last + inked[last]


def usual_ink_box(pictures: Array) -> InkBox | None:
    """The mean over pictures (n, numbers), of those with ink."""
    boxes = [box for box in map(ink_box, pictures) if box is not None]
    if not boxes:
        return None
    return InkBox(np.mean([box.centre for box in boxes], axis=0), float(np.mean([box.side for box in boxes])))
