"""Many runs as places along parallel axes: the settings in which they differ, and the loss that each has come to."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.settings import CHOICES, ExperimentSettings
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.axis import linear_ticks, log_ticks
from metalearn_gui.ui.run_names import flat_values, setting_label, value_text
from metalearn_gui.ui.run_traces import trained_step_loss
from metalearn_gui.ui.text import number_text

MOST_SETTINGS = 9  # more axes than that cannot be read side by side
FEW = 7  # values that each get a tick
LOG_FROM = 20.0  # largest over smallest value of an axis in equal steps of the logarithm


@dataclasses.dataclass(frozen=True, eq=False)
class RunAxis:
    """places: of each run, 0 below to 1 above, NaN where it has none. ticks: places and their texts."""

    name: str
    places: Array
    ticks: tuple[tuple[float, str], ...]


def final_losses(runs: Sequence[RunRecord]) -> Array:
    """On unseen tasks after each one's own adaptation steps; NaN before the first evaluation and where it diverged."""
    losses = [math.nan if run.latest_scores is None else trained_step_loss(run, run.latest_scores) for run in runs]
    return np.where(np.isfinite(losses), losses, np.nan)


class SettingsRead:
    """Keeps what it has read of each run's settings: a thousand runs are asked about again and again."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[ExperimentSettings, dict[str, Any]]] = {}

    def of(self, runs: Sequence[RunRecord]) -> list[dict[str, Any]]:
        """Every setting by flat name, of each run."""
        known, self._read = self._read, {}
        for run in runs:
            before = known.get(run.run_id)
            if before is None or before[0] is not run.settings:
                before = run.settings, _read(run.settings)
            self._read[run.run_id] = before
        return [self._read[run.run_id][1] for run in runs]


def _read(settings: ExperimentSettings) -> dict[str, Any]:
    """By flat name; what has a name of its own by that."""
    return flat_values(settings) | {"task_family": settings.tasks.label, "learner": settings.learner.label}


def axes_of(runs: Sequence[RunRecord], values: Sequence[dict[str, Any]]) -> list[RunAxis]:
    """Axes of the settings that differ, no more than can be read; the loss is the last one.

    What differs between runs of one learner and family goes before what comes with these.

    Args:
        values: of the settings by flat name, of each run.
    """
    names = dict.fromkeys(name for one in values for name in one)
    columns = {name: [one.get(name) for one in values] for name in names}
    differing = [name for name, column in columns.items() if len({str(value) for value in column} - {"None"}) > 1]
    choices = list(zip(*(columns[name] for name in CHOICES), strict=True))

    def rank(name: str) -> tuple[bool, bool, int]:
        return name not in CHOICES, not _differs_within(columns[name], choices), columns[name].count(None)

    common = sorted(differing, key=rank)[:MOST_SETTINGS]
    axes = [axis_of(setting_label(name), columns[name]) for name in sorted(common, key=list(names).index)]
    loss = QCoreApplication.translate("RunAxes", "loss on unseen tasks")
    return [*axes, axis_of(loss, [None if math.isnan(one) else one for one in final_losses(runs).tolist()])]


def _differs_within(column: Sequence[Any], kinds: Sequence[object]) -> bool:
    """Whether runs of one kind differ in it: what comes with a learner alone, its axis says already."""
    known = {(kind, str(value)) for kind, value in zip(kinds, column, strict=True) if value is not None}
    return len(known) > len({kind for kind, _ in known})


def axis_of(name: str, values: Sequence[Any]) -> RunAxis:
    """An axis of numbers, or of words in the order in which they come. None: a run has no such value."""
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        return _of_numbers(name, np.array([math.nan if value is None else value for value in values], float))
    words = list(dict.fromkeys(value_text(value) for value in known))
    at = {word: (place + 0.5) / len(words) for place, word in enumerate(words)}
    places = [math.nan if value is None else at[value_text(value)] for value in values]
    return RunAxis(name, np.array(places, float), tuple((place, word) for word, place in at.items()))


def _of_numbers(name: str, numbers: Array) -> RunAxis:
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return RunAxis(name, numbers, ())
    is_log = known.min() > 0 and known.max() / known.min() >= LOG_FROM
    low, high = float(known.min()), float(known.max())
    ends = np.log10([low, high]) if is_log else np.array([low, high])

    def place(values: Array) -> Array:
        at = np.log10(values) if is_log else np.asarray(values, float)
        return (at - ends[0]) / (ends[1] - ends[0]) if ends[1] > ends[0] else np.where(np.isfinite(at), 0.5, np.nan)

    distinct = np.unique(known)
    round_ones = log_ticks(low, high, FEW) if is_log else linear_ticks(low, high, FEW)
    marked = np.array(distinct if len(distinct) <= FEW else round_ones, float)
    ticks = tuple(zip(place(marked).tolist(), map(number_text, marked.tolist()), strict=True))
    return RunAxis(name, place(numbers), ticks)
