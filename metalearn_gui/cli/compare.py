"""`metalearn-gui compare`: learners side by side, on the same tasks and within the same budget."""

from __future__ import annotations

import functools

from metalearn_gui.cli import comparing
from metalearn_gui.cli.inputs import asked_settings
from metalearn_gui.cli.parser import Options, Parser, listed
from metalearn_gui.engine import training
from metalearn_gui.engine.baselines import BASELINES
from metalearn_gui.engine.compare import ORDERS, Budget, compare, contenders_of
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.report import comparison_page


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
        help="default: the preset's, and baselines",
    )
    parser.add_argument("--order", choices=ORDERS, default=ORDERS[0], help="one after the other, or side by side")
    return parser


def run(options: Options) -> int:
    """Train all, try them on the same unseen tasks, and say what came out."""
    comparing.check_report(options)
    settings, budget = asked_settings(options), Budget.parse(options.budget)
    learners = options.learners or list(dict.fromkeys([settings.learner.key, *BASELINES]))
    contenders = contenders_of(settings, learners, comparing.seeds_of(settings, options))
    work = functools.partial(compare, contenders, budget, order=options.order, options=training.DEFAULT_OPTIONS)
    *_, last = comparing.follow(lambda gate: work(gate=gate))
    page = functools.partial(
        comparison_page,
        last.comparison,
        comparing.typed(options),
        compile=training.DEFAULT_OPTIONS.compile,
        cancelled=last.is_cancelled,
    )
    return comparing.conclude(options, last, comparing.comparison_report(settings, budget, last.comparison), page)
