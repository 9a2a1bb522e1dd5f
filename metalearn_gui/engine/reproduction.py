"""The figures that the learners are held to, as data: presets, the steps that are looked at, and their bars.

Every row is measured alike: meta-train its preset, then try 600 unseen tasks of the test split, seed 0.
Reference figures come from independent programs with the same settings; they are what an honest run gives.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

from metalearn_gui.engine.evaluation import score, unseen_episodes
from metalearn_gui.engine.events import LearnerState
from metalearn_gui.engine.presets import preset
from metalearn_gui.engine.settings import ExperimentSettings

EVALUATION_SEED = 0


@dataclasses.dataclass(frozen=True)
class Bar:
    """What the mean query loss after `step` adaptation steps has to come to, and what a reference run has."""

    step: int
    at_most: float = math.inf
    at_least: float = 0.0
    reference: str = ""

    @property
    def text(self) -> str:
        """The bar in words of numbers; a dash where the figure is only reported."""
        if self.at_least:
            return f"{self.at_least:g} to {self.at_most:g}"
        return f"≤ {self.at_most:g}" if math.isfinite(self.at_most) else "–"

    def is_met(self, loss: float) -> bool | None:
        """None where there is no bar."""
        return self.at_least <= loss <= self.at_most if math.isfinite(self.at_most) else None


@dataclasses.dataclass(frozen=True)
class Row:
    """One training: a preset, what differs from it, and what is asked of it afterwards."""

    key: str
    preset: str
    bars: tuple[Bar, ...]
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def settings(self, **values: Any) -> ExperimentSettings:
        """The run's settings; it is tried for as many steps as the last bar asks for."""
        last = max(bar.step for bar in self.bars)
        return preset(self.preset).replaced(**{**self.values, "test_steps": last, **values})

    @property
    def recipe(self) -> str:
        """What to type to have the same run."""
        return " ".join([f"--preset {self.preset}", *(f"--set {name}={value}" for name, value in self.values.items())])


@dataclasses.dataclass(frozen=True)
class Figure:
    """What one bar's step came to. ci95: half the width of the 95 % interval of the mean."""

    bar: Bar
    loss: float
    loss_ci95: float
    loss_median: float

    @property
    def is_met(self) -> bool | None:
        return self.bar.is_met(self.loss)


def figures(row: Row, settings: ExperimentSettings, state: LearnerState, num_tasks: int, compile: bool) -> list[Figure]:
    """A trained learner on unseen tasks, at the step of each of the row's bars."""
    _, episodes = unseen_episodes(settings, num_tasks, EVALUATION_SEED)
    found = score(settings, state, episodes, compile)
    columns = (found.loss, found.loss_ci95, found.loss_median)
    return [Figure(bar, *(float(values[bar.step]) for values in columns)) for bar in row.bars]


_ALL: Sequence[Row] = (
    Row("maml", "first-steps", (Bar(1, 0.37, reference="0.32"), Bar(10, 0.20, reference="0.144"))),
    Row("fomaml", "fomaml", (Bar(1, 0.60, reference="0.51 to 0.58"), Bar(10, 0.16, reference="0.12 to 0.13"))),
    Row("meta_sgd", "meta_sgd", (Bar(1, 0.28, reference="0.25"),)),
    Row("meta_sgd-5-shots", "meta_sgd", (Bar(1, 0.47, reference="0.43"),), {"shots": 5}),
    Row("anil", "anil", (Bar(5, 0.15, reference="0.105"), Bar(10, 0.06, reference="0.037"))),
    Row("cavia", "cavia", (Bar(1, 0.24, reference="0.205"), Bar(5, 0.04, reference="0.027"))),
    Row("reptile", "reptile", (Bar(10, 0.27, reference="0.21 to 0.24"), Bar(32, 0.22, reference="0.18 to 0.20"))),
    Row(
        "reptile-adam",
        "reptile",
        (Bar(10, 0.27, reference="0.21 to 0.24"), Bar(32, 0.22, reference="0.18 to 0.20")),
        {"inner_optimizer": "adam", "inner_learning_rate": 0.002},
    ),
    Row("metann", "metann", (Bar(1, 0.015, reference="0.005 to 0.007"),)),
    Row("metann-3", "metann-3", (Bar(1, reference="0.019"), Bar(3, 0.006, reference="0.0039"))),
    Row("maml-5-steps", "maml-5-steps", (Bar(5, reference="0.082"), Bar(10, reference="0.047"))),
    Row("maml-lslr", "maml-lslr", (Bar(5, 0.02, reference="0.007 to 0.010"),)),
    Row("learned_optimizer", "learned_optimizer", (Bar(20, 2.6, reference="1.67 to 2.5"),)),
    Row("learned_optimizer-100", "learned_optimizer-100", (Bar(100, 0.94, reference="0.63"),)),
    Row("ridge", "ridge", (Bar(1, 0.005, reference="0.0012"),)),
    Row("cnp", "cnp", (Bar(1, 0.02, reference="0.010"),)),
    Row("fedavg", "fedavg", (Bar(1, reference="1.01"), Bar(10, 0.40, reference="0.32"))),
    Row("perfedavg", "perfedavg", (Bar(1, 0.60, reference="0.48"), Bar(10, 0.18, reference="0.14"))),
    Row("transfer", "transfer", (Bar(1, 2.43, 2.03, reference="2.23"), Bar(10, 1.64, 1.24, reference="1.44"))),
    Row("scratch", "scratch", (Bar(1), Bar(10))),
)
ROWS: dict[str, Row] = {row.key: row for row in _ALL}
