"""Runs as a table for other programs: a row a run, its settings, remarks and newest scores."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from metalearn_gui.engine.events import StepScores
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.run_names import flat_values


def runs_csv(runs: Sequence[RunRecord], names: Mapping[str, str]) -> str:
    """CSV with a header. names: what each run_id is called."""
    rows = [_row(run, names[run.run_id]) for run in runs]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _row(run: RunRecord, name: str) -> dict[str, Any]:
    remarks = {"name": name, "tags": run.tags, "note": run.note}
    work = {"iteration": run.iteration, "tasks_seen": run.tasks_seen, "compute_seconds": run.compute_seconds}
    return remarks | flat_values(run.settings) | work | _scores(run)


def _scores(run: RunRecord) -> dict[str, Any]:
    if run.latest_scores is None:
        return {}
    scores: StepScores = run.latest_scores.evaluation.learner
    rows = {"loss": scores.loss, "accuracy": scores.accuracy}
    return {
        f"unseen_{name}_step_{step}": float(value)
        for name, values in rows.items()
        if values is not None
        for step, value in enumerate(values)
    }
