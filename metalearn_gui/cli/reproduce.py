"""`metalearn-gui reproduce`: train the presets again and hold them to their bars, as a Markdown table."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from metalearn_gui.cli.command import DONE, INTERRUPTED, say
from metalearn_gui.cli.inputs import with_assigned
from metalearn_gui.cli.output import check_place, print_json, print_table
from metalearn_gui.cli.parser import BadInput, Options, Parser, assigned, whole_number
from metalearn_gui.cli.progress import training_progress
from metalearn_gui.engine import training
from metalearn_gui.engine.report.page import markdown_table
from metalearn_gui.engine.report.plots import with_interval
from metalearn_gui.engine.reproduction import EPISODES, QUERIES, ROWS, Bar, Figure, Row, figures
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.unseen import TASKS_SEED
from metalearn_gui.store.records import RunRecord

SEEDS = (7,)
TRAINED = ("run", "from", "settings", "meta-iterations", "seconds", "seed")
LOSS = ("step", "loss", "median", "bar", "met", "reference")
ACCURACY = ("unseen tasks", "accuracy %", "bar", "met", "reference")
MATTERS = {
    "shots": "K {}", "meta_batch": "{} tasks", "inner_steps": "{} inner", "num_applications": "{} times",
    "inner_learning_rate": "α {:g}", "meta_learning_rate": "η {:g}", "initialization": "{}",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Result:
    """One row, trained once. seconds: compiling and training, without trying the unseen tasks."""

    row: Row
    settings: ExperimentSettings
    iterations: int
    seconds: float
    has_diverged: bool
    figures: list[Figure]

    def is_met(self, figure: Figure) -> bool | None:
        """A run that diverged meets no bar, whatever its last good state comes to."""
        return figure.is_met and not self.has_diverged


def parser() -> Parser:
    """The arguments of `reproduce`."""
    parser = Parser("reproduce", "Train the presets again and hold them to their bars. Ctrl+C keeps what is done.")
    parser.add_argument("keys", nargs="*", metavar="KEY", help="some rows; by default all, --list names them")
    parser.add_argument("--list", action="store_true", help="say what there is, and train nothing")
    parser.add_argument("--output", metavar="FILE.md", default="", help="where the table goes, by default to stdout")
    parser.add_argument(
        "--seed", type=whole_number(0, 2**31 - 1), action="append", metavar="N", help="of the runs, by default 7; may "
        "come again",
    )  # fmt: skip
    parser.add_argument(
        "--data", metavar="PATH", default="", help="images, a zip or a folder, for the rows that need some"
    )
    parser.add_set("a setting of every run, for example num_iterations=1000")
    parser.add_json()
    return parser


def run(options: Options) -> int:
    """Train row after row; the file is written anew after each of them."""
    rows = [_row(key) for key in options.keys] or list(ROWS.values())
    if options.list:
        return _list(rows, options.json)
    if options.output:
        check_place(options.output, "table.md")
    rows = _with_data(rows, options.data)
    jobs = [(row, seed) for seed in options.seed or SEEDS for row in rows]
    settings = [
        with_assigned(row.settings(seed=seed, **_data(row, options.data)), assigned(options.set)) for row, seed in jobs
    ]
    results: list[Result] = []
    status = DONE
    try:
        for (row, _), one in zip(jobs, settings, strict=True):
            results.append(_measured(row, one, options.data))
            _write(results, options.output)
    except KeyboardInterrupt:
        status = INTERRUPTED
        say(f"Stopped with {len(results)} of {len(jobs)} runs done")
    if options.json:
        print_json(_report(results))
    elif not options.output:
        print(_markdown(results))
    return status


def _row(key: str) -> Row:
    if key not in ROWS:
        raise BadInput(f"There is no row {key!r}; choose from {', '.join(ROWS)}")
    return ROWS[key]


def _with_data(rows: Sequence[Row], path: str) -> list[Row]:
    """Those that can be trained: without a file, rows of images are left out and said to be."""
    left_out = [row.key for row in rows if row.needs_data and not path]
    if left_out:
        say(f"Left out, for want of images (--data PATH): {', '.join(left_out)}")
    return [row for row in rows if row.key not in left_out]


def _data(row: Row, path: str) -> dict[str, str]:
    return {"data": path} if row.trains_on_data else {}


def _list(rows: Sequence[Row], as_json: bool) -> int:
    bars = [(row, bar) for row in rows for bar in row.bars]
    if as_json:
        print_json([{"key": row.key, "from": row.recipe, **_bar_entry(bar)} for row, bar in bars])
    else:
        cells = [(row.key, row.recipe, bar.asked, bar.text, bar.reference) for row, bar in bars]
        print_table("What reproduce trains", ("run", "from", "step or tasks", "bar", "reference"), cells)
    return DONE


def _measured(row: Row, settings: ExperimentSettings, data: str) -> Result:
    options = dataclasses.replace(training.DEFAULT_OPTIONS, baselines=False, evaluate=False)
    record = RunRecord(settings, name=row.key)
    started = time.perf_counter()
    with training_progress(record) as progress:
        for event in training.meta_train(settings, options=options, run_id=record.run_id):
            record.apply(event)
            progress.show()
    seconds = time.perf_counter() - started
    assert record.latest is not None
    found = figures(row, settings, record.latest.learner, options.num_tasks, options.compile, data)
    return Result(row, settings, record.iteration, seconds, record.reason == "diverged", found)


def _write(results: Sequence[Result], path: str) -> None:
    if path:
        Path(path).write_text(_markdown(results) + "\n", encoding="utf-8")


def _markdown(results: Sequence[Result]) -> str:
    every = [(result, figure) for result in results for figure in result.figures]
    losses = [
        (*_trained_cells(result), *_loss_cells(result, figure)) for result, figure in every if not figure.bar.ways
    ]
    accuracies = [
        (*_trained_cells(result), *_accuracy_cells(result, figure)) for result, figure in every if figure.bar.ways
    ]
    seed = f"evaluation seed {TASKS_SEED}; seconds: compiling and training"
    parts = []
    if losses:
        number = training.DEFAULT_OPTIONS.num_tasks
        parts += [
            f"Mean loss ± half its 95 % interval, and median, on {number} unseen tasks of the test split, {seed}.",
            markdown_table(TRAINED + LOSS, losses),
        ]
    if accuracies:
        parts += [
            f"Mean accuracy ± half its 95 % interval on {EPISODES:,} unseen tasks of the test split, {QUERIES} queries "
            f"a class, {seed}.",
            markdown_table(TRAINED + ACCURACY, accuracies),
        ]
    return "\n\n".join(parts)


def _trained_cells(result: Result) -> tuple[str, ...]:
    return (
        f"`{result.row.key}`",
        f"`{result.row.recipe}`",
        _settings_text(result.settings),
        f"{result.iterations:,}{' (diverged)' if result.has_diverged else ''}",
        f"{result.seconds:.0f}",
        str(result.settings.seed),
    )


def _loss_cells(result: Result, figure: Figure) -> tuple[str, ...]:
    mean = with_interval(figure.mean, figure.ci95)
    return (figure.bar.asked, mean, f"{figure.median:.3g}", *_bar_cells(result, figure))


def _accuracy_cells(result: Result, figure: Figure) -> tuple[str, ...]:
    return (figure.bar.asked, f"{figure.mean:.1f} ± {figure.ci95:.1f}", *_bar_cells(result, figure))


def _bar_cells(result: Result, figure: Figure) -> tuple[str, ...]:
    met = {True: "yes", False: "**no**", None: "–"}[result.is_met(figure)]
    return (figure.bar.text, met, figure.bar.reference or "–")


def _settings_text(settings: ExperimentSettings) -> str:
    known = settings.names()
    return ", ".join(text.format(settings.value(name)) for name, text in MATTERS.items() if name in known)


def _report(results: Sequence[Result]) -> dict[str, Any]:
    rows = [_entry(result, figure) for result in results for figure in result.figures]
    return {"num_tasks": training.DEFAULT_OPTIONS.num_tasks, "evaluation_seed": TASKS_SEED, "rows": rows}


def _entry(result: Result, figure: Figure) -> dict[str, Any]:
    return {
        "key": result.row.key,
        "from": result.row.recipe,
        "settings": result.settings.to_dict(),
        "meta_iterations": result.iterations,
        "seconds": result.seconds,
        "seed": result.settings.seed,
        **_bar_entry(figure.bar),
        **_measure(figure),
        "met": result.is_met(figure),
    }


def _measure(figure: Figure) -> dict[str, float | None]:
    if figure.bar.ways:
        return {"accuracy": figure.mean / 100.0, "accuracy_ci95": figure.ci95 / 100.0}
    return {"loss": figure.mean, "loss_ci95": figure.ci95, "loss_median": figure.median}


def _bar_entry(bar: Bar) -> dict[str, Any]:
    tasks = {"ways": bar.ways, "shots": bar.shots} if bar.ways else {}
    return {**tasks, "step": bar.step, "at_least": bar.at_least, "at_most": bar.at_most, "reference": bar.reference}
