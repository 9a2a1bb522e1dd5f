"""Tables of losses on unseen tasks, with what is said above and below them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from metalearn_gui.engine.compare import Comparison, LossAgainst
from metalearn_gui.engine.compare.figures import Figures, Row, rows, undecided_text
from metalearn_gui.engine.report.page import Table
from metalearn_gui.engine.report.plots import number, with_interval

LOSS, BEST_LOSS = 2, 5  # columns


def loss_table(comparison: Comparison) -> list[Table | str]:
    """A row for each learner, the lowest mean loss at its best step first; alone it is not held against others."""
    table = rows(comparison)
    has_accuracy, is_alone = any(row.best.accuracy for row in table), len(table) < 2
    columns = ["learner", "steps as trained", "loss", "median", "best step", "loss at best", "median at best"]
    columns += ["accuracy %"] if has_accuracy else []
    columns += [] if is_alone else ["behind the first"]
    fewest, num_seeds = _seeds_of_each(comparison)
    together = "its" if fewest < num_seeds else f"{num_seeds}"
    of_seeds = f", {together} seeds together" if num_seeds > 1 else ""
    columns += ["meta-iterations", f"seconds with compiling{of_seeds}"]
    cells = tuple(
        _cells(row, place, has_accuracy, is_alone, _learns(comparison, row)) for place, row in enumerate(table)
    )
    trained = {(place, LOSS) for place, row in enumerate(table) if row.trained.is_best}
    best = {(place, BEST_LOSS) for place, row in enumerate(table) if row.best.is_best}
    undecided = undecided_text(comparison)
    lines = [f"{undecided}."] if undecided else []
    lines += [f"{row.label}: {row.line}" for row in table if row.line]
    return [_note(comparison, is_alone), Table(tuple(columns), cells, frozenset(trained | best)), *lines]


def table_against(what: str, curves: Sequence[LossAgainst]) -> Table:
    """A row for each number of `what`, a column for each learner; one that was not tried with it has none there."""
    found = {
        (curve.label, x): with_interval(loss, half)
        for curve in curves
        for x, loss, half in zip(curve.x.tolist(), curve.loss, curve.ci95, strict=True)
    }
    labels, numbers = dict.fromkeys(label for label, _ in found), sorted({x for _, x in found})
    rows = (
        ("unlimited" if x == math.inf else f"{x:.0f}", *(found.get((label, x), "") for label in labels))
        for x in numbers
    )
    return Table((what, *labels), tuple(rows))


def _note(comparison: Comparison, is_alone: bool) -> str:
    """How the table is read."""
    note = (
        "A loss is a mean over the unseen tasks ± half its 95 % interval: first after as many adaptation steps as in "
        "training, then at the step where it is lowest."
    )
    if not is_alone:
        note += (
            " Behind the first: its loss minus that of the first row, paired task by task. Bold: clearly lower than "
            "every other one, for no interval of such a difference reaches zero."
        )
    fewest, num_seeds = _seeds_of_each(comparison)
    if num_seeds > 1:
        over = f"{fewest} to {num_seeds} seeds, as many as are over" if fewest < num_seeds else f"{num_seeds} seeds"
        note += f" Means are over {over}."
    if any(len(set(row.iterations)) > 1 for row in rows(comparison)):
        note += " Meta-iterations: from the seed with the fewest to the one with the most."
    return note


def _seeds_of_each(comparison: Comparison) -> tuple[int, int]:
    """The fewest and the most that a learner has."""
    counts = [len(entry.runs) for entry in comparison.entries] or [1]
    return min(counts), max(counts)


def _learns(comparison: Comparison, row: Row) -> bool:
    """Whether there is anything to train: a start from scratch has its one meta-iteration for form's sake."""
    return bool(comparison.entry(row.key).runs[0].lane.settings.learner.gradient_evaluations)


def _cells(row: Row, place: int, has_accuracy: bool, is_alone: bool, learns: bool) -> tuple[str, ...]:
    accuracy = [_accuracy(row.best)] if has_accuracy else []
    difference = "" if place == 0 else with_interval(row.behind.mean, row.behind.ci95)
    behind = [] if is_alone else [difference]
    trained, best = (
        [str(one.step), with_interval(one.mean, one.ci95), number(one.median)] for one in (row.trained, row.best)
    )
    iterations = " to ".join(f"{count:,}" for count in dict.fromkeys(row.iterations)) if learns else "none"
    return (row.label, *trained, *best, *accuracy, *behind, iterations, f"{row.seconds:.0f}")


def _accuracy(found: Figures) -> str:
    return f"{100 * found.accuracy[0]:.1f} ± {100 * found.accuracy[1]:.1f}" if found.accuracy else ""
