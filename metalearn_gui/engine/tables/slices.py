"""Slices through a table's inputs: one or two of them vary, the others stay as one row has them."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tables.fields import Field, Fields

NO_INPUT = -1
MOST_SLICES = 6  # side by side
LINE_STEPS, SHORT_STEPS, PLANE_STEPS = 101, 33, 31  # of a number's range; with the rows they fit padded places well


def central_row(fields: Fields, x: Array) -> int:
    """The row (n, dim) whose numbers lie nearest to the middle of all: slices through it say most."""
    numbers = [field for field in fields.inputs if not field.is_category]
    if not len(x) or not numbers:
        return 0
    places = np.stack([field.values(x) / (field.span[1] - field.span[0]) for field in numbers], axis=1)
    return int(np.argmin(((places - places.mean(axis=0)) ** 2).sum(axis=1)))


@dataclasses.dataclass(frozen=True)
class Slice:
    """One input along a line, or two across a plane. steps: of a number's range."""

    across: Field
    up: Field | None
    steps: int

    @functools.cached_property
    def values(self) -> tuple[Array, Array]:
        """Of the input across, and of the one upward: (1,) where there is none."""
        return self.across.steps(self.steps), np.zeros(1) if self.up is None else self.up.steps(self.steps)

    @property
    def shape(self) -> tuple[int, int]:
        """Values upward, values across."""
        across, up = self.values
        return len(up), len(across)

    def points(self, row: Array) -> Array:
        """Points (n, dim) like this row (dim,), the lowest line first."""
        across, up = self.values
        points = np.repeat(row[None], len(across) * len(up), axis=0)
        points = self.across.put(points, np.tile(across, len(up)))
        return points if self.up is None else self.up.put(points, np.repeat(up, len(across)))


@dataclasses.dataclass(frozen=True)
class Slices:
    """What is looked at of a task.

    first, second: numbers of inputs; without a first one every input has a line of its own, MOST_SLICES at most, and
        two inputs have a plane. row: of the support rows and then the query rows, whose other inputs are kept.
    """

    fields: Fields
    first: int = NO_INPUT
    second: int = NO_INPUT
    row: int = 0

    @functools.cached_property
    def cuts(self) -> tuple[Slice, ...]:
        """The slices, in the order of their points."""
        inputs = self.fields.inputs
        if self.first == NO_INPUT and len(inputs) > 2:
            return tuple(Slice(field, None, SHORT_STEPS) for field in inputs[:MOST_SLICES])
        first, second = self.first, self.second
        if first == NO_INPUT:
            first, second = 0, len(inputs) - 1 or NO_INPUT
        if second in (first, NO_INPUT):
            return (Slice(inputs[first], None, LINE_STEPS),)
        return (Slice(inputs[first], inputs[second], PLANE_STEPS),)

    def points(self, rows: Array) -> Array:
        """Places (n, dim) of all slices through one of these rows (m, dim)."""
        row = rows[min(self.row, len(rows) - 1)] if len(rows) else np.zeros(rows.shape[1], np.float32)
        return np.concatenate([cut.points(row) for cut in self.cuts])

    def parted(self, values: Array) -> list[Array]:
        """Values (n, k) at those places, slice by slice: (up, across, k)."""
        ends = np.cumsum([cut.shape[0] * cut.shape[1] for cut in self.cuts])
        parts = np.split(values, ends[:-1])
        return [part.reshape(*cut.shape, -1) for part, cut in zip(parts, self.cuts, strict=True)]
