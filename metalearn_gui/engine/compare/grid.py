"""A sweep: the same settings with every pair of values of one or two of them, as contenders."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.compare.contenders import Contender, contender_label, setting_values
from metalearn_gui.engine.compare.result import Comparison
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.switching import switched

MAX_AXES, MAX_CELLS = 2, 400


@dataclasses.dataclass(frozen=True)
class Axis:
    """A setting by its flat name, and the values that it takes."""

    name: str
    values: tuple[Any, ...]

    @classmethod
    def parse(cls, text: str) -> Axis:
        """An axis as people write it: inner_learning_rate=0.001,0.01,0.1.

        Raises:
            SettingError: it is none.
        """
        name, _, listed = text.partition("=")
        values = tuple(value.strip() for value in listed.split(",") if value.strip())
        if not name.strip() or not values:
            raise SettingError(f"The axis is {text[:60]!r}; expected a setting and its values, such as shots=1,5,10")
        return cls(name.strip(), values)

    @property
    def text(self) -> str:
        """The inverse of `parse`."""
        return f"{self.name}={','.join(map(str, self.values))}"

    def faults(self, settings: ExperimentSettings) -> tuple[str, ...]:
        """A line for every value that these settings cannot take, or that comes twice."""
        written: dict[Any, Any] = {}
        found = []
        for value in self.values:
            try:
                taken = switched(settings, **{self.name: value}).value(self.name)
            except SettingError as error:
                found.append(str(error))
                continue
            if taken in written:
                label = settings.param(self.name).label
                found.append(f"{label} ({self.name}) has {written[taken]} and {value}, the same twice; give it once")
            written.setdefault(taken, value)
        return tuple(dict.fromkeys(found))


@dataclasses.dataclass(frozen=True)
class Grid:
    """One or two axes. A cell's key is what `key` says; its place is (place on the first axis, on the second)."""

    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        names = [axis.name for axis in self.axes]
        if not 1 <= len(names) <= MAX_AXES or len(set(names)) < len(names):
            raise SettingError(
                f"A sweep goes over {', '.join(names) or 'nothing'}; give one setting or two different ones"
            )
        num_cells = math.prod(len(axis.values) for axis in self.axes)
        if num_cells > MAX_CELLS:
            raise SettingError(f"A sweep over {num_cells} cells is too many; give at most {MAX_CELLS}")

    @property
    def shape(self) -> tuple[int, ...]:
        """Values by axis."""
        return tuple(len(axis.values) for axis in self.axes)

    @property
    def names(self) -> tuple[str, ...]:
        """The settings, by flat name."""
        return tuple(axis.name for axis in self.axes)

    def key(self, place: Sequence[int]) -> str:
        """The key of the contender at a place."""
        return ", ".join(f"{axis.name}={axis.values[at]}" for axis, at in zip(self.axes, place, strict=True))

    def place(self, key: str) -> tuple[int, ...]:
        """The inverse of `key`."""
        return next(place for place in np.ndindex(*self.shape) if self.key(place) == key)

    def contenders(self, settings: ExperimentSettings, seeds: Sequence[int] = ()) -> tuple[Contender, ...]:
        """The settings of every cell.

        Raises:
            SettingError: a setting that there is not, a value out of its range or twice, or two that do not fit
                together.
        """
        faults = [line for axis in self.axes for line in axis.faults(settings)]
        if faults:
            raise SettingError(faults[0])
        places = itertools.product(*(range(length) for length in self.shape))
        return tuple(self._contender(settings, place, seeds) for place in places)

    def losses(self, comparison: Comparison, step: int | None = None) -> Array:
        """The mean loss of every cell at a step, else after as many steps as training takes.

        NaN where none is yet, infinite where a run diverged: the loss of its last good state is no result.
        """
        found = np.full(self.shape, np.nan)
        entries = {entry.key: entry for entry in comparison.entries}
        for place in np.ndindex(*self.shape):
            entry = entries.get(self.key(place))
            if entry is not None:
                mean = entry.mean(entry.trained_steps if step is None else step)
                found[place] = np.inf if entry.has_diverged or not math.isfinite(mean) else mean
        return found

    def _contender(self, settings: ExperimentSettings, place: Sequence[int], seeds: Sequence[int]) -> Contender:
        values = {axis.name: axis.values[at] for axis, at in zip(self.axes, place, strict=True)}
        try:
            changed = switched(settings, **values)
        except SettingError as error:  # each alone can be
            pair = " and ".join(setting_values({name: value}) for name, value in values.items())
            raise SettingError(f"{pair[:1].upper()}{pair[1:]} do not fit together: {error}") from None
        return Contender(self.key(place), changed, tuple(seeds), contender_label(changed.learner.key, values))
