"""How every contender of the view stands now: what its runs are, how far, and what they have come to."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.compare import Choice, Entry
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.compare.chosen import Chosen
from metalearn_gui.ui.run_marks import Mark, mark_of


@dataclasses.dataclass(frozen=True, eq=False)
class Standing:
    """A contender.

    short: its name where there is little room: the learner's, and of several of one learner the values that differ.
    runs: one for every seed, those that have not begun too; none before it is compared.
    entry: what it came to; None while no run of it is over.
    """

    key: str
    label: str
    short: str
    mark: Mark
    runs: tuple[RunRecord, ...]
    entry: Entry | None
    is_training: bool

    @property
    def run(self) -> RunRecord | None:
        """The one to look at: of its first seed."""
        return self.runs[0] if self.runs else None

    @property
    def step(self) -> int:
        """The adaptation step to look at: its best one, or as many as it trains with while that is not known."""
        if self.entry is not None:
            return self.entry.best_step
        return self.run.settings.learner.num_steps if self.run else 0


class Standings(QObject):
    """All contenders of the view, in their order. What has been compared stays until other ones are."""

    changed = Signal()  # who there is, and what they have come to
    advanced = Signal()  # how far they are

    def __init__(self, session: Session, chosen: Chosen, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._comparing, self._chosen = session, session.comparing, chosen
        for signal in (chosen.changed, session.shownChanged):
            signal.connect(self.changed)
        self._comparing.planned.connect(self.changed)
        self._comparing.contenderFinished.connect(lambda _run_id: self.changed.emit())
        self._comparing.finished.connect(self.changed)
        self._comparing.progressed.connect(self.advanced)

    @property
    def all(self) -> list[Standing]:
        turns = self._comparing.turns_of([choice.key for choice in self._chosen.choices])
        return [self._standing(turns[choice.key], choice) for choice in self._chosen.choices]

    def _standing(self, turn: int, choice: Choice) -> Standing:
        comparing = self._comparing
        run_ids = [lane.run_id for lane in comparing.lanes if self._is_of(choice, lane.contender, lane.label)]
        runs = tuple(comparing.records[run_id] for run_id in run_ids)
        entry = next((one for one in comparing.comparison.entries if self._is_of(choice, one.key, one.label)), None)
        is_training = comparing.training_id in run_ids
        is_shown = self._session.shown.run_id in run_ids
        mark, short = mark_of(turn, choice.learner, is_shown), short_name(choice, self._chosen.choices)
        return Standing(choice.key, choice.label, short, mark, runs, entry, is_training)

    @staticmethod
    def _is_of(choice: Choice, key: str, label: str) -> bool:
        """One whose settings were changed since is another one."""
        return (choice.key, choice.label) == (key, label)


def short_name(choice: Choice, choices: Sequence[Choice]) -> str:
    """Enough of its label to tell it from the others."""
    is_alone = all(other is choice or other.learner != choice.learner for other in choices)
    values = () if is_alone else map(str, choice.values.values())
    return " · ".join([LEARNERS[choice.learner].label, *values])
