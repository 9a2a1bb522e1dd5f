"""The numbers of a run, in columns with a row for each meta-iteration."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.events import Evaluation, StepScores
from metalearn_gui.engine.export.base import ExportSubject
from metalearn_gui.engine.export.whole import ExportError

FIRST = ("objective", "before", "after")


def num_iterations(subject: ExportSubject) -> int:
    """Meta-iterations that the run has numbers of."""
    return max((len(values) for values in subject.curves.values()), default=0)


def columns_of(subject: ExportSubject) -> dict[str, Array]:
    """Every column by name, all of the same length; not-a-number where there is nothing to say.

    Columns: iteration, objective, before, after, the learner's metrics, losses on unseen tasks where evaluated.

    Raises:
        ExportError: the run has not begun.
    """
    length = num_iterations(subject)
    if not length:
        raise ExportError("This run has no meta-iterations yet; run at least one, then export")
    ordered = sorted(subject.curves, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    columns = {"iteration": np.arange(1, length + 1)}
    columns |= {name: _filled(length, subject.curves[name]) for name in ordered}
    return columns | _unseen_columns(subject, length)


def _filled(length: int, values: Array) -> Array:
    column = np.full(length, np.nan)
    column[: len(values)] = values
    return column


def _unseen_columns(subject: ExportSubject, length: int) -> dict[str, Array]:
    """Losses and accuracies by adaptation step, the baselines' too, in the rows of the evaluations."""
    columns: dict[str, Array] = {}
    for iteration, evaluation in subject.scores:
        if 1 <= iteration <= length:
            for name, value in _named_scores(evaluation):
                columns.setdefault(name, np.full(length, np.nan))[iteration - 1] = value
    return columns


def _named_scores(evaluation: Evaluation) -> Iterator[tuple[str, float]]:
    tried = {"unseen": evaluation.learner, **{f"unseen_{key}": value for key, value in evaluation.baselines.items()}}
    return chain.from_iterable(_step_scores(name, scores) for name, scores in tried.items())


def _step_scores(name: str, scores: StepScores) -> Iterator[tuple[str, float]]:
    half = np.where(np.isfinite(scores.loss_ci95), scores.loss_ci95, np.nan)  # one task alone has no interval
    measures = {"loss": scores.loss, "loss_ci95": half, "accuracy": scores.accuracy}
    for measure, values in measures.items():
        if values is not None:
            yield from ((f"{name}_{measure}_{step}", float(value)) for step, value in enumerate(values))
