"""What `compare`, `sweep`, `search` and `little-data` share: their arguments, a bar, and the end of it."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from metalearn_gui.cli.command import DONE, INTERRUPTED, say
from metalearn_gui.cli.interrupt import stopping_on_interrupt
from metalearn_gui.cli.output import check_place, print_json, print_tables
from metalearn_gui.cli.parser import BadInput, Options, Parser, shortened, whole_number
from metalearn_gui.cli.progress import TimeLeft
from metalearn_gui.engine import training
from metalearn_gui.engine.compare import Compared, Comparison, Outcome, Plan, Progressed
from metalearn_gui.engine.compare.figures import rows, to_json, undecided_text
from metalearn_gui.engine.control import Gate
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.report import page_of, write_page
from metalearn_gui.engine.report.plots import with_interval

MAX_SEEDS = 100
BESIDE = 30  # columns of a terminal for the bar, its percentage and the time left


def make_parser(command: str, description: str, has_seeds: bool = True) -> Parser:
    """The arguments that all of them take."""
    parser = Parser(command, f"{description} Ctrl+C keeps what is done.")
    parser.add_source()
    parser.add_argument("--data", metavar="PATH", help="tasks of your own: a table, images or ratings")
    parser.add_set("a setting by its name")
    parser.add_budget("of every run")
    if has_seeds:
        parser.add_argument(
            "--seeds", type=whole_number(1, MAX_SEEDS), default=1, metavar="N", help="runs of each, from its seed on; "
            "by default 1",
        )  # fmt: skip
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


def follow(plan: Plan) -> Outcome:
    """Run it to its end under a bar."""
    gate, outcome = Gate(), Outcome(plan)
    work = plan.begin(gate, training.DEFAULT_OPTIONS)
    planned = next(work)  # what cannot be compared is refused here, before there is a bar
    labels = {lane.run_id: lane.label for lane in planned.lanes}
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeLeft())
    console = Console(stderr=True)
    with stopping_on_interrupt(gate), Progress(*columns, console=console, refresh_per_second=4) as bar:
        task = bar.add_task("compiling", total=1.0)
        for item in work:
            if isinstance(item, Progressed):
                does = ", compiling" if item.is_compiling else ""
                done = f"{does} ({item.num_done} of {item.num_runs} done)"
                label = shortened(labels[item.run_id], console.width - BESIDE - len(done))
                bar.update(task, completed=item.share, description=f"{label}{done}")
            else:
                outcome = outcome.after(item)
                if isinstance(item, Compared):  # the last progress was told before the last run had been tried
                    reached = None if outcome.is_cancelled else 1.0
                    said = f"{outcome.num_done} of {outcome.num_runs} done"
                    bar.update(task, completed=reached, description=said)
    return outcome


def conclude(options: Options, outcome: Outcome, more: dict[str, Any] | None = None) -> int:
    """Write the report, print JSON (with what more there is to say) or a table, and say the exit status."""
    comparison, is_cancelled = outcome.comparison, outcome.is_cancelled
    refused = _write_report(options.report, outcome) if options.report and outcome.is_something else None
    if options.json:
        report = _asked(outcome.plan) | to_json(comparison) | (more or {})
        print_json(report | {"is_cancelled": is_cancelled, "report": None if refused else options.report or None})
    elif comparison.runs:
        print_comparison(comparison, outcome.plan.tasks_seed)
    if is_cancelled:
        say(_cancelled_text(comparison))
    if refused:
        raise refused
    return INTERRUPTED if is_cancelled else DONE


def _write_report(path: str, outcome: Outcome) -> SettingError | None:
    """Why it cannot be written, to be said once the figures are: they have taken long."""
    try:
        write_page(path, page_of(outcome, compile=training.DEFAULT_OPTIONS.compile))
    except SettingError as error:
        return error
    say(f"The report is in {path}")
    return None


def _cancelled_text(comparison: Comparison) -> str:
    cut = ", ".join(run.lane.name for run in comparison.runs if run.is_cut_short)
    text = f"Cancelled with {len(comparison.runs)} of {len(comparison.lanes)} runs to show"
    return f"{text}; cut short: {cut}" if cut else text


def _asked(plan: Plan) -> dict[str, Any]:
    settings = plan.settings
    return {
        "tasks": settings.tasks.key,
        "shots": settings.episodes.shots,
        "budget": plan.budget.text,
        "tasks_seed": plan.tasks_seed,
    }


def print_comparison(comparison: Comparison, seed: int) -> None:
    """The table, the lowest mean loss first. seed: of the unseen tasks."""
    table = rows(comparison)
    lines = []
    for row in table:
        starred = "*" if row.best.is_best else ""
        behind = "" if row is table[0] else with_interval(row.behind.mean, row.behind.ci95)
        trained, best = (f"{with_interval(one.mean, one.ci95)} ({one.step})" for one in (row.trained, row.best))
        lines.append([row.label, trained, best + starred, behind])
    columns = ["", "as trained (steps)", "best (steps)", "behind the first"]
    title = f"Mean loss on the same {comparison.tasks_text}, as of `evaluate --seed {seed}`"
    num_shown = len(columns) if len(table) > 1 else len(columns) - 1  # one alone is behind nobody
    print_tables(title, columns[:num_shown], [line[:num_shown] for line in lines])
    if any(row.best.is_best for row in table):
        print("* the paired difference to every other one parts from zero")
    if undecided := undecided_text(comparison):
        print(undecided)
    for row in table:
        if row.line:
            print(f"{row.label}: {row.line}")
