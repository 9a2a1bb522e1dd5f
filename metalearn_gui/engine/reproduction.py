"""The figures that the learners are held to, as data: presets, the steps that are looked at, and their bars.

Every row is measured alike: meta-train its preset, then try 600 unseen tasks of the test split, seed 0; classifiers
of images 1,000 tasks of their own ways and shots.
Reference figures come from independent programs with the same settings; they are what an honest run gives.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

from metalearn_gui.engine.events import LearnerState, StepScores
from metalearn_gui.engine.presets import preset
from metalearn_gui.engine.scoring import score_unseen
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.engine.unseen import TASKS_SEED

EPISODES, QUERIES = 1_000, 15  # of a row that is judged by accuracy; queries by class


@dataclasses.dataclass(frozen=True)
class Bar:
    """What the mean query loss after `step` adaptation steps has to come to, and what a reference run has.

    With `ways` and `shots` it is the accuracy in per cent, on unseen tasks of so many.
    """

    step: int
    at_most: float = math.inf
    at_least: float = 0.0
    reference: str = ""
    ways: int = 0
    shots: int = 0

    @property
    def asked(self) -> str:
        """What is looked at: a step, or the ways and shots of the unseen tasks."""
        return f"{self.ways}-way {self.shots}-shot" if self.ways else str(self.step)

    @property
    def text(self) -> str:
        """The bar in words of numbers; a dash where the figure is only reported."""
        if self.at_least and math.isfinite(self.at_most):
            return f"{self.at_least:g} to {self.at_most:g}"
        if self.at_least:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if math.isfinite(self.at_most) else "–"

    def is_met(self, value: float) -> bool | None:
        """None where there is no bar."""
        has_bar = self.at_least > 0.0 or math.isfinite(self.at_most)
        return self.at_least <= value <= self.at_most if has_bar else None

    def unseen(self, settings: ExperimentSettings) -> ExperimentSettings:
        """The settings of a run with the unseen tasks that are looked at."""
        if not self.ways:
            return settings
        return settings.replaced(ways=self.ways, shots=self.shots, queries=QUERIES)


@dataclasses.dataclass(frozen=True)
class Row:
    """One training: a preset, what differs from it, and what is asked of it afterwards.

    With `tested_on` the unseen tasks are of that family, and of all classes of its file.
    """

    key: str
    preset: str
    bars: tuple[Bar, ...]
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    tested_on: str = ""

    def settings(self, **values: Any) -> ExperimentSettings:
        """The run's settings; it is tried for as many steps as the last bar asks for."""
        last = max(bar.step for bar in self.bars)
        return preset(self.preset).replaced(**{**self.values, "test_steps": last, **values})

    @property
    def needs_data(self) -> bool:
        """Whether there is nothing to train on or to try before a file is chosen."""
        return self.trains_on_data or (bool(self.tested_on) and TASKS[self.tested_on].needs_data)

    @property
    def trains_on_data(self) -> bool:
        """Whether its training tasks come from that file."""
        return self.settings().tasks.needs_data

    def unseen(self, settings: ExperimentSettings, data: str) -> ExperimentSettings:
        """The settings of its run with the family that it is tried on."""
        if not self.tested_on:
            return settings
        return settings.replaced(task_family=self.tested_on, data=data, test_data=data)

    @property
    def recipe(self) -> str:
        """What to type to have the same run."""
        return " ".join([f"--preset {self.preset}", *(f"--set {name}={value}" for name, value in self.values.items())])


@dataclasses.dataclass(frozen=True)
class Figure:
    """What was found at one bar: mean, half the width of its 95 % interval, and the median where it is a loss."""

    bar: Bar
    mean: float
    ci95: float
    median: float | None = None

    @property
    def is_met(self) -> bool | None:
        return self.bar.is_met(self.mean)


def figures(
    row: Row, settings: ExperimentSettings, state: LearnerState, num_tasks: int, compile: bool, data: str = ""
) -> list[Figure]:
    """A trained learner on unseen tasks, as each of the row's bars asks for; accuracies in per cent."""
    settings = row.unseen(settings, data)
    found: dict[tuple[int, int], StepScores] = {}
    for bar in row.bars:
        if (bar.ways, bar.shots) not in found:
            number = EPISODES if bar.ways else num_tasks
            scores = score_unseen(bar.unseen(settings), state, number, TASKS_SEED, compile)
            found[bar.ways, bar.shots] = scores
    return [_figure(bar, found[bar.ways, bar.shots]) for bar in row.bars]


def _figure(bar: Bar, scores: StepScores) -> Figure:
    if bar.ways and scores.accuracy is not None and scores.accuracy_ci95 is not None:
        return Figure(bar, 100.0 * float(scores.accuracy[bar.step]), 100.0 * float(scores.accuracy_ci95[bar.step]))
    columns = (scores.loss, scores.loss_ci95, scores.loss_median)
    return Figure(bar, *(float(values[bar.step]) for values in columns))


def _few_shot(
    one_shot: float, five_shots: float, twenty_ways: float = 0.0, reference: Sequence[str] = ("", "", "")
) -> tuple[Bar, ...]:
    """Bars of the usual episodes, after one step."""
    twenty = (Bar(1, at_least=twenty_ways, reference=reference[2], ways=20, shots=1),) if twenty_ways else ()
    return (
        Bar(1, at_least=one_shot, reference=reference[0], ways=5, shots=1),
        Bar(1, at_least=five_shots, reference=reference[1], ways=5, shots=5),
        *twenty,
    )


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
    Row(
        "perfedavg-hessian",
        "perfedavg",
        (Bar(1, 0.60), Bar(10, 0.18)),
        {"local_gradient": "hessian-vector"},
    ),
    Row("transfer", "transfer", (Bar(1, 2.43, 2.03, reference="2.23"), Bar(10, 1.64, 1.24, reference="1.44"))),
    Row("scratch", "scratch", (Bar(1), Bar(10))),
    Row("glyphs", "glyphs", _few_shot(86, 95, 66, ("86.1", "94.9", "66.4")), tested_on="images"),
    Row("protonet", "protonet", _few_shot(91, 97, 76, ("91.7", "97.3", "76.8"))),
    Row("ridge-images", "ridge-images", _few_shot(90.5, 97, 75.5, ("91.3", "97.6", "76.6"))),
    Row("maml-images", "maml-images", _few_shot(77, 87, reference=("77.2", "86.7"))),
)
ROWS: dict[str, Row] = {row.key: row for row in _ALL}
