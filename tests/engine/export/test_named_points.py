"""A colleague who has the exported file alone: which column is which number, and which label which class."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest

from metalearn_gui.engine.baselines import initial_states
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.export import EXPORTERS, ExportSubject
from metalearn_gui.engine.presets import default_settings

SMALL = {"hidden_dim": 4, "num_hidden_layers": 1, "shots": 3, "queries": 3}


@pytest.fixture
def subject(tmp_path: Path) -> ExportSubject:
    """Ten patients of 24 rows: ill or well, by dose and a ward whose name looks like a formula."""
    table = tmp_path / "patients.csv"
    rows = [f"p{task},{row}.5,{('=A', 'B')[row % 2]},{('ill', 'well')[row % 3 == 0]}" for task in range(10)
            for row in range(24)]  # fmt: skip
    table.write_text("\n".join(["patient,dose,ward,state", *rows]))
    columns = {"task_column": "patient", "inputs": "ward,dose", "targets": "state", "predicts": "classes"}
    settings = default_settings().replaced(task_family="csv", data=str(table), **columns, **SMALL).resolved()
    return ExportSubject(settings, TrainingState(*initial_states(settings)))


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


@pytest.mark.parametrize(
    ("key", "named"),
    [
        ("safetensors", "start.safetensors.columns.csv"),
        ("python", "{file}.columns.csv"),
        ("learner", "learner/assets.extra/columns.csv"),
    ],
)
def test_an_export_of_a_table_names_its_columns_and_its_labels(
    key: str, named: str, subject: ExportSubject, tmp_path: Path
) -> None:
    exporter = EXPORTERS[key]
    place = tmp_path / exporter.file_name
    exporter.write(subject, place)
    found = tmp_path / named.format(file=exporter.file_name)
    assert exporter.columns_place(subject, place) == found
    assert rows_of(found) == [
        ["side", "place", "column", "kind", "label"],
        ["input", "0", "ward", "category", "'=A"],
        ["input", "1", "ward", "category", "B"],
        ["input", "2", "dose", "number", ""],
        ["output", "0", "state", "category", "ill"],
        ["output", "1", "state", "category", "well"],
    ]
    assert exporter.verify(subject, place) <= exporter.tolerance


def test_the_places_are_those_of_the_points(subject: ExportSubject) -> None:
    family = subject.settings.tasks
    rng = np.random.default_rng(0)
    points = family.draw(family.tasks(rng, 1, "train"), rng, 12, 2).support
    for x, y in zip(points.x[0], points.y[0], strict=True):
        row = int(x[2])
        assert x[:2].tolist() == [row % 2 == 0, row % 2 == 1]
        assert y == (row % 3 == 0)


def test_curves_and_points_without_names_come_alone(subject: ExportSubject, tmp_path: Path) -> None:
    plain = dataclasses.replace(subject, settings=default_settings())
    assert EXPORTERS["csv"].columns_place(subject, tmp_path / "run.csv") is None
    assert EXPORTERS["keras"].columns_place(plain, tmp_path / "model.keras") is None
