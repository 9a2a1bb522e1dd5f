"""Choosing another learner or task family: what comes with it, and what stays as it was set.

A learner's rates are worth little under another learner, so a switch brings the values that the new one was
tuned with. What a person has set by hand stays: whatever is neither the old learner's default nor a value that
it was tuned with.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.networks.base import Network
from metalearn_gui.engine.params import SettingError, params_of
from metalearn_gui.engine.plain_settings import AS_TRIED
from metalearn_gui.engine.presets import PRESETS, default_settings, preset
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.engine.tasks.base import TaskFamily
from metalearn_gui.engine.tuned import tuned_settings

TUNED_GROUPS = ("learner", "outer")
START = "initialization"  # the network's, but a learner's rates suit some starts only
EPISODE_SIZES = ("shots", "queries")
AnyFamily = TaskFamily | type[TaskFamily]
USUAL = {one.tasks.view: one for one in (preset("glyphs"), preset("ratings"))}  # where inputs are images, or items


def switched(settings: ExperimentSettings, **values: Any) -> ExperimentSettings:
    """`settings.replaced(**values)`, and where learner or family change, what the new pair is tuned with.

    That is the learner's and the outer loop's values, the network's start and the sizes of training episodes, as the
    new learner was tuned nearest to here: on this family, else on one that looks like it. Between pictures,
    items and points it is the network and the size of an episode, too, and on pictures and items the network where
    either learner has its own. Values given or set by hand win.

    Raises:
        SettingError: as `replaced` does.
    """
    room = _room(settings, values)
    result = settings.replaced(**room | values)
    nearest = _nearest(result.learner.key, result.tasks)
    if not room and nearest == _nearest(settings.learner.key, settings.tasks):
        return result
    tuned = tuned_for(result)
    brought = _rates(tuned) | (_layers(tuned, result) if "network" in room else {})
    if _inputs_of(result.tasks) != _inputs_of(settings.tasks):
        brought |= {name: _for_inputs_of(result, tuned).value(name) for name in EPISODE_SIZES}
    if tuned.tasks.view == result.tasks.view:
        brought |= {name: tuned.value(name) for name in AS_TRIED}
    return _with_enough_data(result.replaced(**_wanted(brought, result, settings, values)))


def fitted_to_data(settings: ExperimentSettings) -> ExperimentSettings:
    """With fewer ways and smaller episodes where a file that was read has few classes or images; else as they are."""
    if not settings.tasks.is_read:
        return settings
    return with_episodes_that_fit(settings.with_tasks(settings.tasks.fitted()))


def with_episodes_that_fit(settings: ExperimentSettings) -> ExperimentSettings:
    """With as many examples in an episode as the smallest class of a file has.

    Where one image of a class is all they stay as they are: only more images can mend that.
    """
    shots, queries = settings.tasks.fitting_sizes(settings.episodes.shots, settings.episodes.queries)
    has_one_alone = settings.tasks.least_per_class() == 1
    return _with_enough_data(settings if has_one_alone else settings.replaced(shots=shots, queries=queries))


def tuned_for(settings: ExperimentSettings) -> ExperimentSettings:
    """What the learner was tuned with nearest to these tasks, else the usual settings."""
    return _nearest(settings.learner.key, settings.tasks) or _untuned(settings)


def _wanted(
    brought: dict[str, Any], result: ExperimentSettings, old: ExperimentSettings, values: Mapping[str, Any]
) -> dict[str, Any]:
    """What is brought and known to the new pair, but for what was given, or set by hand before."""
    known = brought.keys() & result.names().keys() - values.keys()
    return {name: brought[name] for name in known if not _is_set_by_hand(old, name)}


def _with_enough_data(settings: ExperimentSettings) -> ExperimentSettings:
    """Trained as it is tried, where a file has too few classes or images for training episodes of their own."""
    if not settings.episodes.training_sizes() or not settings.tasks.is_read:
        return settings
    try:
        settings.check_data()
    except SettingError:
        return settings.replaced(**AS_TRIED)
    return settings


def _room(settings: ExperimentSettings, values: Mapping[str, Any]) -> dict[str, Any]:
    """What gives way: a network that cannot read the new inputs, and training episodes of another kind or learner."""
    learner, family = values.get("learner", settings.learner.key), values.get("task_family", settings.tasks.key)
    other = TASKS.get(family, type(settings.tasks)) if family != settings.tasks.key else settings.tasks
    inputs, crosses = _inputs_of(other), _inputs_of(other) != _inputs_of(settings.tasks)
    tuned, old = _tuned_network(learner, other), _tuned_network(settings.learner.key, settings.tasks)
    is_anothers = bool(inputs) and tuned != old and settings.network.key == old.key
    network = {"network": tuned.key} if crosses or is_anothers else {}
    fits = learner == settings.learner.key and other.kind == settings.tasks.kind and not crosses
    return network | ({} if fits else AS_TRIED)


def _tuned_network(learner: str, tasks: AnyFamily) -> Network:
    """The network that the learner is tuned with where inputs are of this kind."""
    nearest, usual = _nearest(learner, tasks), _usual(_inputs_of(tasks))
    return nearest.network if nearest and _inputs_of(nearest.tasks) == _inputs_of(tasks) else usual.network


def _inputs_of(tasks: AnyFamily) -> str:
    """What inputs are, as far as it takes a network of its own: a key of USUAL, or "" for points."""
    return str(tasks.view) if tasks.view in USUAL else ""


def _usual(inputs: str) -> ExperimentSettings:
    return USUAL.get(inputs) or default_settings()


def _rates(tuned: ExperimentSettings) -> dict[str, Any]:
    """The learner's values and the outer loop's, and where its network starts."""
    names = tuned.names()
    return {name: tuned.value(name) for name, group in names.items() if group in TUNED_GROUPS or name == START}


def _layers(tuned: ExperimentSettings, result: ExperimentSettings) -> dict[str, Any]:
    """The network's own settings, as they are tuned or usual for such inputs."""
    network = _for_inputs_of(result, tuned).network
    names = {spec.name for spec in params_of(network)} - {"input_dim", "output_dim"}  # those are the family's
    return {name: getattr(network, name) for name in sorted(names)}


def _for_inputs_of(result: ExperimentSettings, tuned: ExperimentSettings) -> ExperimentSettings:
    """The tuned settings where they are for such inputs, else the usual ones."""
    inputs = _inputs_of(result.tasks)
    return tuned if _inputs_of(tuned.tasks) == inputs else _usual(inputs)


def for_family(settings: ExperimentSettings, key: str, data: str = "", kind: str = "") -> dict[str, Any]:
    """What choosing a family changes: where the learner cannot take its kind of task, the first that can comes too.

    data: the file or folder to make tasks of, where the family needs one; the old family's stays only where this one
        reads it, too. kind: of its tasks, where settings decide it.
    """
    kind = kind or TASKS[key].kind
    fitting = {} if kind in settings.learner.kinds else {"learner": _first_learner(kind)}
    old, is_other = getattr(settings.tasks, "data", ""), key != settings.tasks.key
    is_unread = is_other and old and hasattr(TASKS[key], "data") and not TASKS[key].reads(old)
    return {"task_family": key} | fitting | ({"data": data} if data or is_unread else {})


def with_data_of(settings: ExperimentSettings, other: ExperimentSettings) -> ExperimentSettings:
    """These settings on the other's files, where both make their tasks of such files."""
    if type(settings.tasks) is not type(other.tasks):
        return settings
    paths = {spec.name for spec in params_of(settings.tasks) if spec.kind == "path"}
    return settings.replaced(**{name: getattr(other.tasks, name) for name in paths})


def preset_key(settings: ExperimentSettings) -> str:
    """The preset that these settings are, before or after a start, whatever seed and files of data; "" for none."""
    known, started = _preset_settings().items(), settings.started()
    same = (key for key, one in known if with_data_of(one, settings).replaced(seed=settings.seed) == started)
    return next(same, "")


@functools.cache
def _preset_settings() -> dict[str, ExperimentSettings]:
    return {key: one.settings.started() for key, one in PRESETS.items()}


def _first_learner(kind: str) -> str:
    return next(key for key, learner in LEARNERS.items() if kind in learner.kinds)


def _untuned(settings: ExperimentSettings) -> ExperimentSettings:
    return default_settings().replaced(task_family=settings.tasks.key, learner=settings.learner.key)


def _is_set_by_hand(settings: ExperimentSettings, name: str) -> bool:
    if name not in settings.names():
        return False
    value = settings.value(name)
    if value == settings.param(name).default:
        return False
    others = tuned_settings(settings.learner.key)
    return value not in [other.value(name) for other in others if name in other.names()]


def _nearest(learner: str, tasks: AnyFamily) -> ExperimentSettings | None:
    """What the learner was tuned with on this family, else on a family of the same view, else on any."""
    first = default_settings().tasks

    def distance(other: ExperimentSettings) -> tuple[bool, ...]:
        return other.tasks.key != tasks.key, other.tasks.view != tasks.view, other.tasks.key != first.key

    return min(tuned_settings(learner), key=distance, default=None)
