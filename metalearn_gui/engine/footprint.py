"""What training takes of the machine's memory, told from the sizes alone: an estimate, before anything is made.

In numbers of 4 bytes, T being the tasks of a meta-batch, P what adapts to a task, U what all layers hold for a point,
K and Q the points of a support set and a query set, s the inner steps whose way the outer gradient goes back:

    weights       10 * what is meta-learned      gradient, Adam's moments, the copies that are shown and kept
    block         3.5 * steps * T * (K + Q) * (input + output)      as drawn, as a tensor, as the program's own
    adapted       (s + 3) * T * P
    activations   T * U * ((s + 2) * K + 2 * Q)
    unseen tasks  the same of those that are tried in one call, and the episodes of all of them

A meta-iteration and a look at unseen tasks come one after the other: of the two, the larger counts. Measured peaks of
the process lay within a factor of two of this from 300 MB on (see tests/engine/test_footprint.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from metalearn_gui.engine.memory import free_bytes
from metalearn_gui.engine.params import SettingError, in_full, with_and
from metalearn_gui.engine.plain_settings import UNLIMITED
from metalearn_gui.engine.scoring import tasks_in_one_call, watched_tasks
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.unseen import NUM_TASKS

NUMBER = 4  # bytes
WEIGHT_COPIES, BLOCK_COPIES, EPISODE_COPIES = 10, 3.5, 2
SLACK = 1.5  # an estimate must not refuse what might fit
WORTH_IT = 0.98  # a smaller setting that leaves more than this of the whole is not worth naming
SIZES = (
    "meta_batch", "shots", "queries", "ways", "train_ways", "inner_steps", "hidden_dim", "num_hidden_layers",
    "num_channels", "image_size", "input_dim", "output_dim", "length", "side", "num_training_tasks", "unroll_steps",
    "rule_units", "encoder_width", "num_applications", "embedding_dim",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Footprint:
    """Bytes, part by part."""

    weights: float
    block: float
    meta_iteration: float
    unseen_tasks: float

    @property
    def total(self) -> float:
        return self.weights + self.block + max(self.meta_iteration, self.unseen_tasks)


def footprint(settings: ExperimentSettings) -> Footprint:
    """Of the stage of training that takes most."""
    return max((_footprint(stage, settings) for stage in settings.stages()), key=lambda one: one.total)


def _footprint(stage: ExperimentSettings, tried: ExperimentSettings) -> Footprint:
    held = stage.learner.held(stage.network)
    num_tasks = stage.outer.meta_batch
    block = BLOCK_COPIES * stage.tasks.block_steps * num_tasks * _numbers_per_episode(stage)
    if stage.episodes.fixed_points and stage.episodes.num_training_tasks != UNLIMITED:
        block += EPISODE_COPIES * stage.episodes.num_training_tasks * _numbers_per_episode(stage)
    return Footprint(
        NUMBER * WEIGHT_COPIES * held.shared,
        NUMBER * block,
        NUMBER * _way(stage, num_tasks, held.kept_steps),
        _one_call(tried) + watched_tasks(tried, NUM_TASKS) * _episode(tried),
    )


def _one_call(settings: ExperimentSettings) -> float:
    """Bytes of the unseen tasks that are adapted to at once."""
    return NUMBER * _way(settings, tasks_in_one_call(settings, settings.points_per_task), 1)


def _episode(settings: ExperimentSettings) -> float:
    """Bytes of an unseen task's episode, which is kept."""
    return NUMBER * EPISODE_COPIES * _numbers_per_episode(settings)


def _numbers_per_episode(settings: ExperimentSettings) -> int:
    return settings.points_per_task * (settings.tasks.input_dim + settings.tasks.output_dim)


def _way(settings: ExperimentSettings, num_tasks: int, kept_steps: int) -> float:
    """Of adapting to so many tasks at once: their weights, and what the layers hold."""
    held, units = settings.learner.held(settings.network), settings.network.num_activations
    per_shot = settings.tasks.points_per_shot
    support, query = settings.episodes.shots * per_shot, settings.episodes.queries * per_shot
    points = (kept_steps + 2) * support + 2 * query
    return num_tasks * ((kept_steps + 3) * held.per_task + (units + held.per_point) * points)


def check_memory(*several: ExperimentSettings) -> None:
    """Refuse what would not fit into what is free, before any of it is made.

    Args:
        several: settings that train one after the other.

    Raises:
        SettingError: what it would take, what is free, and which settings to lower to what.
    """
    free = free_bytes()
    for settings in several:
        taken = footprint(settings).total
        if taken > SLACK * free:
            smaller = fitting_sizes(settings, free)
            raise SettingError(
                f"These settings take about {_gigabytes(taken)} of memory (estimated), "
                f"{_gigabytes(free)} are free: {_advice(settings, smaller)}",
                smaller,
            )


def check_memory_by_turns(several: Sequence[ExperimentSettings]) -> None:
    """Refuse runs that would not fit beside each other: weights and tasks of all, and the work of one at a time.

    Raises:
        SettingError: what they would take together, what is free, and what to do.
    """
    free, each = free_bytes(), [footprint(settings) for settings in several]
    work = max((one.total - one.weights - one.block for one in each), default=0.0)
    taken = sum(one.weights + one.block for one in each) + work
    if taken > SLACK * free:
        raise SettingError(
            f"Trained by turns, these {len(each)} runs take about {_gigabytes(taken)} of memory (estimated), "
            f"{_gigabytes(free)} are free: train them in turn, or fewer of them"
        )


def check_memory_to_try(settings: ExperimentSettings, num_tasks: int) -> None:
    """Refuse to try a learner on more episodes than fit into what is free.

    Raises:
        SettingError: what they would take, what is free, and how many fit.
    """
    free, around, episode = free_bytes(), _one_call(settings), _episode(settings)
    taken = around + num_tasks * episode
    if taken > SLACK * free:
        fitting = _rounded_down((free - around) / episode)
        advice = f"try {in_full(fitting)} tasks at most" if fitting > 0 else "lower shots (shots) or queries (queries)"
        said = f"{in_full(num_tasks)} unseen tasks" if num_tasks != 1 else "1 unseen task"
        raise SettingError(
            f"{said} of these sizes {'take' if num_tasks != 1 else 'takes'} about {_gigabytes(taken)} of memory "
            f"(estimated), {_gigabytes(free)} are free: {advice}"
        )


def fitting_sizes(settings: ExperimentSettings, free: float) -> dict[str, int]:
    """Settings, as few as halving those that count most comes to, with which it would fit; {} where none does."""
    changed: dict[str, int] = {}
    taken = footprint(settings).total
    while taken > free:
        name, settings, least = min(
            ((name, one, footprint(one).total) for name, one in _halved(settings)),
            key=lambda found: found[2],
            default=("", settings, taken),
        )
        if not name or least > WORTH_IT * taken:
            return {}
        changed[name], taken = settings.value(name), least
    return changed


def _halved(settings: ExperimentSettings) -> Iterator[tuple[str, ExperimentSettings]]:
    for name in SIZES:
        if name in settings.names() and (half := settings.value(name) // 2) >= (settings.param(name).minimum or 0):
            try:
                yield name, settings.replaced(**{name: half})
            except SettingError:  # this family has it so, or another setting asks for it
                continue


def _advice(settings: ExperimentSettings, smaller: Mapping[str, int]) -> str:
    if not smaller:
        return "choose smaller ones"
    said = [f"{settings.param(name).label} ({name}) to {value}" for name, value in smaller.items()]
    return f"lower {with_and(said)}"


def _rounded_down(count: float) -> int:
    """To two digits: more are not known of an estimate."""
    step: int = 10 ** max(len(str(int(count))) - 2, 0)
    return int(count) // step * step


def _gigabytes(num_bytes: float) -> str:
    return f"{in_full(round(num_bytes / 1e9)) if num_bytes >= 1e10 else round(num_bytes / 1e9, 1)} GB"
