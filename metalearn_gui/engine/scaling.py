"""Own data in its own units: figures of the training tasks that numbers are scaled by on their way in and out.

The learner sees inputs and targets of mean 0 and deviation 1; whoever shows a loss, a prediction or a point sees
the data's own units. The figures lie in the learner's carry, so they go wherever its state goes: into sessions,
onto other machines and into every export.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

import numpy as np

from metalearn_gui.engine.backend import Array, Tensor
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.params import SettingError

PREFIX = "scaling/"
# Of the largest number of a column, about what float32 tells apart there: a constant one is only moved, never blown up.
SMALLEST_DEVIATION = 1e-7


class Scaling(NamedTuple):
    """Mean and deviation of every input, (input_dim,), and of every target, (output_dim,); float32."""

    x_mean: Array
    x_deviation: Array
    y_mean: Array
    y_deviation: Array

    @classmethod
    def fitted(cls, x: Array, y: Array) -> Self:
        """By rows of inputs (n, input_dim) and of targets (n, output_dim)."""
        return cls(*_figures(x), *_figures(y))

    @classmethod
    def of(cls, carry: Mapping[str, Array]) -> Self | None:
        """What a learner's carry holds; None where numbers are taken as they are."""
        if PREFIX + cls._fields[0] not in carry:
            return None
        return cls(*(np.asarray(carry[PREFIX + name]) for name in cls._fields))

    def carried(self) -> dict[str, Array]:
        """Entries for a learner's carry."""
        return {PREFIX + name: np.asarray(values, np.float32) for name, values in self._asdict().items()}

    def inputs(self, x: Tensor) -> Tensor:
        """Inputs (..., input_dim) as the learner sees them.

        Raises:
            SettingError: the learner was trained on inputs of another kind, by another version of the program.
        """
        if x.shape[-1] != len(self.x_mean):
            raise SettingError(
                f"This learner takes {len(self.x_mean)} inputs and its tasks have {x.shape[-1]} now: another version "
                "made it; train anew, or open its file with that version"
            )
        return (x - self.x_mean) / self.x_deviation

    def targets(self, y: Tensor) -> Tensor:
        """Targets (..., output_dim) as the learner sees them; class ids are left alone."""
        return (y - self.y_mean) / self.y_deviation if len(self.y_mean) else y

    def points(self, points: PointSet) -> PointSet:
        """A point set as the learner sees it."""
        return PointSet(self.inputs(points.x), self.targets(points.y), points.mask)

    def episodes(self, episodes: Episodes) -> Episodes:
        """Both point sets as the learner sees them."""
        return Episodes(self.points(episodes.support), self.points(episodes.query), episodes.classes)

    def predictions(self, values: Tensor) -> Tensor:
        """Predicted numbers (..., output_dim) in the data's own units; probabilities are left alone."""
        return values * self.y_deviation + self.y_mean if len(self.y_mean) else values

    def deviations(self, values: Tensor) -> Tensor:
        """Standard deviations of predictions in the data's own units."""
        return values * self.y_deviation if len(self.y_mean) else values

    def unit(self, num_outputs: int) -> Array:
        """What outputs are multiplied by to be in the data's own units, (num_outputs,); 1 for classes."""
        return self.y_deviation if len(self.y_mean) else np.ones(num_outputs, np.float32)

    @property
    def loss_unit(self) -> float:
        """What a training loss is multiplied by to be in the data's own units.

        Exact for one target. Several are trained in variances, each alike: there it takes every target's error for the
        same share of its variance. Scores of unseen tasks are exact for any number of targets (`unit`).
        """
        return float(np.mean(np.square(self.y_deviation, dtype=np.float64))) if len(self.y_mean) else 1.0

    @property
    def log_unit(self) -> float:
        """What is added to a negative log likelihood, in nats per number, to be one of the data's own units."""
        return float(np.mean(np.log(self.y_deviation, dtype=np.float64))) if len(self.y_mean) else 0.0


def without_scaling(carry: Mapping[str, Array]) -> dict[str, Array]:
    """A carry without the figures: what learners and networks know of."""
    return {name: values for name, values in carry.items() if not name.startswith(PREFIX)}


def only_scaling(carry: Mapping[str, Array]) -> dict[str, Array]:
    """The figures alone, as entries of a carry."""
    return {name: values for name, values in carry.items() if name.startswith(PREFIX)}


def _figures(values: Array) -> tuple[Array, Array]:
    values = np.asarray(values, np.float64)
    if not values.shape[1]:
        return np.zeros(0, np.float32), np.ones(0, np.float32)
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    # Whatever the unit, 4e-7 m is as good as 400 nm, as long as float32 has a place for it.
    smallest = np.maximum(SMALLEST_DEVIATION * np.abs(values).max(axis=0), np.finfo(np.float32).tiny)
    return mean.astype(np.float32), np.where(deviation > smallest, deviation, 1.0).astype(np.float32)
