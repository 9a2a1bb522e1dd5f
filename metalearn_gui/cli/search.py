"""`metalearn-gui search`: learn the structure, too, by successive halving on validation tasks."""

from __future__ import annotations

import math
from typing import Any

from metalearn_gui.cli import comparing
from metalearn_gui.cli.inputs import asked_settings
from metalearn_gui.cli.output import print_tables
from metalearn_gui.cli.parser import Options, Parser, whole_number
from metalearn_gui.engine.compare import Axis, Bracket, Budget, SearchPlan
from metalearn_gui.engine.compare.halving import NUM_CANDIDATES
from metalearn_gui.engine.report import command_of


def parser() -> Parser:
    """The arguments of `search`."""
    parser = comparing.make_parser(
        "search", "Learn the structure, too: candidates are halved by validation loss.", False
    )
    parser.add_argument(
        "--over", action="append", default=[], metavar="NAME=VALUE,VALUE", help="a setting to choose; by default "
        "width, depth, activation, inner steps",
    )  # fmt: skip
    parser.add_argument(
        "--candidates",
        type=whole_number(2, 81),
        default=NUM_CANDIDATES,
        metavar="N",
        help=f"{NUM_CANDIDATES} by default",
    )
    return parser


def run(options: Options) -> int:
    """Search, and say how the rounds went and who won."""
    comparing.check_report(options)
    axes = tuple(Axis.parse(text) for text in options.over)
    settings, budget = asked_settings(options), Budget.parse(options.budget)
    outcome = comparing.follow(
        SearchPlan(settings, budget, axes=axes, num_candidates=options.candidates, preset=options.preset)
    )
    bracket = outcome.bracket
    assert bracket is not None  # said before anything trains
    status = comparing.conclude(options, outcome, _bracket_report(bracket))
    if not options.json:
        _print_rounds(bracket)
    if bracket.winner and not options.json:
        print(f"The winner: {bracket.winner.label}\n{command_of(bracket.winner.settings, asked=options.preset)}")
    return status


def _print_rounds(bracket: Bracket) -> None:
    """A row for each candidate, those that came furthest first; who was left out of a round has no loss there."""
    found = [
        (lane, [rung.losses[lane.run_id] for rung in bracket.rungs if lane.run_id in rung.losses])
        for lane in bracket.lanes
    ]
    found.sort(key=lambda pair: (-len(pair[1]), pair[1][-1:]))
    columns = ["", *(f"{rung.share:.0%}" for rung in bracket.rungs)]
    rows = [[lane.label, *map(_loss_text, losses), *[""] * (len(columns) - 1 - len(losses))] for lane, losses in found]
    print_tables("Validation loss by round, after this share of the budget", columns, rows)


def _loss_text(loss: float) -> str:
    return f"{loss:.3g}" if math.isfinite(loss) else "diverged"


def _bracket_report(bracket: Bracket) -> dict[str, Any]:
    keys = {lane.run_id: lane.contender for lane in bracket.lanes}
    rounds = [
        {
            "share": rung.share,
            "losses": {keys[run_id]: loss for run_id, loss in rung.losses.items()},
            "survivors": [keys[run_id] for run_id in rung.survivors],
        }
        for rung in bracket.rungs
    ]
    won = {"label": bracket.winner.contender, "settings": bracket.winner.settings.to_dict()} if bracket.winner else None
    return {"rounds": rounds, "winner": won}
