"""Numbers of a run as comma-separated values: one row per meta-iteration."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.export.base import Exporter, ExportSubject, largest_difference
from metalearn_gui.engine.export.cells import text_cell
from metalearn_gui.engine.export.columns import columns_of, num_iterations


class Csv(Exporter):
    """Columns: iteration, objective, before, after, the learner's metrics, losses on unseen tasks where evaluated."""

    key = "csv"
    label = "CSV"
    file_name = "run.csv"
    suffix = ".csv"
    opens_in = "Excel, pandas, R"
    summary = (
        "The run's curves: a row per meta-iteration, and losses on unseen tasks in the rows where they were tried."
    )
    group = "numbers"
    tolerance = 0.0
    has_points = False

    def _write_to(self, subject: ExportSubject, path: Path) -> None:
        columns = columns_of(subject)
        with open(path, "w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([text_cell(name) for name in columns])
            writer.writerows(zip(*(_cells(values) for values in columns.values()), strict=True))

    def _difference(self, subject: ExportSubject, path: Path) -> float:
        columns = columns_of(subject)
        with open(path, encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        if header != [text_cell(name) for name in columns]:
            return float("inf")
        found = np.array([[float(cell or "nan") for cell in row] for row in rows])
        return largest_difference(found, np.column_stack(list(columns.values())))

    def runtime(self) -> str:
        return "Python's csv"

    def snippet(self, subject: ExportSubject, path: Path | str) -> str:
        return (
            "import pandas as pd\n\n"
            f'run = pd.read_csv("{Path(path).name}", index_col="iteration")\n'
            'smooth = run["after"].rolling(100, min_periods=1).mean()\n'
            "print(smooth.tail())  # with matplotlib: smooth.plot(logy=True)\n"
        )

    def facts(self, subject: ExportSubject) -> dict[str, str]:
        return {
            "rows": f"{num_iterations(subject):,}",
            "evaluations": f"{len(subject.scores):,}",
            "numbers": "exact when read back",
        }


def _cells(values: Array) -> Iterator[str]:
    """Shortest texts that read back as the same double; an empty cell where there is no number."""
    if values.dtype.kind == "i":
        return map(str, values.tolist())
    return ("" if value != value else repr(value) for value in values.tolist())
