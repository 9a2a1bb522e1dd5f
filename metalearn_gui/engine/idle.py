"""Settings that change nothing beside the others: a form lets nobody try them in vain."""

from __future__ import annotations

from collections.abc import Iterator

from metalearn_gui.engine.plain_settings import UNLIMITED
from metalearn_gui.engine.settings import ExperimentSettings

LEARNS_NOTHING = "This learner learns nothing from other tasks."
NO_SCHEDULE = "The rate is constant: choose a schedule first."
NO_CLASSES = "These tasks have no classes."
ALWAYS_NEW = "Training tasks are new every time: limit their number first."
NOT_FIXED = "The points are not fixed."
OF_A_STEP = ("meta_learning_rate", "meta_optimizer", "meta_schedule", "schedule_iterations", "gradient_clip")


def idle_settings(settings: ExperimentSettings) -> dict[str, str]:
    """Why a setting changes nothing now, in a sentence, by flat name."""
    return dict(_found(settings))


def _found(settings: ExperimentSettings) -> Iterator[tuple[str, str]]:
    """A later reason for the same setting is the one that counts."""
    if settings.outer.meta_schedule == "constant":
        yield "schedule_iterations", NO_SCHEDULE
    if not settings.learner.gradient_evaluations:
        yield from ((name, LEARNS_NOTHING) for name in OF_A_STEP)
    if settings.tasks.kind != "classification":
        yield "train_ways", NO_CLASSES
    if not settings.episodes.fixed_points:
        yield "non_iid", NOT_FIXED
    if settings.episodes.num_training_tasks == UNLIMITED:
        yield from ((name, ALWAYS_NEW) for name in ("fixed_points", "non_iid"))
