"""How a learner adapts to tasks, from numpy to numpy: the path of predictions from step 0 to the last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet, capacity, padded
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.learners.base import fold
from metalearn_gui.engine.learners.inner_optimizers import parameters_of
from metalearn_gui.engine.programs import adaptation_program, prediction_program, way_program
from metalearn_gui.engine.settings import ExperimentSettings

__all__ = ["Path", "adapt", "fold", "outputs_adapted", "places_for", "predict_adapted", "told", "way_of"]

FEW = 8  # places in a step of what needs no compiling


class Path(NamedTuple):
    """One task or a batch of them, step by step.

    outputs: (steps + 1, tasks, points, output_dim); for classification the logarithms of probabilities, which are
        finite where a float of the probability would be 0.
    support_loss: (steps + 1, tasks).
    deviation: the predictions' standard deviations, for learners that say how sure they are.
    """

    outputs: Array
    support_loss: Array
    kind: str
    deviation: Array | None = None

    @property
    def predictions(self) -> Array:
        """The outputs as people read them: probabilities for classification."""
        return told(self.kind, self.outputs)


def told(kind: str, outputs: Array) -> Array:
    """Outputs of a kind of task as people read them: numbers, or probabilities of classes."""
    return np.exp(outputs) if kind == "classification" else outputs


def adapt(
    settings: ExperimentSettings,
    state: LearnerState,
    support: PointSet,
    query_x: Array,
    num_steps: int | None = None,
    compile: bool = True,
) -> Path:
    """Adapt to every task of a support set and predict at `query_x` after each step.

    Points are padded and masked, so that adding one neither retraces nor recompiles; not so where the network
    looks at queries together, which would count the padding.

    Args:
        settings: whose learner adapts; `state` is its learned state.
        support: x (tasks, points, ...), y as in episodes.py; any number of points, none as well.
        query_x: (tasks, points, ...).
        num_steps: adaptation steps; None = the settings' test_steps.
    """
    steps = settings.outer.test_steps if num_steps is None else num_steps
    program = adaptation_program(settings, steps, keep=True, compile=compile)
    query_x = np.asarray(query_x, np.float32)
    num_queries = query_x.shape[1]
    size = places_for(settings, num_queries)
    query_x = np.pad(query_x, [(0, 0), (0, size - num_queries)] + [(0, 0)] * (query_x.ndim - 2))
    query = PointSet(query_x, _no_targets(support.y, size))
    support = padded(support, places_for(settings, support.x.shape[1]))
    outputs, support_loss, *rest = program.run(state, support, query, settings.learner.live_values())
    deviation = rest[0][:, :, :num_queries] if rest else None
    return Path(outputs[:, :, :num_queries], support_loss, settings.tasks.kind, deviation)


def way_of(
    settings: ExperimentSettings,
    state: LearnerState,
    support: PointSet,
    num_steps: int | None = None,
    compile: bool = True,
) -> dict[str, Array]:
    """What adapts, by name, after steps 0..k: (steps + 1, tasks, ...), as `predict_adapted` takes it.

    Args: as of `adapt`.
    """
    steps = settings.outer.test_steps if num_steps is None else num_steps
    support = padded(support, places_for(settings, support.x.shape[1]))
    return parameters_of(way_program(settings, compile).run(state, support, steps, settings.learner.live_values()))


def predict_adapted(
    settings: ExperimentSettings, state: LearnerState, adapted: Mapping[str, Array], x: Array, compile: bool = True
) -> Array:
    """What a learner predicts once it is adapted to this, however it came to it.

    Args:
        adapted: what its `predict` needs, a leading task axis first (see Learner.begin).
        x: (tasks, points, ...).

    Returns: (tasks, points, output_dim); probabilities for classification.
    """
    return told(settings.tasks.kind, outputs_adapted(settings, state, adapted, x, compile))


def outputs_adapted(
    settings: ExperimentSettings, state: LearnerState, adapted: Mapping[str, Array], x: Array, compile: bool = True
) -> Array:
    """The same as Path's outputs are: of classes the logarithms of probabilities."""
    return prediction_program(settings, compile).run(state, adapted, x, settings.learner.live_values())


def places_for(settings: ExperimentSettings, num_points: int) -> int:
    """How many places so many points are padded to: a graph is soon traced again, and no place of it is free."""
    if settings.network.is_transductive:
        return num_points
    return capacity(num_points) if settings.network.compiles else max(1, -(-num_points // FEW)) * FEW


def _no_targets(like: Array, num_points: int) -> Array:
    return np.zeros((like.shape[0], num_points, *like.shape[2:]), like.dtype)
