"""Who is to be compared and how: what a person has chosen, before and while it trains."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.compare import ORDERS, Budget, Contender
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.switching import switched

FIRST = ("maml", "meta_sgd", "cavia", "reptile", "protonet", "ridge", "cnp")  # beside the one that is set
NUM_FIRST, MOST = 6, 12


@dataclasses.dataclass(frozen=True)
class Choice:
    """A learner, and the settings in which it differs from the window's, by flat name."""

    key: str
    learner: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def label(self) -> str:
        """The learner's name, and in which settings it differs."""
        differs = ", ".join(f"{name} {value}" for name, value in self.values.items())
        return " · ".join(filter(None, (LEARNERS[self.learner].label, differs)))

    def settings(self, base: ExperimentSettings) -> ExperimentSettings:
        """The window's settings with this learner, tuned as its preset is; as they are where it is the same one.

        Raises:
            SettingError: the learner cannot take such tasks, or such a value.
        """
        if self.learner == base.learner.key and not self.values:
            return base
        return switched(base, learner=self.learner, **self.values)


class Chosen(QObject):
    """Choices, the budget of each, seeds and order."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.choices: tuple[Choice, ...] = _first_choices(session.settings)
        self.budget, self.num_seeds, self.order = Budget(seconds=10), 1, ORDERS[0]

    def fits(self, learner: str) -> bool:
        """Whether a learner takes the tasks that are set."""
        return _fits(Choice(learner, learner), self._session.settings)

    def add(self, learner: str, values: Mapping[str, Any] | None = None) -> None:
        """One more contender; the same learner may come again with other settings.

        Raises:
            SettingError: it cannot take such tasks or values, is there already, or there are enough.
        """
        choice = Choice(self._free_key(learner), learner, dict(values or {}))
        if len(self.choices) >= MOST:
            raise SettingError(f"There are {MOST} learners already; take one away before another one comes")
        same = next((one for one in self.choices if (one.learner, one.values) == (learner, choice.values)), None)
        if same is not None:
            raise SettingError(f"{same.label} is there already; give it other settings first")
        choice.settings(self._session.settings)
        self._set(choices=(*self.choices, choice))

    def remove(self, key: str) -> None:
        """One contender less."""
        self._set(choices=tuple(choice for choice in self.choices if choice.key != key))

    def vary(self, key: str, values: Mapping[str, Any]) -> None:
        """Give a contender settings in which it differs.

        Raises:
            SettingError: a setting that it has not, or a value that it cannot take.
        """
        changed = [dataclasses.replace(one, values=dict(values)) if one.key == key else one for one in self.choices]
        for choice in changed:
            if choice.key == key:
                choice.settings(self._session.settings)
        self._set(choices=tuple(changed))

    def set_effort(self, budget: Budget | None = None, num_seeds: int = 0, order: str = "") -> None:
        """How much each may train, with how many starts, and in which order; what is not given stays."""
        self._set(budget=budget or self.budget, num_seeds=num_seeds or self.num_seeds, order=order or self.order)

    def contenders(self) -> tuple[Contender, ...]:
        """What the engine is asked to compare; who cannot take the tasks that are set now stays out."""
        base = self._session.settings
        seeds = tuple(range(base.seed, base.seed + self.num_seeds))
        fitting = [choice for choice in self.choices if _fits(choice, base)]
        return tuple(Contender(choice.key, choice.settings(base), seeds, choice.label) for choice in fitting)

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.changed.emit()

    def _free_key(self, learner: str) -> str:
        taken = {choice.key for choice in self.choices}
        names = (learner, *(f"{learner}-{number}" for number in range(2, MOST + 2)))
        return next(name for name in names if name not in taken)


def _first_choices(settings: ExperimentSettings) -> tuple[Choice, ...]:
    keys = dict.fromkeys((settings.learner.key, *FIRST))
    choices = (Choice(key, key) for key in keys)
    return tuple(choice for choice in choices if _fits(choice, settings))[:NUM_FIRST]


def _fits(choice: Choice, settings: ExperimentSettings) -> bool:
    try:
        choice.settings(settings)
    except SettingError:
        return False
    return True


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
