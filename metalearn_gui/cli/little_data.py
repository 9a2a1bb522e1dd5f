"""`metalearn-gui little-data`: loss against the number of training tasks, and against shots."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from metalearn_gui.cli import comparing
from metalearn_gui.cli.inputs import asked_settings
from metalearn_gui.cli.parser import Options, Parser, whole_number
from metalearn_gui.engine import training
from metalearn_gui.engine.compare import NUM_TASKS, SHOTS, Budget, LittleData, LossAgainst, little_data
from metalearn_gui.engine.report import little_data_page


def parser() -> Parser:
    """The arguments of `little-data`."""
    parser = comparing.make_parser(
        "little-data", "Loss against training tasks and against shots, beside transfer and scratch."
    )
    for option, known, help in (
        ("--num-tasks", NUM_TASKS, "training tasks; 0 = unlimited"),
        ("--shots", SHOTS, "shots to try"),
    ):
        words = ",".join(map(str, known))
        parser.add_argument(option, type=_numbers, default=known, metavar="N,N", help=f"{help}; by default {words}")
    return parser


def run(options: Options) -> int:
    """Train with every number of tasks, try every number of shots, and say what came out."""
    comparing.check_report(options)
    settings, budget = asked_settings(options), Budget.parse(options.budget)
    work: Callable[..., Any] = functools.partial(
        little_data,
        settings,
        budget,
        num_tasks=options.num_tasks,
        shots=options.shots,
        seeds=comparing.seeds_of(settings, options),
        options=training.DEFAULT_OPTIONS,
    )
    *said, last = comparing.follow(lambda gate: work(gate=gate))
    curves = next((item for item in reversed(said) if isinstance(item, LittleData)), LittleData((), (), 0))
    report = comparing.comparison_report(settings, budget, last.comparison)
    report |= {name: [_curve(curve) for curve in getattr(curves, name)] for name in ("by_tasks", "by_shots")}
    return comparing.conclude(
        options, last, report, lambda: little_data_page(last.comparison, curves, comparing.typed(options))
    )


def _numbers(text: str) -> list[int]:
    return [whole_number(0, 1_000_000)(word.strip()) for word in text.split(",") if word.strip()]


def _curve(curve: LossAgainst) -> dict[str, Any]:
    """x: null = unlimited."""
    return {
        "learner": curve.learner,
        "x": curve.x.tolist(),
        "loss": curve.loss.tolist(),
        "loss_ci95": curve.ci95.tolist(),
    }
