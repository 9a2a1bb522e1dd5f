"""Who is to be compared and how: what a person has chosen, before and while it trains."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.compare import ORDERS, Budget, Choice, LearnersPlan
from metalearn_gui.engine.compare.contenders import free_key
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings

# Beside the one that is set. A neural process hardly learns with as few units as the others do well with.
FIRST = ("maml", "meta_sgd", "cavia", "reptile", "protonet", "ridge", "cnp hidden_dim=128", "cnp")
NUM_FIRST, MOST = 6, 12


class Chosen(QObject):
    """Choices, the budget of each, seeds and order."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._known: dict[str, ExperimentSettings] = {}
        self._known_of: tuple[object, ...] = ()
        self.choices: tuple[Choice, ...] = _first_choices(session.settings)
        self.budget, self.num_seeds, self.order = Budget(seconds=10), 1, ORDERS[0]

    def fits(self, learner: str) -> bool:
        """Whether a learner takes the tasks that are set."""
        return _settings_of(Choice(learner, learner), self._session.settings) is not None

    def add(self, learner: str, values: Mapping[str, Any] | None = None) -> None:
        """One more contender; the same learner may come again with other settings.

        Raises:
            SettingError: it cannot take such tasks or values, is there already, or there are enough.
        """
        choice = Choice(free_key(learner, (choice.key for choice in self.choices)), learner, dict(values or {}))
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

    def settings(self) -> dict[str, ExperimentSettings]:
        """Of every contender that can take the tasks that are set now, by its key."""
        base = self._session.settings
        if self._known_of != (base, self.choices):  # a learner's settings take milliseconds to work out
            worked_out = ((choice.key, _settings_of(choice, base)) for choice in self.choices)
            self._known = {key: settings for key, settings in worked_out if settings is not None}
            self._known_of = (base, self.choices)
        return self._known

    def plan(self) -> LearnersPlan:
        """What the engine is asked to compare; who cannot take the tasks that are set now stays out."""
        known = self.settings()
        fitting = tuple(choice for choice in self.choices if choice.key in known)
        return LearnersPlan(self._session.settings, self.budget, self.num_seeds, fitting, self.order)

    def take(self, plan: LearnersPlan) -> None:
        """Choose what was compared then."""
        self._set(choices=plan.choices, budget=plan.budget, num_seeds=plan.num_seeds, order=plan.order)

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.changed.emit()


def _first_choices(settings: ExperimentSettings) -> tuple[Choice, ...]:
    """One choice of each learner."""
    choices: dict[str, Choice] = {}
    for choice in map(Choice.parse, (settings.learner.key, *FIRST)):
        if _settings_of(choice, settings) is not None:
            choices.setdefault(choice.learner, choice)
    return tuple(choices.values())[:NUM_FIRST]


def _settings_of(choice: Choice, base: ExperimentSettings) -> ExperimentSettings | None:
    """None for one that cannot take such tasks or values."""
    try:
        return choice.settings(base)
    except SettingError:
        return None
