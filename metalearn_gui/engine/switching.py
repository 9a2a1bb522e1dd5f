"""Choosing another learner or task family: what comes with it, and what stays as it was set.

A learner's rates are worth little under another learner, so a switch brings the values that the new one was
tuned with. What a person has set by hand stays: whatever is neither the old learner's default nor the value
of one of its presets.
"""

from __future__ import annotations

import functools
from typing import Any

from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.params import params_of
from metalearn_gui.engine.presets import PRESETS, default_settings
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks import TASKS

TUNED_GROUPS = ("learner", "outer")
START = "initialization"  # the network's, but a learner's rates suit some starts only


def switched(settings: ExperimentSettings, **values: Any) -> ExperimentSettings:
    """`settings.replaced(**values)`, and where learner or family change, what the new pair is tuned with.

    That is the learner's and the outer loop's values and the network's start, as the nearest preset of the new
    learner has them: on this family, else on one that looks like it. Values given or set by hand win.

    Raises:
        SettingError: as `replaced` does.
    """
    result = settings.replaced(**values)
    preset = _nearest_preset(result)
    if result.learner.key == settings.learner.key and preset == _nearest_preset(settings):
        return result
    tuned = PRESETS[preset].settings if preset else _untuned(result)
    names = _tuned_names(result) & _tuned_names(tuned) - set(values)
    return result.replaced(**{name: tuned.value(name) for name in names if not _is_set_by_hand(settings, name)})


def for_family(settings: ExperimentSettings, key: str, data: str = "", kind: str = "") -> dict[str, Any]:
    """What choosing a family changes: where the learner cannot take its kind of task, the first that can comes too.

    data: the file or folder to make tasks of, where the family needs one. kind: of its tasks, where settings decide it.
    """
    kind = kind or TASKS[key].kind
    fitting = {} if kind in settings.learner.kinds else {"learner": _first_learner(kind)}
    return {"task_family": key} | fitting | ({"data": data} if data else {})


def with_data_of(settings: ExperimentSettings, other: ExperimentSettings) -> ExperimentSettings:
    """These settings on the other's files, where both make their tasks of such files."""
    if type(settings.tasks) is not type(other.tasks):
        return settings
    paths = {spec.name for spec in params_of(settings.tasks) if spec.kind == "path"}
    return settings.replaced(**{name: getattr(other.tasks, name) for name in paths})


def _first_learner(kind: str) -> str:
    return next(key for key, learner in LEARNERS.items() if kind in learner.kinds)


def _untuned(settings: ExperimentSettings) -> ExperimentSettings:
    return default_settings().replaced(task_family=settings.tasks.key, learner=settings.learner.key)


def _tuned_names(settings: ExperimentSettings) -> set[str]:
    return {name for name, group in settings.names().items() if group in TUNED_GROUPS or name == START}


def _is_set_by_hand(settings: ExperimentSettings, name: str) -> bool:
    if name not in settings.names():
        return False
    value = settings.value(name)
    if value == settings.param(name).default:
        return False
    others = [PRESETS[key].settings for key in _presets_of(settings.learner.key)]
    return value not in [other.value(name) for other in others if name in other.names()]


def _nearest_preset(settings: ExperimentSettings) -> str:
    """The key of the learner's preset on this family, else on a family of the same view, else any; "" for none."""
    learner, family, first = settings.learner.key, settings.tasks, default_settings().tasks

    def distance(key: str) -> tuple[bool, ...]:
        other = PRESETS[key].settings.tasks
        return other.key != family.key, other.view != family.view, other.key != first.key, key != learner

    return min(_presets_of(learner), key=distance, default="")


@functools.cache
def _presets_of(learner: str) -> tuple[str, ...]:
    return tuple(key for key, preset in PRESETS.items() if preset.settings.learner.key == learner)
