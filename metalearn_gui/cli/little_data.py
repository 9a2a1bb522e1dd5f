"""`metalearn-gui little-data`: loss against the number of training tasks, and against shots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metalearn_gui.cli import comparing
from metalearn_gui.cli.inputs import asked_settings
from metalearn_gui.cli.output import print_tables
from metalearn_gui.cli.parser import Options, Parser, whole_number
from metalearn_gui.engine.compare import NUM_TASKS, SHOTS, Budget, LittleData, LittleDataPlan, LossAgainst
from metalearn_gui.engine.report.losses import table_against


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
    plan = LittleDataPlan(
        settings, budget, options.seeds, tuple(options.num_tasks), tuple(options.shots), preset=options.preset
    )
    outcome = comparing.follow(plan)
    curves = outcome.little_data or LittleData((), (), 0)
    more = {name: [_curve(curve) for curve in getattr(curves, name)] for name in ("by_tasks", "by_shots")}
    status = comparing.conclude(options, outcome, more)
    if not options.json:
        _print_curves("training tasks", curves.by_tasks)
        _print_curves("shots", curves.by_shots)
    return status


def _print_curves(what: str, curves: Sequence[LossAgainst]) -> None:
    if curves:
        table = table_against(what, curves)
        print_tables(f"Mean loss on unseen tasks by {what}", table.columns, table.rows)


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
