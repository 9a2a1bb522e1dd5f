"""Who is compared, and how much each of them may train."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from metalearn_gui.engine.footprint import check_memory
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings, setting_words
from metalearn_gui.engine.switching import switched

UNITS = {
    "s": "seconds",
    "seconds": "seconds",
    "tasks": "tasks",
    "gradients": "gradient_evaluations",
    "iterations": "meta_iterations",
}
LABEL_PARTS = " · "  # between a learner's name and the settings in which it differs
_BUDGET = re.compile(r"\s*([0-9.e+-]+)\s*([a-z]+)\s*", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Contender:
    """Settings that compete, once for every seed.

    seeds: () = the settings' own. label: "" = the learner's.
    """

    key: str
    settings: ExperimentSettings
    seeds: tuple[int, ...] = ()
    label: str = ""

    @property
    def name(self) -> str:
        """What it is called beside the others."""
        return self.label or self.settings.learner.label


@dataclasses.dataclass(frozen=True)
class Choice:
    """A learner, and by flat name the settings in which it differs from those of the others."""

    key: str
    learner: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Choice:
        """A choice as people write it: maml inner_steps=5 activation=tanh.

        Raises:
            SettingError: a learner that there is not, or a word that is no name=value.
        """
        learner, _, values = text.strip().partition(" ")
        if learner not in LEARNERS:
            raise SettingError(f"There is no learner {learner!r}; choose one of {', '.join(LEARNERS)}")
        return cls(learner, learner, written_values(values))

    @property
    def text(self) -> str:
        """The inverse of `parse`."""
        return " ".join([self.learner, *(f"{name}={value}" for name, value in self.values.items())])

    @property
    def label(self) -> str:
        """The learner's name, and in which settings it differs."""
        return contender_label(self.learner, self.values)

    def settings(self, base: ExperimentSettings) -> ExperimentSettings:
        """These settings with this learner, tuned as its preset is; as they are where it is the same one.

        Raises:
            SettingError: the learner cannot take such tasks, or such a value.
        """
        if self.learner == base.learner.key and not self.values:
            return base
        return switched(base, learner=self.learner, **self.values)

    def contender(self, base: ExperimentSettings, seeds: Sequence[int]) -> Contender:
        """Raises as `settings` does."""
        return Contender(self.key, self.settings(base), tuple(seeds), self.label)


def contender_label(learner: str, values: Mapping[str, Any]) -> str:
    """A learner's name, and in which settings it differs, in their own words."""
    differs = setting_values({name: value for name, value in values.items() if name != "learner"})
    return LABEL_PARTS.join(filter(None, (LEARNERS[learner].label, differs)))


def setting_values(values: Mapping[str, Any]) -> str:
    """Settings and their values in words."""
    words = setting_words()
    return ", ".join(f"{words.get(name, name)} {value}" for name, value in values.items())


def free_key(learner: str, taken: Iterable[str]) -> str:
    """The learner's key, or where it is taken that with a number."""
    keys = set(taken)
    names = itertools.chain([learner], (f"{learner}-{number}" for number in itertools.count(2)))
    return next(name for name in names if name not in keys)


def with_free_keys(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """The same choices; those of one learner that differ get keys that differ."""
    keyed: dict[str, str] = {}
    listed = list(choices)
    for choice in listed:
        keyed.setdefault(choice.text, free_key(choice.learner, keyed.values()))
    return tuple(dataclasses.replace(choice, key=keyed[choice.text]) for choice in listed)


def written_values(text: str) -> dict[str, str]:
    """Settings as a person writes them, "inner_steps=5 activation=tanh", by flat name.

    Raises:
        SettingError: a word that is no name=value.
    """
    pairs = [word.partition("=") for word in text.split()]
    for name, sign, value in pairs:
        if not (name and sign and value):
            raise SettingError(f"{name + sign + value} is no setting; write name=value, for example inner_steps=5")
    return {name: value for name, _, value in pairs}


@dataclasses.dataclass(frozen=True)
class Budget:
    """How much every run may train: by one measure, or each by its own num_iterations where none is given.

    seconds: of computing, compiling left out; a run that reaches its num_iterations before ends there. The other
    three take the place of num_iterations, and a schedule falls over that length.
    """

    seconds: float | None = None
    tasks: float | None = None
    gradient_evaluations: float | None = None
    meta_iterations: float | None = None

    def __post_init__(self) -> None:
        given = [value for value in dataclasses.astuple(self) if value is not None]
        if len(given) > 1 or not all(0 < value < math.inf for value in given):
            raise SettingError(f"The budget is {given}; give one number above 0, for example 20s")

    @classmethod
    def parse(cls, text: str) -> Budget:
        """A budget as people write it: 20s, 1e6tasks, 1e6gradients, 2000iterations; "" for none.

        Raises:
            SettingError: it is none of these.
        """
        if not text.strip():
            return cls()
        match = _BUDGET.fullmatch(text)
        try:
            return cls(**{UNITS[match[2].lower()]: float(match[1])})  # type: ignore[index]
        except (TypeError, KeyError, ValueError):
            expected = "a number above 0 and its unit: 20s, 1e6tasks, 1e6gradients, 2000iterations"
            raise SettingError(f"The budget is {text[:40]!r}; expected {expected}") from None

    @property
    def text(self) -> str:
        """The inverse of `parse`."""
        units = {name: unit for unit, name in UNITS.items() if unit != "seconds"}
        given = ((getattr(self, name), unit) for name, unit in units.items())
        return next((f"{value:.15g}{unit}" for value, unit in given if value is not None), "")

    def applied(self, settings: ExperimentSettings) -> ExperimentSettings:
        """The settings with the number of meta-iterations that the budget comes to; one where nothing is learned."""
        if not settings.learner.gradient_evaluations:
            return settings.replaced(num_iterations=1)
        per_iteration = {
            "tasks": settings.outer.meta_batch,
            "gradient_evaluations": settings.learner.gradient_evaluations * settings.outer.meta_batch,
            "meta_iterations": 1,
        }
        for name, cost in per_iteration.items():
            budget = getattr(self, name)
            if budget is not None:
                highest = settings.param("num_iterations").maximum or math.inf
                return settings.replaced(num_iterations=int(min(highest, max(1, budget // cost))))
        return settings


BY_SETTINGS = Budget()


@dataclasses.dataclass(frozen=True)
class Lane:
    """One run of a comparison: a contender with one seed, and its settings within the budget."""

    contender: str
    label: str
    seed: int
    settings: ExperimentSettings
    run_id: str = dataclasses.field(default_factory=lambda: uuid.uuid4().hex[:12])

    @property
    def name(self) -> str:
        """Whose it is, and with which seed."""
        return f"{self.label}, seed {self.seed}"


def lanes_of(contenders: Sequence[Contender], budget: Budget) -> tuple[Lane, ...]:
    """Every run there is to train, seed by seed.

    Raises:
        SettingError: no contender, two of the same key, data that are missing, or too little memory.
    """
    keys = [contender.key for contender in contenders]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if not keys or twice:
        said = f"{', '.join(twice)} comes twice; name it once" if twice else "there is none; name one"
        raise SettingError(f"Of the learners to compare {said}")
    num_seeds = max(len(contender.seeds) for contender in contenders)
    return tuple(
        lane for turn in range(max(num_seeds, 1)) for contender in contenders for lane in _lane(contender, turn, budget)
    )


def _lane(contender: Contender, turn: int, budget: Budget) -> Iterable[Lane]:
    seeds = contender.seeds or (contender.settings.seed,)
    if turn >= len(seeds):
        return
    settings = budget.applied(contender.settings.replaced(seed=seeds[turn])).resolved()
    settings.check_data()
    try:
        check_memory(settings)
    except SettingError as error:
        raise SettingError(f"{contender.name}: {error}") from None
    yield Lane(contender.key, contender.name, seeds[turn], settings.started())


def contenders_of(
    settings: ExperimentSettings, learners: Sequence[str], seeds: Sequence[int] = ()
) -> tuple[Contender, ...]:
    """These settings with each of these learners, every one with what it is tuned with.

    Raises:
        SettingError: a learner that there is not, or that cannot take such tasks.
    """
    return tuple(Choice(key, key).contender(settings, seeds) for key in learners)
