"""What a page tells: of a comparison, a sweep, a search for a structure, of little data."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np

from metalearn_gui.engine.compare import (
    Bracket,
    Comparison,
    LittleData,
    LossAgainst,
    Outcome,
    Plan,
    Rung,
    SweepPlan,
)
from metalearn_gui.engine.compare.figures import rows
from metalearn_gui.engine.compare.halving import KEPT
from metalearn_gui.engine.compare.seed_curves import Curve
from metalearn_gui.engine.params import with_and
from metalearn_gui.engine.published import published
from metalearn_gui.engine.report import plots
from metalearn_gui.engine.report.element import Element
from metalearn_gui.engine.report.losses import loss_table, table_against
from metalearn_gui.engine.report.page import Page, Picture, Section, Table
from metalearn_gui.engine.report.plots import Band, Mean, Series, number
from metalearn_gui.engine.report.protocol import (
    again,
    label_of,
    protocol,
    references,
    settings_table,
    word_of,
)
from metalearn_gui.engine.report.same_task import same_task
from metalearn_gui.engine.report.scale import highest_shown
from metalearn_gui.engine.settings import ExperimentSettings

AXIS_NAMES = {
    "compute_seconds": "compute seconds",
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
        Section(_on_unseen(comparison), (*loss_table(comparison), *_intervals(comparison))),
        Section("As they trained", tuple(_curves(comparison, axis) for axis in AXIS_NAMES)),
        Section("Protocol", (*protocol(outcome), *references(comparison))),
        Section("To repeat it", tuple(again(outcome))),
        Section("Settings", tuple(settings_table(comparison))),
    ]
    words = [first.tasks.label, _shots(first, ()), *_budget(outcome.plan)]
    lead = f"{', '.join(words)}. {_count(outcome)}."
    return Page(f"Learners compared: {names}", lead, tuple(sections))


def _on_unseen(comparison: Comparison) -> str:
    return f"Losses on {comparison.tasks_text}"


def _sweep_page(outcome: Outcome, compile: bool) -> Page:
    """A heat map of the mean loss after as many steps as training takes, and the table."""
    assert isinstance(outcome.plan, SweepPlan)
    comparison, settings, names = outcome.comparison, outcome.plan.settings, outcome.plan.grid.names
    caption = (
        "Mean loss on the unseen tasks after as many adaptation steps as in training. Orange is low, blue is high; the "
        "ring is round the lowest."
    )
    sections = (
        Section("Heat map", (Picture(_heat_map(outcome.plan, comparison), caption),)),
        Section(_on_unseen(comparison), tuple(loss_table(comparison))),
        Section("Protocol", tuple(protocol(outcome))),
        Section("To repeat it", tuple(again(outcome))),
    )
    over = with_and([word_of(settings, name) for name in names])
    return Page(f"A sweep over {over}", _on(outcome, without=names), sections)


def _heat_map(plan: SweepPlan, comparison: Comparison) -> Element:
    """As the window has it: the first setting lies across, the second goes downward."""
    losses, (across, *down) = plan.grid.losses(comparison), plan.grid.axes
    rows = [str(value) for axis in down for value in axis.values] or [""]
    titles = [*(label_of(plan.settings, axis.name) for axis in down), ""][0], label_of(plan.settings, across.name)
    return plots.heat_map(losses.T if down else losses[None, :], [rows, list(map(str, across.values))], titles)


def _search_page(outcome: Outcome, compile: bool) -> Page:
    """Every round, its losses on validation tasks, and the winner on the unseen ones."""
    bracket = outcome.bracket
    assert bracket is not None  # a search says how it stands before anything trains
    rounds = [
        Section(f"Round {place}: after {100 * rung.share:.0f} % of the training", (_round_table(bracket, rung),))
        for place, rung in enumerate(bracket.rungs, 1)
    ]
    winner = bracket.winner
    found = [Section(_on_unseen(outcome.comparison), tuple(loss_table(outcome.comparison)))] if winner else []
    title = f"A search for a structure: {winner.label} wins" if winner else "A search for a structure, cancelled"
    last = Section("To repeat it", tuple(again(outcome)))
    return Page(title, f"{_on(outcome)} {_HALVING}", (*rounds, *found, last))


_HALVING = (
    f"After each round one structure in {KEPT} trains on: those with the lowest loss on validation tasks, which are "
    "neither training tasks nor unseen ones. Only the winner is tried on the unseen tasks."
)


def _round_table(bracket: Bracket, rung: Rung) -> Table:
    """The lowest loss first, and who goes on."""
    labels = {lane.run_id: lane.label for lane in bracket.lanes}
    said, others = ("goes on" if rung.share < 1.0 else "wins"), ("stops" if rung.survivors else "")
    cells = tuple(
        (
            labels[run_id],
            number(loss) if math.isfinite(loss) else "diverged",
            said if run_id in rung.survivors else others,
        )
        for run_id, loss in sorted(rung.losses.items(), key=lambda pair: pair[1])
    )
    return Table(("structure", "loss on validation tasks", "then"), cells)


def _little_data_page(outcome: Outcome, compile: bool) -> Page:
    """Loss against training tasks and against shots."""
    curves = outcome.little_data or LittleData((), (), 0)
    endless = any(math.isinf(x) for curve in curves.by_tasks for x in curve.x)
    by_tasks = _against(curves.by_tasks, "training tasks", "∞: a new task every time." if endless else "")
    trained = f"All were trained with {curves.shots} shots, and tried with fewer and with more."
    by_shots = _against(curves.by_shots, "shots", trained)
    sections = (
        Section("Training tasks", by_tasks),
        *([Section("Shots", by_shots)] if curves.by_shots else []),
        Section("Protocol", (_STEPS, *protocol(outcome))),
        Section("To repeat it", tuple(again(outcome))),
    )
    return Page("How little data will do", _on(outcome), sections)


_STEPS = (
    "The learner is shown after as many adaptation steps as in training, transfer and a start from scratch at their "
    "best step. What trains on no tasks is a level in the first plot, and stands in the last row of its table. A loss "
    "is a mean over the unseen tasks ± half its 95 % interval."
)

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
    return [Picture(drawing, "Mean loss of each learner at its best step, with its 95 % interval.")]


def _against(curves: Sequence[LossAgainst], what: str, remark: str) -> tuple[Picture | Table, ...]:
    """Infinitely many are drawn as three times the largest number that is not; an interval to 0 ends at the axis."""
    finite = [float(x) for curve in curves for x in curve.x if math.isfinite(x)]
    most = 3.0 * max(finite, default=1.0)
    series = [
        Series(curve.label, np.where(np.isfinite(curve.x), curve.x, most), curve.loss, *curve.ends) for curve in curves
    ]
    has_endless = any(math.isinf(x) for curve in curves for x in curve.x)
    drawing = plots.line_plot(series, what, "loss on unseen tasks", x_names={most: "∞"} if has_endless else None)
    picture = Picture(drawing, f"Mean loss on unseen tasks by {what}; shaded: its 95 % interval. {remark}".rstrip())
    return (picture, table_against(what, curves)) if curves else (picture,)


# --- what it was over -----------------------------------------------------------------------------


def _on(outcome: Outcome, without: Sequence[str] = ()) -> str:
    """Who learned what, how long, and how many runs are done. without: settings that have no one value."""
    settings = outcome.plan.settings
    words = [f"{settings.learner.label} on {settings.tasks.label}", _shots(settings, without), *_budget(outcome.plan)]
    return f"{', '.join(filter(None, words))}. {_count(outcome)}."


def _shots(settings: ExperimentSettings, without: Sequence[str]) -> str:
    shots = settings.episodes.shots
    return "" if "shots" in without else "1 shot" if shots == 1 else f"{shots} shots"


def _budget(plan: Plan) -> list[str]:
    """How much each run could train, where the settings alone do not say it."""
    texts = {
        "seconds": "{:g} s of computing for each run",
        "tasks": "{:,.0f} tasks for each run",
        "gradient_evaluations": "{:,.0f} gradient evaluations for each run",
        "meta_iterations": "{:,.0f} meta-iterations for each run",
    }
    budgets = dataclasses.asdict(plan.budget)
    return [text.format(budgets[name]) for name, text in texts.items() if budgets[name] is not None]


def _count(outcome: Outcome) -> str:
    if outcome.bracket is not None:
        return f"{len(outcome.bracket.lanes)} structures, rounds: {len(outcome.bracket.rungs)}"
    comparison = outcome.comparison
    contenders, runs = len({lane.contender for lane in comparison.lanes}), len(comparison.lanes)
    of_each = f", {runs // contenders} seeds each" if runs > contenders else ""
    return f"{len(comparison.runs)} of {runs} runs done{of_each}"
