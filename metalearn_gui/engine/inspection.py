"""What a learner shows about itself: the common views, which need no word of its own, and then its own.

View "context", where what adapts is one vector and no weight: that vector after each step, (steps + 1, tasks,
numbers), under its name. A vector of one's own in its place is what adaptation.predict_adapted takes.
View "maps", where the network looks at images: what each block makes of the first query image before adapting,
(height, width, channels) under "input", "block 1", ...
"""

from __future__ import annotations

import functools

import numpy as np

from metalearn_gui.engine.backend import Array, tf
from metalearn_gui.engine.episodes import Episodes, map_episodes
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.learners.base import Context, State, TrainingTasks, View
from metalearn_gui.engine.losses import LOSSES
from metalearn_gui.engine.scaling import Scaling, without_scaling
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.starts import explaining
from metalearn_gui.engine.trainer import EpisodeSource


def inspect(
    settings: ExperimentSettings, state: LearnerState, episodes: Episodes, num_steps: int | None = None
) -> list[View]:
    """The views of a learner on these episodes; run uncompiled, so a few times a second at most.

    Args:
        episodes: support and query sets with a leading task axis, numpy.
        num_steps: adaptation steps that "context" shows; None = the settings' test_steps.
    """
    steps = settings.outer.test_steps if num_steps is None else num_steps
    with explaining(settings.learner.fitted(settings.tasks), settings.network, state.params):
        return _views(settings, state, episodes, steps)


def _views(settings: ExperimentSettings, state: LearnerState, episodes: Episodes, steps: int) -> list[View]:
    scaling = Scaling.of(state.carry)
    seen = episodes if scaling is None else scaling.episodes(episodes)
    tensors, ctx, learned = map_episodes(tf.constant, seen), _context(settings, state), _learned(state)
    views = [
        *_maps(settings, learned, tensors, ctx),
        *_vector(settings, learned, tensors, ctx, steps),
        *settings.learner.inspect(learned, tensors, ctx),
    ]
    if settings.learner.shows_training_tasks:
        shown, drawn = _source(settings).training_tasks(state.iteration)
        listed = shown if scaling is None else scaling.episodes(shown)
        training = TrainingTasks(map_episodes(tf.constant, listed), drawn)
        views += settings.learner.inspect_training(learned, training, ctx)
    return views


def features(settings: ExperimentSettings, state: LearnerState, x: Array) -> Array:
    """Where the network puts rows before its head, as the view "prototypes" has them; run uncompiled.

    Args:
        x: (n, input_dim), numpy.

    Returns: (n, feature_dim).
    """
    scaling, learned = Scaling.of(state.carry), _learned(state)
    seen = x if scaling is None else scaling.inputs(x)
    found, _ = settings.network.features(
        learned.params, learned.carry, tf.constant(seen[None], tf.float32), None, _context(settings, state)
    )
    return np.asarray(found[0])


def _maps(settings: ExperimentSettings, learned: State, episodes: Episodes, ctx: Context) -> list[View]:
    names = {name for part in ("embedding", "body") for name in settings.network.parts.get(part, ())}
    if not names <= learned.params.keys() or not episodes.query.x.shape[1]:
        return []
    maps = settings.network.maps(learned.params, learned.carry, episodes.query.x[0, :1], ctx)
    if not maps:
        return []
    titles = ("input", *(f"block {place}" for place in range(1, len(maps))))
    return [View("maps", {title: np.asarray(values[0]) for title, values in zip(titles, maps, strict=True)})]


def _vector(settings: ExperimentSettings, learned: State, episodes: Episodes, ctx: Context, steps: int) -> list[View]:
    """The view "context", where there is one."""
    adapted = settings.learner.begin(learned, episodes.support, ctx)
    shared = set(settings.network.init(np.random.default_rng(0))[0])
    own = [name for name in adapted if "/" not in name]
    if len(own) != 1 or adapted.keys() & shared or adapted[own[0]].shape.rank != 2:
        return []
    path = [adapted]
    for _ in range(steps):
        path.append(settings.learner.adapt_step(learned, path[-1], episodes.support, ctx))
    return [View("context", {own[0]: np.stack([np.asarray(one[own[0]]) for one in path])})]


@functools.lru_cache(maxsize=1)
def _source(settings: ExperimentSettings) -> EpisodeSource:
    return EpisodeSource(settings)


def _context(settings: ExperimentSettings, state: LearnerState) -> Context:
    live = {name: tf.constant(value, tf.float32) for name, value in settings.learner.live_values().items()}
    loss = LOSSES[settings.tasks.kind]
    return Context(settings.network, loss, live, tf.constant(float(state.iteration)))


def _learned(state: LearnerState) -> State:
    parts = (state.params, without_scaling(state.carry))
    return State(*({name: tf.constant(values) for name, values in part.items()} for part in parts))
