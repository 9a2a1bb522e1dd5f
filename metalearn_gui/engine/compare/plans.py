"""What several runs are asked for: all it takes to have them again, in a window, on a command line, from a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from metalearn_gui.engine.compare.contenders import BY_SETTINGS, Budget, Choice
from metalearn_gui.engine.compare.data_curves import NUM_TASKS, SHOTS, little_data
from metalearn_gui.engine.compare.grid import Axis, Grid
from metalearn_gui.engine.compare.halving import NUM_CANDIDATES, SPACE, candidates, search
from metalearn_gui.engine.compare.race import ORDERS, compare
from metalearn_gui.engine.compare.result import TrainedRun
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.training import DEFAULT_OPTIONS, Options
from metalearn_gui.engine.unseen import TASKS_SEED


@dataclasses.dataclass(frozen=True)
class Plan:
    """settings: before any budget. Seeds count up from theirs; tasks_seed is that of the unseen tasks, for all.

    preset: the key of the one that the settings were made from by name; "" for none.
    """

    settings: ExperimentSettings
    budget: Budget = BY_SETTINGS
    num_seeds: int = 1
    tasks_seed: int = dataclasses.field(default=TASKS_SEED, kw_only=True)
    preset: str = dataclasses.field(default="", kw_only=True)

    kind: ClassVar[str]
    command: ClassVar[str]  # of the command line

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(range(self.settings.seed, self.settings.seed + self.num_seeds))

    def begin(
        self, gate: Gate | None = None, options: Options = DEFAULT_OPTIONS, known: Sequence[TrainedRun] = ()
    ) -> Iterator[Any]:
        """The events of it. known: runs of the same plan that need not train again.

        Raises:
            SettingError: what cannot be, before anything trains.
        """
        raise NotImplementedError

    def words(self) -> list[str]:
        """What its command line says beside settings, budget and seeds."""
        raise NotImplementedError


@dataclasses.dataclass(frozen=True)
class LearnersPlan(Plan):
    """Learners side by side."""

    choices: tuple[Choice, ...] = ()
    order: str = ORDERS[0]

    kind = "compare"
    command = "compare"

    def begin(
        self, gate: Gate | None = None, options: Options = DEFAULT_OPTIONS, known: Sequence[TrainedRun] = ()
    ) -> Iterator[Any]:
        contenders = [choice.contender(self.settings, self.seeds) for choice in self.choices]
        return compare(
            contenders, self.budget, order=self.order, gate=gate, options=options, tasks_seed=self.tasks_seed,
            known=known,
        )  # fmt: skip

    def words(self) -> list[str]:
        said = [word for choice in self.choices for word in ("--contender", choice.text)]
        if not any(choice.values for choice in self.choices):
            said = ["--learners", ",".join(choice.learner for choice in self.choices)]
        return said + ([] if self.order == ORDERS[0] else ["--order", self.order])


@dataclasses.dataclass(frozen=True)
class SweepPlan(Plan):
    """Every cell of a grid."""

    grid: Grid = dataclasses.field(kw_only=True)

    kind = "sweep"
    command = "sweep"

    def begin(
        self, gate: Gate | None = None, options: Options = DEFAULT_OPTIONS, known: Sequence[TrainedRun] = ()
    ) -> Iterator[Any]:
        return compare(
            self.grid.contenders(self.settings, self.seeds), self.budget, gate=gate, options=options,
            tasks_seed=self.tasks_seed, known=known,
        )  # fmt: skip

    def words(self) -> list[str]:
        return _over(self.grid.axes)


@dataclasses.dataclass(frozen=True)
class SearchPlan(Plan):
    """Successive halving. axes: what to choose, () = the usual space."""

    axes: tuple[Axis, ...] = ()
    num_candidates: int = NUM_CANDIDATES

    kind = "structure"
    command = "search"

    def begin(
        self, gate: Gate | None = None, options: Options = DEFAULT_OPTIONS, known: Sequence[TrainedRun] = ()
    ) -> Iterator[Any]:
        """Known runs are of no use here: who goes on depends on all of them."""
        for axis in self.axes:  # of the usual space, what these settings do not have is left out
            self.settings.param(axis.name)
        space = {axis.name: axis.values for axis in self.axes} or SPACE
        contenders = candidates(self.settings, space, self.num_candidates, self.settings.seed)
        return search(contenders, self.budget, gate=gate, options=options, tasks_seed=self.tasks_seed)

    def words(self) -> list[str]:
        number = [] if self.num_candidates == NUM_CANDIDATES else ["--candidates", str(self.num_candidates)]
        return _over(self.axes) + number


@dataclasses.dataclass(frozen=True)
class LittleDataPlan(Plan):
    """Loss against training tasks (0 = unlimited) and against shots."""

    num_tasks: tuple[int, ...] = NUM_TASKS
    shots: tuple[int, ...] = SHOTS

    kind = "little_data"
    command = "little-data"

    def begin(
        self, gate: Gate | None = None, options: Options = DEFAULT_OPTIONS, known: Sequence[TrainedRun] = ()
    ) -> Iterator[Any]:
        return little_data(
            self.settings, self.budget, num_tasks=self.num_tasks, shots=self.shots, seeds=self.seeds,
            gate=gate, options=options, tasks_seed=self.tasks_seed, known=known,
        )  # fmt: skip

    def words(self) -> list[str]:
        asked = {"--num-tasks": (self.num_tasks, NUM_TASKS), "--shots": (self.shots, SHOTS)}
        return [
            word
            for option, (numbers, usual) in asked.items()
            if numbers != usual
            for word in (option, ",".join(map(str, numbers)))
        ]


PLANS: dict[str, type[Plan]] = {plan.kind: plan for plan in (LearnersPlan, SweepPlan, SearchPlan, LittleDataPlan)}


def _over(axes: Sequence[Axis]) -> list[str]:
    return [word for axis in axes for word in ("--over", axis.text)]
