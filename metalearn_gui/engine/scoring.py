"""One learner tried on episodes: losses by step, with intervals over tasks, in slices that memory bears."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes
from metalearn_gui.engine.events import LearnerState, StepScores
from metalearn_gui.engine.intervals import tasks_interval
from metalearn_gui.engine.programs import adaptation_program
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.unseen import slice_of, unseen_parts

SLICE = 200  # tasks in one call, at most; losses only are kept
SLICE_NUMBERS = 2**23  # and so many activations of the widest layer: more fill memory and win no time
SLICE_WEIGHTS = 2**26  # and so many weights of the tasks' own: four layers of 512 units have 80 tasks of them
WATCHED_NUMBERS, FEWEST_TASKS = 2**27, 30  # such activations in one look at unseen tasks while training goes on
GRAPH_NUMBERS = 2**17  # what a task takes the time of at least in a graph, where every operation is called by itself


def score(
    settings: ExperimentSettings,
    state: LearnerState,
    episodes: Episodes,
    compile: bool = True,
    identity: Array | None = None,
    tell: Callable[[int], None] | None = None,
) -> StepScores:
    """One learner on given episodes, in slices of tasks.

    Args:
        identity: which task each is, as `TaskFamily.identity`.
        tell: takes the number of tasks tried, after every slice.
    """
    return summary(settings, [by_task(settings, state, episodes, compile, tell)], identity)


def score_unseen(
    settings: ExperimentSettings, state: LearnerState, num_tasks: int, seed: int, compile: bool = True
) -> StepScores:
    """One learner on unseen tasks of the test split, drawn group by group so that any number fits into memory."""
    tasks, parts = unseen_parts(settings, num_tasks, seed, "test")
    rows = [by_task(settings, state, part, compile) for part in parts]
    return summary(settings, rows, settings.tasks.identity(tasks))


def by_task(
    settings: ExperimentSettings,
    state: LearnerState,
    episodes: Episodes,
    compile: bool,
    tell: Callable[[int], None] | None = None,
) -> list[Array]:
    """Losses and accuracies by step and task."""
    steps = settings.outer.test_steps
    taken = min(steps, 1) if settings.learner.adapts_once else steps
    program = adaptation_program(settings, taken, keep=False, compile=compile)
    live = settings.learner.live_values()
    num_tasks = episodes.query.x.shape[0]
    size = slice_size(settings, episodes)
    size = size if compile else min(size, num_tasks)  # only a compiled program needs one shape for all
    parts = []
    for start in range(0, num_tasks, size):
        part = slice_of(episodes, start, size)
        parts.append(program.run(state, part.support, part.query, live))
        if tell is not None:
            tell(min(start + size, num_tasks))
    rows = [np.concatenate(column, axis=1)[:, :num_tasks].astype(np.float64) for column in zip(*parts, strict=True)]
    return [np.concatenate([values, np.repeat(values[-1:], steps - taken, axis=0)]) for values in rows]


def summary(settings: ExperimentSettings, groups: Sequence[Sequence[Array]], identity: Array | None) -> StepScores:
    loss, known = (np.concatenate(column, axis=1) for column in zip(*groups, strict=True))
    accuracy = known if settings.tasks.kind == "classification" else None
    with np.errstate(invalid="ignore", over="ignore"):  # a learner may diverge beyond its trained steps
        return StepScores(
            loss=loss.mean(axis=1),
            loss_median=np.median(loss, axis=1),
            loss_ci95=tasks_interval(loss, identity),
            accuracy=None if accuracy is None else accuracy.mean(axis=1),
            accuracy_ci95=None if accuracy is None else tasks_interval(accuracy, identity),
            losses=loss,
            accuracies=accuracy,
            identity=identity,
        )


def watched_tasks(settings: ExperimentSettings, asked: int) -> int:
    """How many of the unseen tasks asked for are tried while training goes on: all, or what takes about a second."""
    if settings.network.compiles:
        return asked
    numbers = _numbers_of(settings, settings.points_per_task) * (settings.outer.test_steps + 1)
    return min(asked, max(FEWEST_TASKS, WATCHED_NUMBERS // numbers))


def slice_size(settings: ExperimentSettings, episodes: Episodes) -> int:
    """How many of these tasks are adapted to in one call: as many as memory bears."""
    return tasks_in_one_call(settings, int(episodes.support.x.shape[1] + episodes.query.x.shape[1]))


def tasks_in_one_call(settings: ExperimentSettings, num_points: int) -> int:
    """The same of tasks with so many points."""
    weights = settings.learner.held(settings.network).per_task
    by_weights = SLICE_WEIGHTS // weights if weights else SLICE
    return max(1, min(SLICE, by_weights, SLICE_NUMBERS // _numbers_of(settings, num_points)))


def _numbers_of(settings: ExperimentSettings, num_points: int) -> int:
    """Activations of the widest layer by which a step on one task is measured."""
    numbers = num_points * settings.network.largest_activation
    return numbers if settings.network.compiles else max(numbers, GRAPH_NUMBERS)


def finite(value: float) -> float | None:
    """A number for JSON, which has no NaN and no infinity."""
    return float(value) if math.isfinite(value) else None


def to_json(scores: StepScores) -> list[Mapping[str, float | None]]:
    """The rows of `evaluate --json`."""
    columns = {"loss": scores.loss, "loss_median": scores.loss_median, "loss_ci95": scores.loss_ci95}
    if scores.accuracy is not None and scores.accuracy_ci95 is not None:
        columns |= {"accuracy": scores.accuracy, "accuracy_ci95": scores.accuracy_ci95}
    return [
        {"step": step} | {name: finite(values[step]) for name, values in columns.items()}
        for step in range(len(scores.loss))
    ]
