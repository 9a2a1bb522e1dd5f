"""`metalearn-gui compare`: learners side by side, on the same tasks and within the same budget."""

from __future__ import annotations

from metalearn_gui.cli import comparing
from metalearn_gui.cli.inputs import asked_settings
from metalearn_gui.cli.parser import Options, Parser, listed
from metalearn_gui.engine.baselines import BASELINES
from metalearn_gui.engine.compare import ORDERS, Budget, Choice, LearnersPlan
from metalearn_gui.engine.compare.contenders import with_free_keys
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.settings import ExperimentSettings


def parser() -> Parser:
    """The arguments of `compare`."""
    parser = comparing.make_parser(
        "compare", "Learners side by side: the same tasks, the same budget, paired differences."
    )
    parser.add_argument(
        "--learners",
        type=listed(*LEARNERS),
        default=[],
        metavar="KEY,KEY",
        help="who is compared; by default the preset's, and baselines",
    )
    parser.add_argument(
        "--contender", action="append", default=[], metavar="'KEY NAME=VALUE'", help="a learner with settings of its "
        "own; may come again",
    )  # fmt: skip
    parser.add_argument(
        "--order", choices=ORDERS, default=ORDERS[0], metavar="'in turn',interleaved", help="one after the other, by "
        "default, or side by side",
    )  # fmt: skip
    return parser


def run(options: Options) -> int:
    """Train all, try them on the same unseen tasks, and say what came out."""
    comparing.check_report(options)
    settings, budget = asked_settings(options), Budget.parse(options.budget)
    plan = LearnersPlan(
        settings, budget, options.seeds, _choices(options, settings), options.order, preset=options.preset
    )
    return comparing.conclude(options, comparing.follow(plan))


def _choices(options: Options, settings: ExperimentSettings) -> tuple[Choice, ...]:
    named = [Choice(key, key) for key in options.learners] + [Choice.parse(text) for text in options.contender]
    return with_free_keys(named or [Choice(key, key) for key in dict.fromkeys([settings.learner.key, *BASELINES])])
