"""Two gradients at the start of a learner: of the loss before adapting, and of the loss after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, map_episodes
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.programs import gradients_program
from metalearn_gui.engine.settings import ExperimentSettings


class TwoGradients(NamedTuple):
    """By the name of what is meta-learned, (tasks, ...) each.

    base: of L, the support loss before adapting. meta: of R, the query loss after as many steps as training takes,
    through the adaptation as this learner does it: second derivatives are in it or taken as 0.
    """

    base: Mapping[str, Array]
    meta: Mapping[str, Array]


def two_gradients(
    settings: ExperimentSettings, state: LearnerState, episodes: Episodes, compile: bool = True
) -> TwoGradients:
    """Of every task alone. episodes: (tasks, points, ...), numpy."""
    program, live = gradients_program(settings, compile), settings.learner.live_values()
    pairs = [program.run(state, _one(episodes, task), live) for task in range(len(episodes.query.x))]
    base, meta = ({name: np.stack([pair[part][name] for pair in pairs]) for name in state.params} for part in (0, 1))
    return TwoGradients(base, meta)


def flat(gradients: Mapping[str, Array]) -> Array:
    """All of a task's gradient in one row, (tasks, numbers), in the order of the names."""
    rows = [np.asarray(values, np.float64).reshape(len(values), -1) for values in gradients.values()]
    return np.concatenate(rows, axis=1)


def cosine(one: Array, other: Array) -> float:
    """Of two vectors; NaN where one of them is 0 or not finite."""
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / size if size > 0 and np.isfinite(size) else float("nan")


def agreement(rows: Array) -> Array:
    """The cosines between all pairs of rows, NaN for a row that is 0 or not finite."""
    sizes = np.linalg.norm(rows, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        units = rows / np.where(sizes > 0, sizes, np.nan)[:, None]
    return np.asarray(units @ units.T)


def _one(episodes: Episodes, task: int) -> Episodes:
    return map_episodes(lambda values: values[task : task + 1], episodes)
