"""`metalearn-gui sweep`: every pair of values of one or two settings."""

from __future__ import annotations

import functools
from typing import Any

from metalearn_gui.cli import comparing
from metalearn_gui.cli.inputs import asked_settings
from metalearn_gui.cli.parser import Options, Parser
from metalearn_gui.engine import training
from metalearn_gui.engine.compare import Axis, Budget, Comparison, Grid, compare
from metalearn_gui.engine.report import sweep_page


def parser() -> Parser:
    """The arguments of `sweep`."""
    parser = comparing.make_parser("sweep", "Train with every value of a setting, or every pair of values of two.")
    parser.add_argument(
        "--over", action="append", required=True, metavar="NAME=VALUE,VALUE", help="a setting; twice for two of them"
    )
    return parser


def run(options: Options) -> int:
    """Train every cell, and say what came out."""
    comparing.check_report(options)
    grid = Grid(tuple(Axis.parse(text) for text in options.over))
    settings, budget = asked_settings(options), Budget.parse(options.budget)
    contenders = grid.contenders(settings, comparing.seeds_of(settings, options))
    work = functools.partial(compare, contenders, budget, options=training.DEFAULT_OPTIONS)
    *_, last = comparing.follow(lambda gate: work(gate=gate))
    report = comparing.comparison_report(settings, budget, last.comparison) | _grid_report(grid, last.comparison)
    return comparing.conclude(
        options, last, report, lambda: sweep_page(last.comparison, grid, comparing.typed(options))
    )


def _grid_report(grid: Grid, comparison: Comparison) -> dict[str, Any]:
    axes = [{"name": axis.name, "values": list(axis.values)} for axis in grid.axes]
    return {"axes": axes, "losses": grid.losses(comparison).tolist()}
