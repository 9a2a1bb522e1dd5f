"""`metalearn-gui search`: learn the structure, too, by successive halving on validation tasks."""

from __future__ import annotations

import functools
from typing import Any

from metalearn_gui.cli import comparing
from metalearn_gui.cli.inputs import asked_settings
from metalearn_gui.cli.parser import Options, Parser, whole_number
from metalearn_gui.engine import training
from metalearn_gui.engine.compare import Axis, Bracket, Budget, candidates, search
from metalearn_gui.engine.compare.halving import NUM_CANDIDATES, SPACE
from metalearn_gui.engine.report import command_of, search_page


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
    axes = [Axis.parse(text) for text in options.over]
    settings, budget = asked_settings(options), Budget.parse(options.budget)
    space = {axis.name: axis.values for axis in axes} or SPACE
    contenders = candidates(settings, space, options.candidates, settings.seed)
    work = functools.partial(search, contenders, budget, options=training.DEFAULT_OPTIONS)
    *said, last = comparing.follow(lambda gate: work(gate=gate))
    bracket = [item for item in said if isinstance(item, Bracket)][-1]
    report = comparing.comparison_report(settings, budget, last.comparison) | _bracket_report(bracket)
    status = comparing.conclude(
        options, last, report, lambda: search_page(last.comparison, bracket, comparing.typed(options))
    )
    if bracket.winner and not options.json:
        print(f"The winner: {bracket.winner.label}\n{command_of(bracket.winner.settings)}")
    return status


def _bracket_report(bracket: Bracket) -> dict[str, Any]:
    labels = {lane.run_id: lane.label for lane in bracket.lanes}
    rounds = [
        {
            "share": rung.share,
            "losses": {labels[run_id]: loss for run_id, loss in rung.losses.items()},
            "survivors": [labels[run_id] for run_id in rung.survivors],
        }
        for rung in bracket.rungs
    ]
    won = {"label": bracket.winner.label, "settings": bracket.winner.settings.to_dict()} if bracket.winner else None
    return {"rounds": rounds, "winner": won}
