"""Moments of a run that can be shown and gone on from: states on the way, thinned as they become many."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.events import LearnerState, TrainingState

Moments = tuple[TrainingState, ...]


class HasMoments(Protocol):
    """A run, as far as it matters here."""

    run_id: str
    moments: Moments


MOST, FEWEST = 32, 3
ALL_BYTES = 100_000_000  # of a session's
MOST_BYTES = 4_000_000  # of one run's moments, but for the fewest


def with_moment(moments: Moments, state: TrainingState) -> Moments:
    """These and a newer one, within the bounds; of the same meta-iteration the newer one stays."""
    older = tuple(one for one in moments if one.iteration < state.iteration)
    return thinned((*older, state), min(MOST, max(FEWEST, MOST_BYTES // max(bytes_of(state), 1))))


def thinned(moments: Moments, most: int) -> Moments:
    """At most so many, spread evenly over the logarithm of the meta-iteration; the first and the last stay."""
    kept = list(moments)
    while len(kept) > max(most, 2):
        gaps = [math.log1p(after.iteration) - math.log1p(before.iteration)
                for before, after in zip(kept[:-2], kept[2:], strict=True)]  # fmt: skip
        del kept[1 + gaps.index(min(gaps))]
    return tuple(kept)


def nearest(moments: Sequence[TrainingState], iteration: int) -> TrainingState:
    """The moment that is closest to a meta-iteration; of two the earlier one."""
    return min(moments, key=lambda one: (abs(one.iteration - iteration), one.iteration))


def bound_together(runs: Sequence[HasMoments], spared: Collection[str]) -> None:
    """Thin the moments of the oldest runs until all together are within bounds.

    Args:
        spared: ids of runs that stay as they are.
    """
    sizes = {run.run_id: _bytes_of_all(run.moments) for run in runs}
    for run in runs:
        if sum(sizes.values()) <= ALL_BYTES:
            return
        if run.run_id not in spared:
            run.moments = thinned(run.moments, 2)
            sizes[run.run_id] = _bytes_of_all(run.moments)


def _bytes_of_all(moments: Moments) -> int:
    """Those of a run have the shapes of its newest: a session of a thousand runs is looked through at each new one."""
    return len(moments) * bytes_of(moments[-1]) if moments else 0


def bytes_of(state: TrainingState) -> int:
    """What a state takes in memory; arrays that others hold as well count."""
    beside = (*state.baselines.values(), *state.best_baselines.values())
    learners = (state.learner, *beside, *([state.best] if state.best else []))
    return sum(_bytes_of_learner(learner) for learner in learners)


def _bytes_of_learner(state: LearnerState) -> int:
    groups: tuple[Mapping[str, Array], ...] = (state.params, state.carry, state.moments)
    return sum(int(values.nbytes) for group in groups for values in group.values())
