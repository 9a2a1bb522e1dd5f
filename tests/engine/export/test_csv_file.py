"""The numbers of a run: exact, in a row per meta-iteration, harmless in a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metalearn_gui.engine.events import Evaluation, StepScores
from metalearn_gui.engine.export import EXPORTERS, ExportSubject
from metalearn_gui.engine.export.cells import text_cell
from tests.engine.small import small_settings


def read(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def scores(loss: float) -> StepScores:
    values = np.array([loss, loss / 3.0])
    return StepScores(values, values, values / 10.0)


def subject(values: np.ndarray) -> ExportSubject:
    evaluation = Evaluation(600, scores(0.7), {"transfer": scores(0.9)}, 4.3, 0.0)
    return ExportSubject(small_settings(), None, {"objective": values, "cosine": values}, ((2, evaluation),))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.floats(width=32, allow_nan=False), min_size=2, max_size=20))
def test_every_number_reads_back_exactly(values: list[float], tmp_path: Path) -> None:
    curve = np.array(values, np.float32)
    EXPORTERS["csv"].write(subject(curve), tmp_path / "run.csv")
    rows = read(tmp_path / "run.csv")
    assert [float(row["objective"]) for row in rows] == curve.tolist()
    assert [int(row["iteration"]) for row in rows] == list(range(1, len(values) + 1))
    assert EXPORTERS["csv"].verify(subject(curve), tmp_path / "run.csv") == 0.0


def test_losses_on_unseen_tasks_stand_in_the_rows_where_they_were_tried(tmp_path: Path) -> None:
    EXPORTERS["csv"].write(subject(np.ones(3, np.float32)), tmp_path / "run.csv")
    rows = read(tmp_path / "run.csv")
    assert [row["unseen_loss_1"] for row in rows] == ["", repr(0.7 / 3.0), ""]
    assert float(rows[1]["unseen_transfer_loss_0"]) == 0.9


def test_numbers_that_are_not_finite_stay_so(tmp_path: Path) -> None:
    curve = np.array([np.inf, -np.inf, np.nan], np.float32)
    EXPORTERS["csv"].write(subject(curve), tmp_path / "run.csv")
    assert [row["objective"] for row in read(tmp_path / "run.csv")] == ["inf", "-inf", ""]


def test_one_unseen_task_which_has_no_interval_leaves_its_cell_empty(tmp_path: Path) -> None:
    alone = StepScores(np.array([0.7, 0.2]), np.array([0.7, 0.2]), np.array([np.inf, np.inf]))
    run = ExportSubject(small_settings(), None, {"objective": np.ones(1)}, ((1, Evaluation(1, alone, {}, 4.3, 0.0)),))
    EXPORTERS["csv"].write(run, tmp_path / "run.csv")
    (row,) = read(tmp_path / "run.csv")
    assert (row["unseen_loss_1"], row["unseen_loss_ci95_1"]) == ("0.2", "")
    assert EXPORTERS["csv"].verify(run, tmp_path / "run.csv") == 0.0


@given(st.text())
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    cell = text_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell in (text, f"'{text}")
