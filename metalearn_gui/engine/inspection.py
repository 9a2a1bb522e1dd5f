"""What a learner shows about itself: the common views, which need no word of its own, and then its own.

View "moved": for every parameter of the base network and everything else that adapts, how far it is from step
0 after each step (Euclidean norm), (steps + 1,) by name; parameters that never adapt stay at 0.
"""

from __future__ import annotations

import numpy as np

from metalearn_gui.engine.backend import Array, tf
from metalearn_gui.engine.episodes import Episodes, map_episodes
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.learners.base import Adapted, Context, State, View
from metalearn_gui.engine.losses import LOSSES
from metalearn_gui.engine.settings import ExperimentSettings


def inspect(
    settings: ExperimentSettings, state: LearnerState, episodes: Episodes, num_steps: int | None = None
) -> list[View]:
    """The views of a learner on these episodes; run uncompiled, so a few times a second at most.

    Args:
        episodes: support and query sets with a leading task axis, numpy.
        num_steps: adaptation steps that "moved" shows; None = the settings' test_steps.
    """
    tensors, ctx, learned = map_episodes(tf.constant, episodes), _context(settings, state), _learned(state)
    steps = settings.outer.test_steps if num_steps is None else num_steps
    common = [View("moved", _moved(settings, learned, tensors, ctx, steps))]
    return common + settings.learner.inspect(learned, tensors, ctx)


def _moved(
    settings: ExperimentSettings, state: State, episodes: Episodes, ctx: Context, num_steps: int
) -> dict[str, Array]:
    learner = settings.learner
    start = adapted = learner.begin(state, episodes.support, ctx)
    shared = settings.network.init(np.random.default_rng(0))[0]
    names = list(shared) + [name for name in start if name not in shared and "/" not in name]
    path = {name: np.zeros(num_steps + 1, np.float32) for name in names}
    for step in range(1, num_steps + 1):
        adapted = learner.adapt_step(state, adapted, episodes.support, ctx)
        for name in names:
            path[name][step] = _distance(start, adapted, name)
    return path


def _distance(start: Adapted, adapted: Adapted, name: str) -> float:
    return float(tf.norm(adapted[name] - start[name])) if name in start else 0.0


def _context(settings: ExperimentSettings, state: LearnerState) -> Context:
    live = {name: tf.constant(value, tf.float32) for name, value in settings.learner.live_values().items()}
    loss = LOSSES[settings.tasks.kind]
    return Context(settings.network, loss, live, tf.constant(float(state.iteration)), seed=settings.seed)


def _learned(state: LearnerState) -> State:
    parts = (state.params, state.carry)
    return State(*({name: tf.constant(values) for name, values in part.items()} for part in parts))
