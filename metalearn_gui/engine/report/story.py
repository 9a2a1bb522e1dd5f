"""What a page tells: of a comparison, a sweep, a search for a structure, of little data."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from metalearn_gui.engine.compare import (
    Bracket,
    Comparison,
    Entry,
    LittleData,
    LossAgainst,
    Outcome,
    Rung,
    SweepPlan,
)
from metalearn_gui.engine.compare.figures import Figures, Row, rows, undecided_text
from metalearn_gui.engine.compare.seed_curves import Curve
from metalearn_gui.engine.published import Reference, published
from metalearn_gui.engine.report import plots
from metalearn_gui.engine.report.page import Code, Page, Picture, Section, Table
from metalearn_gui.engine.report.plots import Band, Mean, Series, number, with_interval
from metalearn_gui.engine.report.repeat import command_of, command_of_plan, command_of_trying, file_of, reached
from metalearn_gui.engine.report.same_task import same_task
from metalearn_gui.engine.report.scale import highest_shown
from metalearn_gui.engine.settings import ExperimentSettings

AXIS_NAMES = {
    "compute_seconds": "seconds of computing",
    "tasks_seen": "tasks seen",
    "gradient_evaluations": "gradient evaluations",
    "iteration": "meta-iterations",
}
MAX_BANDS = 4


def page_of(outcome: Outcome, *, compile: bool = True) -> Page:
    """What a plan came to: its pictures, its table, the protocol, and how to have it again.

    compile: as the runs were.
    """
    return _PAGES[outcome.plan.kind](outcome, compile)


def _learners_page(outcome: Outcome, compile: bool) -> Page:
    comparison = outcome.comparison
    first = comparison.lanes[0].settings
    names = ", ".join(dict.fromkeys(lane.label for lane in comparison.lanes))
    sections = [
        *same_task(comparison, outcome.plan.tasks_seed, compile),
        Section(comparison.tasks_text, (*_table(comparison), *_intervals(comparison))),
        Section("As they trained", tuple(_curves(comparison, axis) for axis in AXIS_NAMES)),
        Section("Protocol", (*_protocol(outcome), *_references(comparison))),
        Section("Again", tuple(_again(outcome))),
        Section("Settings", (_settings(comparison),)),
    ]
    lead = f"{first.tasks.label}, {first.episodes.shots} shots, {_count(comparison)} done."
    return Page(f"Learners compared: {names}", lead, tuple(sections))


def _sweep_page(outcome: Outcome, compile: bool) -> Page:
    """A heat map of the mean loss after as many steps as training takes, and the table."""
    assert isinstance(outcome.plan, SweepPlan)
    comparison, grid = outcome.comparison, outcome.plan.grid
    losses = grid.losses(comparison)
    table = losses if losses.ndim == 2 else losses[None, :]
    axes = [axis.name for axis in grid.axes]
    names = [[str(value) for value in axis.values] for axis in grid.axes]
    labels = axes if len(axes) == 2 else ["", axes[0]]
    drawing = plots.heat_map(table, names if len(names) == 2 else [[""], names[0]], labels)
    caption = "Mean loss on the unseen tasks after as many steps as training takes; dark is low."
    sections = (
        Section("Heat map", (Picture(drawing, caption),)),
        Section(comparison.tasks_text, tuple(_table(comparison))),
        Section("Protocol", tuple(_protocol(outcome))),
        Section("Again", tuple(_again(outcome))),
    )
    return Page(f"A sweep over {' and '.join(axes)}", _on(outcome.plan.settings), sections)


def _search_page(outcome: Outcome, compile: bool) -> Page:
    """Every round, its losses on validation tasks, and the winner on the unseen ones."""
    bracket = outcome.bracket
    assert bracket is not None  # a search says how it stands before anything trains
    rounds = [
        Section(f"Round {place}: {100 * rung.share:.0f} % of the budget", (_round_table(bracket, rung),))
        for place, rung in enumerate(bracket.rungs, 1)
    ]
    winner = bracket.winner
    found = [Section("The winner on unseen tasks", tuple(_table(outcome.comparison)))] if winner else []
    title = f"A structure: {winner.label}" if winner else "A search for a structure, cancelled"
    again = Section("Again", tuple(_again(outcome)))
    return Page(title, _on(outcome.plan.settings), (*rounds, *found, again))


def _round_table(bracket: Bracket, rung: Rung) -> Table:
    """The lowest loss first, and who goes on."""
    labels = {lane.run_id: lane.label for lane in bracket.lanes}
    said = "goes on" if rung.share < 1.0 else "wins"
    cells = tuple(
        (labels[run_id], number(loss) if math.isfinite(loss) else "diverges", said if run_id in rung.survivors else "")
        for run_id, loss in sorted(rung.losses.items(), key=lambda pair: pair[1])
    )
    return Table(("structure", "loss on validation tasks", ""), cells)


def _little_data_page(outcome: Outcome, compile: bool) -> Page:
    """Loss against training tasks and against shots."""
    curves = outcome.little_data or LittleData((), (), 0)
    by_tasks = _against(curves.by_tasks, "training tasks", "The last point: as many tasks as training wants.")
    trained = f"Every learner was trained with {curves.shots} shots, and tried with fewer and with more."
    by_shots = _against(curves.by_shots, "shots", trained)
    sections = (
        Section("Training tasks", (by_tasks,)),
        *([Section("Shots", (by_shots,))] if curves.by_shots else []),
        Section("Protocol", tuple(_protocol(outcome))),
        Section("Again", tuple(_again(outcome))),
    )
    return Page("How little data will do", _on(outcome.plan.settings), sections)


_PAGES: dict[str, Callable[[Outcome, bool], Page]] = {
    "compare": _learners_page, "sweep": _sweep_page, "structure": _search_page, "little_data": _little_data_page,
}  # fmt: skip


# --- pictures -------------------------------------------------------------------------------------


def _curves(comparison: Comparison, axis: str) -> Picture:
    found = {entry.label: entry.curve(axis, entry.best_step) for entry in comparison.entries}
    bands = _bands(comparison) if axis == "tasks_seen" else []
    highest = highest_shown(one.mean for one in found.values())
    series = [_series(label, one, highest) for label, one in found.items()]
    drawing = plots.line_plot(series, AXIS_NAMES[axis], "loss on unseen tasks", bands)
    told = f"Mean loss on unseen tasks at each learner's best step, by {AXIS_NAMES[axis]}"
    has_seeds = any(len(entry.runs) > 1 for entry in comparison.entries)
    seeds = ": the mean of the seeds, shaded from the lowest to the highest of them" if has_seeds else ""
    ended = any(len(curve.ended) for curve in found.values())
    rings = " A ring: a seed ended there, and its last loss counts on, so that each line ends at the table's figure."
    gone = ", ".join(label for label, one in found.items() if (one.mean[-1:] > highest).any())
    return Picture(drawing, f"{told}{seeds}.{rings if ended else ''}{f' Off the scale: {gone}.' if gone else ''}")


def _series(label: str, curve: Curve, highest: float) -> Series:
    """A learner's curve as far as the plot goes."""
    mean, low, high = (np.where(curve.mean > highest, np.nan, loss) for loss in (curve.mean, curve.low, curve.high))
    return Series(label, curve.x, mean, low, high, curve.ended)


def _bands(comparison: Comparison) -> list[Band]:
    references = [
        (entry.label, reference)
        for entry in comparison.entries
        for reference in published(entry.runs[0].lane.settings, entry.trained_steps)
        if reference.is_comparable and reference.measure == "loss"
    ]
    return [Band(f"{label} reference", one.low, one.high) for label, one in references[:MAX_BANDS]]


def _intervals(comparison: Comparison) -> list[Picture]:
    table = rows(comparison)
    if not table:
        return []
    places = {entry.key: place for place, entry in enumerate(comparison.entries)}
    means = [Mean(row.label, row.best.mean, row.best.ci95, places[row.key]) for row in table]
    drawing = plots.interval_plot(means, "mean loss, 95 % interval")
    return [Picture(drawing, "Mean and 95 % interval of each learner at its best step.")]


def _against(curves: Sequence[LossAgainst], what: str, remark: str) -> Picture:
    """Infinitely many are drawn as three times the largest number that is not; an interval to 0 ends at the axis."""
    finite = [float(x) for curve in curves for x in curve.x if math.isfinite(x)]
    most = 3.0 * max(finite, default=1.0)
    series = [
        Series(curve.label, np.where(np.isfinite(curve.x), curve.x, most), curve.loss, *curve.ends) for curve in curves
    ]
    has_endless = any(math.isinf(x) for curve in curves for x in curve.x)
    drawing = plots.line_plot(series, what, "loss on unseen tasks", x_names={most: "∞"} if has_endless else None)
    return Picture(drawing, f"Mean loss on unseen tasks by {what}, shaded over its 95 % interval. {remark}")


# --- words and tables -----------------------------------------------------------------------------


def _table(comparison: Comparison) -> list[Table | str]:
    table = rows(comparison)
    has_accuracy = any(row.best.accuracy for row in table)
    columns = ["learner", "step", "loss", "median", "best step", "loss", "median"]
    columns += ["accuracy %"] if has_accuracy else []
    fewest, num_seeds = _seeds_of_each(comparison)
    together = "its" if fewest < num_seeds else f"{num_seeds}"
    of_seeds = f", {together} seeds together" if num_seeds > 1 else ""
    columns += ["behind the first", "meta-iterations", f"seconds with compiling{of_seeds}"]
    cells = tuple(_cells(row, place, has_accuracy) for place, row in enumerate(table))
    trained = {(place, 2) for place, row in enumerate(table) if row.trained.is_best}
    best = {(place, 5) for place, row in enumerate(table) if row.best.is_best}
    undecided = undecided_text(comparison)
    lines = [f"{undecided}."] if undecided else []
    lines += [f"{row.label}: {row.line}" for row in table if row.line]
    note = (
        "Mean ± half its 95 % interval, first after as many steps as training takes, then at the best step. Bold: the "
        "paired difference to every other learner parts from zero."
    )
    if num_seeds > 1:
        over = f"{fewest} to {num_seeds} seeds, as many as are over" if fewest < num_seeds else f"{num_seeds} seeds"
        note += f" Means are over {over}; meta-iterations: of each of them, from the fewest to the most."
    return [note, Table(tuple(columns), cells, frozenset(trained | best)), *lines]


def _seeds_of_each(comparison: Comparison) -> tuple[int, int]:
    """The fewest and the most that a learner has."""
    counts = [len(entry.runs) for entry in comparison.entries] or [1]
    return min(counts), max(counts)


def _cells(row: Row, place: int, has_accuracy: bool) -> tuple[str, ...]:
    accuracy = [_accuracy(row.best)] if has_accuracy else []
    behind = "" if place == 0 else with_interval(row.behind.mean, row.behind.ci95)
    trained, best = (
        [str(one.step), with_interval(one.mean, one.ci95), number(one.median)] for one in (row.trained, row.best)
    )
    iterations = " to ".join(f"{count:,}" for count in dict.fromkeys(row.iterations))
    return (row.label, *trained, *best, *accuracy, behind, iterations, f"{row.seconds:.0f}")


def _accuracy(found: Figures) -> str:
    return f"{100 * found.accuracy[0]:.1f} ± {100 * found.accuracy[1]:.1f}" if found.accuracy else ""


def _protocol(outcome: Outcome) -> list[str]:
    comparison = outcome.comparison
    seeds = sorted({lane.seed for lane in comparison.lanes})
    over = "tasks, or over seeds where those are wider" if len(seeds) > 1 else "tasks"
    same = "the same tasks in the same order" if comparison.shares_tasks else "tasks of their own: their sizes differ"
    said = [
        f"All train on {same}; seeds {', '.join(map(str, seeds))}. All are tried on the same unseen tasks, which none "
        f"of them was trained on. Intervals are over {over}.",
        "A learner's best step is chosen by the tasks that judge it, which flatters it a little. The inner learning "
        "rate of transfer and of a start from scratch is the best of a grid on validation tasks.",
    ]
    constant = dict.fromkeys(number(loss, 4) for loss in sorted(run.constant_loss for run in comparison.runs))
    if constant:
        least, *more = constant
        several = f" to {more[-1]}, for their tasks differ in size" if more else ""
        said.append(f"A constant prediction has a loss of {least}{several}.")
    ended = [f"{entry.label} ({entry.early_end})" for entry in comparison.entries if entry.early_end]
    if outcome.plan.budget.seconds is not None and ended:
        said.append(f"Ended before the {outcome.plan.budget.seconds:g} s that each might train: {', '.join(ended)}.")
    if outcome.is_cancelled:
        cut = [run.lane.name for run in comparison.runs if run.is_cut_short]
        said.append(
            "It was cancelled before all had their whole budget." + (f" Cut short: {', '.join(cut)}." if cut else "")
        )
    if any(lane.settings.network.is_transductive for lane in comparison.lanes):
        said.append("Some networks normalise over the queries together: they are transductive.")
    return said


def _references(comparison: Comparison) -> list[Table | str]:
    found: list[tuple[str, Reference]] = [
        (entry.label, reference) for entry in comparison.entries for reference in published(entry.runs[0].lane.settings)
    ]
    cells = tuple((label, one.measure, str(one.step), _range(one), one.protocol) for label, one in found)
    told = "Reference figures, which others got; those on other tasks say so and are no measure of these runs."
    return [told, Table(("learner", "measure", "step", "reference", "how it was got"), cells)] if cells else []


def _range(reference: Reference) -> str:
    return f"{reference.low:g}" if reference.low == reference.high else f"{reference.low:g} to {reference.high:g}"


def _again(outcome: Outcome) -> list[Code | str]:
    seconds = outcome.plan.budget.seconds
    runs = outcome.comparison.runs
    files = {run.lane.run_id: file_of(run.lane) for run in runs}
    asked = outcome.plan.preset
    lines = "\n".join(f"{command_of(reached(run), files[run.lane.run_id], asked)}  # {run.lane.name}" for run in runs)
    tries = "\n".join(command_of_trying(outcome.plan, file) for file in files.values())
    told = "Each run alone, up to the meta-iteration that it reached:"
    if seconds is not None:
        told = f"In {seconds:g} s another machine comes to another meta-iteration. {told}"
    whole: list[Code | str] = [Code(command_of_plan(outcome.plan))]
    tried = "On the unseen tasks of this page:"
    return [*whole, told, Code(lines), tried, Code(tries)] if lines else whole


def _settings(comparison: Comparison) -> Table:
    """Settings by flat name: once where they agree, else by contender."""
    entries: Sequence[Entry] = comparison.entries
    values = [_values(entry.runs[0].lane.settings) for entry in entries]
    names = dict.fromkeys(name for one in values for name in one)
    cells = tuple(_same_once((name, *(one.get(name, "–") for one in values))) for name in names)
    return Table(("setting", *(entry.label for entry in entries)), cells)


def _same_once(cells: tuple[str, ...]) -> tuple[str, ...]:
    same = len(cells) > 2 and len(set(cells[1:])) == 1
    return (cells[0], cells[1], *("″" for _ in cells[2:])) if same else cells


def _values(settings: ExperimentSettings) -> dict[str, str]:
    choices = {"task_family": settings.tasks.key, "learner": settings.learner.key, "network": settings.network.key}
    return choices | {name: str(settings.value(name)) for name in settings.names()}


def _on(settings: ExperimentSettings) -> str:
    return f"{settings.learner.label} on {settings.tasks.label}, {settings.episodes.shots} shots."


def _count(comparison: Comparison) -> str:
    learners, runs = len({lane.contender for lane in comparison.lanes}), len(comparison.lanes)
    of_each = f" ({learners} learners, {runs // learners} seeds)" if runs > learners else ""
    return f"{len(comparison.runs)} of {runs} runs{of_each}"
