"""`metalearn-gui sweep`: every pair of values of one or two settings."""

from __future__ import annotations

from typing import Any

import numpy as np

from metalearn_gui.cli import comparing
from metalearn_gui.cli.inputs import asked_settings
from metalearn_gui.cli.parser import Options, Parser
from metalearn_gui.engine.compare import Axis, Budget, Comparison, Grid, SweepPlan
from metalearn_gui.engine.scoring import finite


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
    outcome = comparing.follow(SweepPlan(settings, budget, options.seeds, grid=grid, preset=options.preset))
    return comparing.conclude(options, outcome, _grid_report(grid, outcome.comparison))


def _grid_report(grid: Grid, comparison: Comparison) -> dict[str, Any]:
    axes = [{"name": axis.name, "values": list(axis.values)} for axis in grid.axes]
    losses = np.vectorize(finite, otypes=[object])(grid.losses(comparison))
    return {"axes": axes, "losses": losses.tolist()}  # null: not known, or diverged
