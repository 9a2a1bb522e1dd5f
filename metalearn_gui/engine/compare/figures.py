"""A comparison's figures as plain values, for --json and for tables that people read."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from metalearn_gui.engine.compare.result import Comparison, Difference, Entry
from metalearn_gui.engine.params import with_and
from metalearn_gui.engine.scoring import finite

MOST_NAMED = 3  # in a sentence


@dataclasses.dataclass(frozen=True)
class Figures:
    """One contender at one step: mean and median, half the width of the mean's 95 % interval, accuracy with its own."""

    step: int
    mean: float
    ci95: float
    median: float
    accuracy: tuple[float, float] | None
    is_best: bool  # alone so: the paired difference to every other one parts from zero


@dataclasses.dataclass(frozen=True)
class Row:
    """A contender in the table.

    behind: its loss minus that of the lowest mean, both at their best steps.
    iterations: of training, from the seed that came least far to the one that came furthest. seconds: of all seeds.
    """

    key: str
    label: str
    trained: Figures
    best: Figures
    behind: Difference
    iterations: tuple[int, int]
    seconds: float
    line: str


def rows(comparison: Comparison) -> tuple[Row, ...]:
    """The table, the lowest mean loss at its best step first."""
    entries = sorted(comparison.entries, key=lambda entry: _or_infinity(entry.mean(entry.best_step)))
    at_trained = comparison.alone({entry.key: entry.trained_steps for entry in entries})
    at_best = comparison.alone()
    return tuple(
        Row(
            entry.key,
            entry.label,
            figures(entry, entry.trained_steps, entry.key in at_trained),
            figures(entry, entry.best_step, entry.key in at_best),
            comparison.difference(entry.key, entries[0].key),
            _ends([run.moments[-1].iteration for run in entry.runs]),
            sum(run.seconds for run in entry.runs),
            next((run.line for run in entry.runs if run.line), ""),
        )
        for entry in entries
    )


def figures(entry: Entry, step: int, is_best: bool = False) -> Figures:
    """A contender at a step."""
    return Figures(step, entry.mean(step), entry.ci95(step), entry.median(step), entry.accuracy(step), is_best)


def undecided_text(comparison: Comparison) -> str:
    """That nobody is better than all others at their best steps, and who leads; "" where somebody is."""
    best = comparison.best()
    if len(best) < 2:
        return ""
    first, *others = (row.label for row in rows(comparison) if row.key in best)
    several = with_and(others) if len(others) <= MOST_NAMED else f"{len(others)} others"
    paired = (
        f"the interval of the paired difference to {others[0]} spans zero"
        if len(others) == 1
        else f"the intervals of the paired differences to {several} span zero"
    )
    return f"{first} has the lowest mean loss, but not clearly: {paired}"


def to_json(comparison: Comparison) -> dict[str, Any]:
    """All of it, with None for numbers that are not finite."""
    best = comparison.best()
    keys = [entry.key for entry in comparison.entries]
    return {
        "num_tasks": comparison.num_tasks,
        "num_distinct_tasks": comparison.num_distinct_tasks,
        "shares_tasks": comparison.shares_tasks,
        "constant_loss": comparison.runs[0].constant_loss if comparison.runs else None,
        "best": sorted(comparison.alone()),
        "cannot_be_told_apart": sorted(best) if len(best) > 1 else [],
        "contenders": [_entry(entry) for entry in comparison.entries],
        "differences": [
            _difference(comparison, key, other) for place, key in enumerate(keys) for other in keys[place + 1 :]
        ],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "label": entry.label,
        "learner": entry.runs[0].lane.settings.learner.key,
        "settings": entry.runs[0].lane.settings.to_dict(),
        "trained_steps": entry.trained_steps,
        "best_step": entry.best_step,
        "steps": [_step(figures(entry, step)) for step in range(entry.num_steps + 1)],
        "runs": [
            {
                "seed": run.lane.seed,
                "reason": run.reason,
                "line": run.line,
                "constant_loss": finite(run.constant_loss),
                "iterations": run.moments[-1].iteration,
                "tasks_seen": run.moments[-1].tasks_seen,
                "gradient_evaluations": run.moments[-1].gradient_evaluations,
                "compute_seconds": run.moments[-1].compute_seconds,
                "seconds": run.seconds,
            }
            for run in entry.runs
        ],
    }


def _step(found: Figures) -> dict[str, Any]:
    values = {"loss": found.mean, "loss_ci95": found.ci95, "loss_median": found.median}
    if found.accuracy is not None:
        values |= {"accuracy": found.accuracy[0], "accuracy_ci95": found.accuracy[1]}
    return {"step": found.step} | {name: finite(value) for name, value in values.items()}


def _difference(comparison: Comparison, key: str, other: str) -> dict[str, Any]:
    found = comparison.difference(key, other)
    numbers = {"difference": finite(found.mean), "ci95": finite(found.ci95)}
    return {"of": key, "minus": other} | numbers | {"parts": found.parts}


def _ends(values: Sequence[int]) -> tuple[int, int]:
    return min(values), max(values)


def _or_infinity(value: float) -> float:
    return value if value == value else float("inf")
