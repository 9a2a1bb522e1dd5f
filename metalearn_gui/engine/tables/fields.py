"""A table's columns as they lie in points: the value of a column out of a row of numbers, and into it again.

A number or a date takes one place of a point, a category one for each of its labels. A field's value is that number
(a date: days since 1970), or the place of the label among the labels, OTHER for a label that no place stands for.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.tables.table import date_text

OTHER = -1
OTHER_TEXT = "other"
LARGEST = float(np.finfo(np.float32).max)
SHOWN_LABELS = 5
NEARBY = 1e-5  # of a number, that its neighbours are shown with
_SAME = str.maketrans({"\u2212": "-", "\u2009": None, "\u00a0": None})


@dataclasses.dataclass(frozen=True)
class Field:
    """One column. start: its first place; low, high: of its values in the table; is_daily: dates without a time."""

    name: str
    kind: str
    start: int
    labels: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    is_daily: bool = False

    @property
    def is_category(self) -> bool:
        return bool(self.labels)

    @property
    def places(self) -> slice:
        """Where it lies in a point."""
        return slice(self.start, self.start + max(1, len(self.labels)))

    @property
    def span(self) -> tuple[float, float]:
        """An interval that holds every value, longer than 0."""
        if self.is_category:
            return -0.5, len(self.labels) - 0.5
        around = max(0.5, NEARBY * abs(self.low))  # of a huge number half a unit more is the same number
        return (self.low, self.high) if self.high > self.low else (self.low - around, self.low + around)

    def values(self, points: Array) -> Array:
        """Values (n,) in points (n, dim)."""
        own = points[:, self.places]
        if not self.is_category:
            return np.asarray(own[:, 0], np.float64)
        return np.where(own.any(axis=1), own.argmax(axis=1), OTHER)

    def put(self, points: Array, values: Array | float) -> Array:
        """Points (n, dim) with other values (n,) of this column."""
        changed = np.array(points, np.float32)
        if self.is_category:
            places = np.broadcast_to(np.asarray(values, int), len(changed))
            changed[:, self.places] = places[:, None] == np.arange(len(self.labels))
        else:
            changed[:, self.start] = values
        return changed

    def nearest(self, value: float) -> float:
        """A value of this column near a number: a label's place is a whole one, and so is a day."""
        if self.is_category:
            return float(min(max(round(value), 0), len(self.labels) - 1))
        return float(np.clip(round(value) if self.is_daily else value, -LARGEST, LARGEST))

    def steps(self, count: int) -> Array:
        """Values all over its range: so many, or one for each label."""
        return np.arange(len(self.labels)) if self.is_category else np.linspace(*self.span, count)

    def text(self, value: float) -> str:
        """A value as a person reads and types it."""
        if self.is_category:
            return self.labels[int(value)] if 0 <= value < len(self.labels) else OTHER_TEXT
        if self.kind == "date" and math.isfinite(value):
            return date_text(float(value))
        return str(np.float32(value)).removesuffix(".0").replace("-", "\u2212")

    def parsed(self, text: str) -> float:
        """The inverse of `text`.

        Raises:
            SettingError: it is no value of this column.
        """
        return _PARSERS["category" if self.is_category else self.kind](self, text.strip())

    def refusal(self, text: str, expected: str) -> SettingError:
        """What is wrong with a cell, in one line."""
        return SettingError(f"{self.name[:40]} is {text[:40]!r}; expected {expected}")


def _label(field: Field, text: str) -> float:
    if text in field.labels:
        return float(field.labels.index(text))
    shown = ", ".join(field.labels[:SHOWN_LABELS])
    more = f" or {len(field.labels) - SHOWN_LABELS} more" if len(field.labels) > SHOWN_LABELS else ""
    raise field.refusal(text, f"one of {shown}{more}")


def _number(field: Field, text: str) -> float:
    plain = text.translate(_SAME)
    try:
        value = float(plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain)
    except ValueError:
        value = math.nan
    if not abs(value) <= LARGEST:
        raise field.refusal(text, "a number such as 2.5")
    return value


def _days(field: Field, text: str) -> float:
    try:
        moment = np.datetime64(text.translate(_SAME).replace(" ", "T"), "s")
        days = float((moment - np.datetime64("1970-01-01", "s")) / np.timedelta64(1, "D"))
    except ValueError:
        days = math.nan
    if math.isnan(days):
        raise field.refusal(text, "a date such as 2024-03-31")
    return days


_PARSERS = {"category": _label, "number": _number, "date": _days}


@dataclasses.dataclass(frozen=True)
class Fields:
    """The columns of a table's points: inputs in x; targets in y, or the class that y is the number of."""

    inputs: tuple[Field, ...]
    targets: tuple[Field, ...]
    are_classes: bool

    @property
    def every(self) -> tuple[Field, ...]:
        """Inputs, then targets."""
        return self.inputs + self.targets

    def target_values(self, y: Array) -> Array:
        """Values (n, targets) of targets: y (n, output_dim), or class numbers (n,)."""
        return y[:, None] if self.are_classes else y


def fields_of(
    inputs: Sequence[str], targets: Sequence[str], kinds: Mapping[str, str],
    labels: Mapping[str, Sequence[str]], cells: Array, y: Array,
) -> Fields:  # fmt: skip
    """Columns by name, with their ranges.

    Args:
        cells: (n, inputs), a number or the place of a label.
        y: (n, targets), or class numbers (n,).
    """
    are_classes = y.ndim == 1
    own = _laid_out(inputs, kinds, labels, cells)
    return Fields(own, _laid_out(targets, kinds, labels if are_classes else {}, y.reshape(len(y), -1)), are_classes)


def _laid_out(
    names: Sequence[str], kinds: Mapping[str, str], labels: Mapping[str, Sequence[str]], cells: Array
) -> tuple[Field, ...]:
    fields, start = [], 0
    for name, column in zip(names, cells.T, strict=True):
        known = tuple(labels.get(name, ()))
        kind = "category" if known else kinds.get(name, "number")
        is_daily = kind == "date" and bool((column == np.floor(column)).all())
        fields.append(Field(name, kind, start, known, float(column.min()), float(column.max()), is_daily))
        start = fields[-1].places.stop
    return tuple(fields)
