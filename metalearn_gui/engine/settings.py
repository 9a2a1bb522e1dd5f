"""Everything a run depends on, as one frozen value.

`ExperimentSettings` = task family + episodes + learner + outer loop + network + seed. Every setting has
one flat name (CONTRACT: the widget's name), so forms, `--set` and undo need not know where it lives.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

from metalearn_gui.engine.episodes import SPLITS
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.learners.base import Learner
from metalearn_gui.engine.networks import NETWORKS
from metalearn_gui.engine.networks.base import Network
from metalearn_gui.engine.params import Component, Param, SettingError, coerce, nearest, params_of
from metalearn_gui.engine.plain_settings import AS_TRIED, EpisodeSettings, OuterLoopSettings, RunSettings
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.engine.tasks.base import TaskFamily

FORMAT_VERSION = 1

GROUPS = ("tasks", "episodes", "learner", "outer", "network", "run")
CHOICES: dict[str, tuple[str, Mapping[str, type[Any]]]] = {
    "task_family": ("tasks", TASKS),
    "learner": ("learner", LEARNERS),
    "network": ("network", NETWORKS),
}


class Scarce(NamedTuple):
    """So many of the unseen tasks have fewer rows to adapt to than shots are asked for; `fewest`: the least of them."""

    num_few: int
    num_tasks: int
    fewest: int
    shots: int


@dataclasses.dataclass(frozen=True)
class ExperimentSettings:
    """Task family, episodes, learner, outer loop, network, seed. The network takes its ends from the family."""

    tasks: TaskFamily
    learner: Learner
    network: Network
    episodes: EpisodeSettings = dataclasses.field(default_factory=EpisodeSettings)
    outer: OuterLoopSettings = dataclasses.field(default_factory=OuterLoopSettings)
    run: RunSettings = dataclasses.field(default_factory=RunSettings)

    def __post_init__(self) -> None:
        if self.tasks.kind not in self.learner.kinds:
            raise _misfit(self.learner, self.tasks)
        knowing = self.network.knowing(self.tasks.num_items).of_columns(self.tasks.column_widths)
        fitted = knowing.fitted(self.tasks.input_dim, self.tasks.output_dim)
        object.__setattr__(self, "network", fitted)
        self._refuse_other_ways()
        self._refuse_sizes_by_turns()

    def _refuse_other_ways(self) -> None:
        """A head with one output per class has no other number of ways to train on."""
        others = {ways for ways, _, _ in self.episodes.training_sizes() if ways} - {self.tasks.output_dim}
        if others and self.tasks.kind == "classification" and not self.learner.any_ways:
            raise SettingError(
                f"Training episodes (training_episodes, train_ways) have {min(others)} ways; "
                f"{self.learner.label} has an output "
                f"for each of {self.tasks.output_dim} classes and trains on as many ways as it is tried on"
            )

    def _refuse_sizes_by_turns(self) -> None:
        if len(set(self.episodes.training_sizes())) > 1 and not self.learner.any_sizes:
            raise SettingError(
                f"Training episodes (training_episodes) are {self.episodes.training_episodes!r}; "
                f"{self.learner.label} goes on with a task over several meta-iterations: give one size"
            )

    @property
    def seed(self) -> int:
        return self.run.seed

    @property
    def points_per_task(self) -> int:
        """Support and query points of an episode."""
        return (self.episodes.shots + self.episodes.queries) * self.tasks.points_per_shot

    def stages(self) -> tuple[ExperimentSettings, ...]:
        """What training does block by block, in turn: these settings with the tasks and sizes of training."""
        training = dataclasses.replace(self, tasks=self.learner.trains_on(self.tasks))
        sizes = self.episodes.training_sizes()
        return tuple(training._sized(*size) for size in sizes) or (training,)

    def resolved(self) -> ExperimentSettings:
        """These settings with what the tasks' files say filled in."""
        return self.with_tasks(self.tasks.resolved())

    def with_tasks(self, tasks: TaskFamily) -> ExperimentSettings:
        """These settings with what this family of the same kind has otherwise."""
        if tasks is self.tasks:
            return self
        own, others = self.tasks.to_dict(), tasks.to_dict()
        return self.replaced(**{name: value for name, value in others.items() if own[name] != value})

    def check_data(self) -> None:
        """Raise SettingError where the tasks' data are missing, or too few for an episode."""
        self.tasks.check_data(SPLITS, self.episodes.shots + self.episodes.queries)
        for stage in self.stages():
            stage.tasks.check_data(("train",), stage.episodes.shots + stage.episodes.queries)

    def scarce(self) -> Scarce | None:
        """Unseen tasks without as many different rows as there are to be shots; None for none. Files are read."""
        rows, shots = self.tasks.num_rows(), self.episodes.shots
        few = None if rows is None else rows[rows <= shots]  # one row at least is a query
        if rows is None or few is None or not len(few):
            return None
        return Scarce(len(few), len(rows), int(few.min()) - 1, shots)

    def _sized(self, ways: int, shots: int, queries: int) -> ExperimentSettings:
        sizes: dict[str, Any] = {"shots": shots, "queries": queries, **AS_TRIED}
        if self.tasks.kind == "classification" and ways:
            sizes["ways"] = ways
        return self.replaced(**sizes)

    def group(self, name: str) -> Component:
        """One of GROUPS."""
        component: Component = getattr(self, name)
        return component

    def groups(self) -> dict[str, Component]:
        """Every group by name, in the order of GROUPS."""
        return {name: self.group(name) for name in GROUPS}

    def names(self) -> dict[str, str]:
        """Every flat setting name -> the group it lives in. The family's name wins over the network's."""
        return {spec.name: group for group in reversed(GROUPS) for spec in params_of(self.group(group))}

    def param(self, name: str) -> Param:
        """The specification of a setting by its flat name."""
        group = _find_group(self.groups(), name)
        return next(spec for spec in params_of(self.group(group)) if spec.name == name)

    def value(self, name: str) -> Any:
        """A setting's value by its flat name, or the key for task_family, learner, network."""
        if name in CHOICES:
            return self.group(CHOICES[name][0]).key
        return getattr(self.group(_find_group(self.groups(), name)), name)

    def replaced(self, **values: Any) -> ExperimentSettings:
        """These settings with others by flat name; choices of family, learner and network go first.

        Raises:
            SettingError: an unknown name, a value out of range, or a pair that does not fit.
        """
        groups = self.groups()
        for name in [name for name in CHOICES if name in values]:
            group, registry = CHOICES[name]
            groups[group] = _exchanged(groups[group], _chosen(name, values[name], registry))
        changes: dict[str, dict[str, Any]] = {}
        for name, value in values.items():
            if name not in CHOICES:
                changes.setdefault(_find_group(groups, name), {})[name] = value
        for group, changed in changes.items():
            groups[group] = groups[group].replaced(**changed)
        result = ExperimentSettings(**groups)  # type: ignore[arg-type]
        result._refuse_ignored(values)
        return result

    def _refuse_ignored(self, values: Mapping[str, Any]) -> None:
        """The family's word on sizes is final: asking for another one is an error, not a wish."""
        for name in set(values) - set(CHOICES):
            asked, got = coerce(self.param(name), values[name]), self.value(name)
            if asked != got:
                reason = self.tasks.fixed_dims or f"{self.tasks.label} decides it"
                raise SettingError(f"{self.param(name).label} ({name}) is {asked}; it is fixed at {got}: {reason}")

    def live_values(self) -> dict[str, Any]:
        """The value of every live setting, by flat name."""
        return {
            spec.name: getattr(self.group(group), spec.name)
            for group in GROUPS
            for spec in params_of(self.group(group))
            if spec.live
        }

    def started(self) -> ExperimentSettings:
        """These settings with the schedule's length fixed: going on for longer does not stretch it."""
        if self.outer.meta_schedule == "constant" or self.outer.schedule_iterations:
            return self
        return self.replaced(schedule_iterations=self.outer.num_iterations)

    def differs_live_only(self, other: ExperimentSettings) -> bool:
        """Whether a running experiment can take the other's values without a restart."""
        return self.replaced(**other.live_values()) == other if _same_components(self, other) else False

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` gives the same settings back."""
        return {"version": FORMAT_VERSION} | {name: self.group(name).to_dict() for name in GROUPS}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ExperimentSettings:
        """The inverse of `to_dict`.

        Raises:
            SettingError: a missing or foreign part, an unknown setting, a value out of range.
        """
        if not isinstance(values, Mapping):
            raise SettingError(
                f"The settings are a {type(values).__name__}; expected a JSON object as `to_dict` writes it"
            )
        if values.get("version") != FORMAT_VERSION:
            raise SettingError(
                f"The settings' version is {values.get('version')!r}; this program reads {FORMAT_VERSION}"
            )
        for name in values:
            if name not in ("version", *GROUPS):
                raise SettingError(f"The settings have a part {name!r}; known parts are {', '.join(GROUPS)}")
        return cls(**{name: _read_group(name, values) for name in GROUPS})


PLAIN_GROUPS: dict[str, type[Component]] = {"episodes": EpisodeSettings, "outer": OuterLoopSettings, "run": RunSettings}


def _read_group(group: str, values: Mapping[str, Any]) -> Any:
    part = values.get(group, {})
    if not isinstance(part, Mapping):
        raise SettingError(f"The settings' part {group!r} is a {type(part).__name__}; expected a JSON object")
    if group in PLAIN_GROUPS:
        return PLAIN_GROUPS[group].from_dict({name: value for name, value in part.items() if name != "key"})
    name, registry = next((name, registry) for name, (owner, registry) in CHOICES.items() if owner == group)
    return _chosen(name, part.get("key"), registry).from_dict(part)


@functools.cache
def setting_words() -> Mapping[str, str]:
    """By flat name what a setting is called in the middle of a line; where components differ, as the first has it."""
    owners = [*PLAIN_GROUPS.values(), *(one for _, registry in CHOICES.values() for one in registry.values())]
    found = {name: name.replace("_", " ") for name in CHOICES}
    for spec in (spec for owner in owners for spec in params_of(owner)):
        found.setdefault(spec.name, spec.label[:1].lower() + spec.label[1:])
    return found


def _chosen(name: str, key: Any, registry: Mapping[str, type[Any]]) -> type[Component]:
    if not isinstance(key, str) or key not in registry:
        raise SettingError(f"{name} is {key!r}; choose one of {', '.join(registry)}")
    return registry[key]


def _exchanged(old: Component, new_type: type[Component]) -> Component:
    """The new component, with every setting that it shares with the old one and that was changed there."""
    if type(old) is new_type:
        return old
    changed = {spec.name for spec in params_of(old) if getattr(old, spec.name) != spec.default}
    new = new_type()
    for name in sorted(changed & {spec.name for spec in params_of(new_type)}):
        try:
            new = new.replaced(**{name: getattr(old, name)})
        except SettingError:
            continue
    return new


def _misfit(learner: Learner, tasks: TaskFamily) -> SettingError:
    """The refusal of a family's kind of task, with the nearest family that the learner takes."""
    nearest = fitting_family(type(learner), tasks)
    takes = " and ".join(learner.kinds)
    line = f"{learner.label} cannot take {tasks.kind} tasks such as {tasks.label}; it takes {takes}"
    if not nearest:
        return SettingError(line)
    return SettingError(f"{line}: try {TASKS[nearest].label} ({nearest})", {"task_family": nearest})


def fitting_family(learner: type[Learner], tasks: TaskFamily) -> str:
    """The key of the first family that the learner takes, one of the same view where there is one; "" for none."""
    fitting = (family for family in TASKS.values() if family.kind in learner.kinds)
    nearest = min(fitting, key=lambda family: family.view != tasks.view, default=None)
    return nearest.key if nearest else ""


def offer_label(error: SettingError) -> str:
    """What a refusal offers, in the words of its buttons."""
    return ", ".join(_offered(name, value) for name, value in error.offer.items())


def _offered(name: str, value: Any) -> str:
    if name in CHOICES:
        return str(CHOICES[name][1][value].label)
    return f"{setting_words()[name]} {value}" if isinstance(value, int) else str(value)


def _find_group(groups: Mapping[str, Component], name: str) -> str:
    for group in GROUPS:
        if name in {spec.name for spec in params_of(groups[group])}:
            return group
    known = {name for component in groups.values() for name in _names_of(component)} | set(CHOICES)
    line = f"There is no setting {name[:60]!r} for {groups['learner'].key} on {groups['tasks'].key}"
    owners = [key for _, registry in CHOICES.values() for key, one in registry.items() if name in _names_of(one)]
    near = nearest(name, known)
    hint = f"it is one of {', '.join(owners)}, and " if owners else ""
    if near and not owners:
        hint = f"the nearest are {', '.join(near)}, and "
    raise SettingError(f"{line}; {hint}`metalearn-gui list --json` names all")


def _names_of(component: Any) -> set[str]:
    return {spec.name for spec in params_of(component)}


def _same_components(one: ExperimentSettings, other: ExperimentSettings) -> bool:
    return all(type(one.group(name)) is type(other.group(name)) for name in GROUPS)
