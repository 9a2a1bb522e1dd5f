"""What `compare`, `sweep`, `search` and `little-data` share: their arguments, a bar, and the end of it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from metalearn_gui.cli.command import DONE, INTERRUPTED, say
from metalearn_gui.cli.interrupt import stopping_on_interrupt
from metalearn_gui.cli.output import check_place, print_json, print_table
from metalearn_gui.cli.parser import PROGRAM, BadInput, Options, Parser, whole_number
from metalearn_gui.engine import events
from metalearn_gui.engine.compare import Budget, Compared, Comparison, Progressed
from metalearn_gui.engine.compare.figures import rows, to_json
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.report import Page, write_page
from metalearn_gui.engine.settings import ExperimentSettings

MAX_SEEDS = 100


def make_parser(command: str, description: str, has_seeds: bool = True) -> Parser:
    """The arguments that all of them take."""
    parser = Parser(command, f"{description} Ctrl+C keeps what is done.")
    parser.add_source()
    parser.add_argument("--data", metavar="PATH", help="tasks of your own: a table, images or ratings")
    parser.add_set("a setting by its name")
    parser.add_argument(
        "--budget", default="", metavar="20s", help="of every run: seconds (20s), 1e6tasks, 1e6gradients, "
        "2000iterations; by default its own num_iterations",
    )  # fmt: skip
    if has_seeds:
        parser.add_argument(
            "--seeds", type=whole_number(1, MAX_SEEDS), default=1, metavar="N", help="runs of each, from its seed on"
        )
    parser.add_argument("--report", metavar="OUT.html", default="", help="a page of it, .html or .md")
    parser.add_json()
    return parser


def check_report(options: Options) -> None:
    """Refuse a place for the report before any work is done for it."""
    if not options.report:
        return
    if not options.report.lower().endswith((".html", ".md")):
        raise BadInput(f"--report is {options.report}; a report is written as .html or .md: choose one of the two")
    check_place(options.report, "report.html", "--report")


def seeds_of(settings: ExperimentSettings, options: Options) -> tuple[int, ...]:
    """So many seeds, from the settings' own on."""
    return tuple(range(settings.seed, settings.seed + options.seeds))


def follow(begin: Callable[[Gate], Iterator[Any]]) -> list[Any]:
    """Run it to its end under a bar; returns all it said but the events of single runs, the comparison last."""
    gate = Gate()
    work = begin(gate)
    planned = next(work)  # what cannot be compared is refused here, before there is a bar
    said, labels = [planned], {lane.run_id: lane.label for lane in planned.lanes}
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with (
        stopping_on_interrupt(gate),
        Progress(*columns, console=Console(stderr=True), refresh_per_second=4) as bar,
    ):
        task = bar.add_task("compiling", total=1.0)
        for item in work:
            if isinstance(item, Progressed):
                about = f"{labels[item.run_id]} ({item.num_done} of {item.num_runs} done)"
                bar.update(task, completed=item.share, description=about)
            elif not isinstance(item, events.Event):
                said.append(item)
    assert isinstance(said[-1], Compared)
    return said


def typed(options: Options) -> str:
    """The command line, as it was typed."""
    return shlex.join([PROGRAM, *options.words])


def conclude(options: Options, last: Compared, report: dict[str, Any], page: Callable[[], Page]) -> int:
    """Write the report, print JSON or a table, and say the exit status."""
    if options.report and last.comparison.runs:
        write_page(options.report, page())
    if options.json:
        print_json(report | {"is_cancelled": last.is_cancelled, "report": options.report or None})
    elif last.comparison.runs:
        print_comparison(last.comparison)
    if last.is_cancelled:
        say(f"Cancelled with {len(last.comparison.runs)} of {len(last.comparison.lanes)} runs to show")
    return INTERRUPTED if last.is_cancelled else DONE


def comparison_report(settings: ExperimentSettings, budget: Budget, comparison: Comparison) -> dict[str, Any]:
    """What --json says of every kind of comparison."""
    asked = {"tasks": settings.tasks.key, "shots": settings.episodes.shots, "budget": budget.text}
    return asked | to_json(comparison)


def print_comparison(comparison: Comparison) -> None:
    """The table, the lowest mean loss first."""
    table = rows(comparison)
    lines = []
    for row in table:
        starred = "*" if row.best.is_best else ""
        behind = "" if row is table[0] else f"{row.behind.mean:.3g} ± {row.behind.ci95:.2g}"
        trained, best = (f"{one.mean:.3g} ± {one.ci95:.2g} ({one.step})" for one in (row.trained, row.best))
        lines.append([row.label, trained, best + starred, behind])
    columns = ["", "as trained (steps)", "best (steps)", "behind the first"]
    print_table(f"Mean loss on {comparison.num_distinct_tasks} unseen tasks, the same for all", columns, lines)
    if any(row.best.is_best for row in table):
        print("* the paired difference to every other one parts from zero")
    for row in table:
        if row.line:
            print(f"{row.label}: {row.line}")
