"""A table of one's own from the command line to a session that needs its file no more."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.cli import main
from metalearn_gui.engine import training
from metalearn_gui.engine.images import IMAGES
from metalearn_gui.engine.presets import default_settings
from metalearn_gui.engine.tables.in_memory import TABLES
from metalearn_gui.engine.tasks.csv import POINTS
from metalearn_gui.engine.training import Options
from metalearn_gui.store.session_file import load
from metalearn_gui.ui.import_sheet.tables import TableSheet
from tests.store.sessions import plain
from tests.test_layers import loaded_after

SMALL = ["hidden_dim=4", "num_hidden_layers=1", "meta_batch=2", "shots=3", "queries=3", "test_steps=2"]


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch: pytest.MonkeyPatch, few_rates: None) -> None:
    monkeypatch.setattr(training, "DEFAULT_OPTIONS", Options(compile=False, num_tasks=4, chunk_steps=2))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Twelve sensors of 24 rows, in cities, on days, with a missing cell."""
    rng = np.random.default_rng(0)
    rows = [
        f"s{task},{rng.normal():.4f},{'Oslo' if row % 3 else 'Rome'},2026-01-{row + 1:02d},{task + rng.normal():.4f}"
        for task in range(12)
        for row in range(24)
    ]
    rows[3] = rows[3].replace(",Rome,", ",,")
    path = tmp_path / "data" / "sensors.csv"
    path.parent.mkdir()
    path.write_text("\n".join(["sensor,x,city,day,y", *rows]) + "\n")
    return path


def elsewhere(path: Path) -> None:
    """As on another machine: neither the file nor what was read of it is there."""
    path.unlink()
    forget()


def forget() -> None:
    TABLES.forget()
    POINTS.forget()
    IMAGES.forget()


def train(data: Path, output: Path, *more: str) -> None:
    sets = [word for pair in (*SMALL, "num_iterations=4", *more) for word in ("--set", pair)]
    assert main(["train", "--data", str(data), *sets, "--output", str(output)]) == 0


def resume(session: Path, output: Path) -> Any:
    assert main(["train", "--resume", str(session), "--set", "num_iterations=8", "--output", str(output)]) == 0
    return plain(load(output).runs[0].latest)


def evaluated(session: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["evaluate", str(session), "--num-tasks", "6", "--steps", "2", "--json"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def test_a_session_goes_on_bit_for_bit_where_its_file_is_not(table, tmp_path, capsys):
    session = tmp_path / "a.metalearn"
    train(table, session)
    at_home = resume(session, tmp_path / "b.metalearn"), evaluated(session, capsys)
    elsewhere(table)
    assert (resume(session, tmp_path / "c.metalearn"), evaluated(session, capsys)) == at_home
    forget()
    assert evaluated(tmp_path / "c.metalearn", capsys)["iterations"] == 8  # what went on holds the rows as well


@pytest.mark.parametrize(
    ("family", "says"), [("ratings", "does not say which column is the user"), ("sinusoid", "reads no data such as")]
)
def test_a_table_that_is_taken_for_another_family_is_refused_for_what_was_said(family, says, table, capsys):
    words = ["train", "--data", str(table), "--set", f"task_family={family}", "--output", f"{table}.metalearn"]
    assert main(words) == 2
    line = capsys.readouterr().err
    assert says in line
    assert "predicts" not in line


@pytest.mark.parametrize("name", ["people.xlsx", "a.json", "one.png"])
def test_a_file_that_no_family_reads_is_told_what_is(name, tmp_path, capsys):
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    assert main(["train", "--data", str(tmp_path / name), "--output", str(tmp_path / "a.metalearn")]) == 2
    line = capsys.readouterr().err
    assert f"{name}; expected a table (CSV, TSV, Parquet), ratings, or a zip or a folder of images" in line
    assert "task family" not in line  # none was named


def test_a_bad_table_is_refused_before_tensorflow_is_loaded(table):
    table.write_text(table.read_text().replace("s3,", 's3,"'))
    assert "tensorflow" not in loaded_after(
        f"from metalearn_gui.cli import main\nassert main(['train', '--data', {str(table)!r}, '--output', 'a']) == 2"
    )


@pytest.mark.parametrize(("targets", "is_said"), [("y", False), ("y,x", True)])
def test_what_the_loss_of_several_targets_is_is_said(targets, is_said, table, tmp_path, capsys):
    session = tmp_path / "a.metalearn"
    train(table, session, "inputs=city", f"targets={targets}")
    capsys.readouterr()
    assert main(["evaluate", str(session), "--num-tasks", "2", "--steps", "1"]) == 0
    said = "on average over 2 targets, each in its own unit" in capsys.readouterr().out
    assert said == is_said


def test_shots_that_a_task_has_no_rows_for_are_said(table, tmp_path, capsys):
    session = tmp_path / "a.metalearn"
    train(table, session, "inputs=x")
    assert "rows for a support set" not in capsys.readouterr().err
    tried = ["evaluate", str(session), "--num-tasks", "6", "--steps", "1", "--set"]
    assert main([*tried, "shots=23"]) == 0  # 24 rows: one is a query
    assert "rows for a support set" not in capsys.readouterr().err
    assert main([*tried, "shots=24"]) == 0
    assert "4 of 4 unseen tasks have no 24 rows for a support set (the smallest has 23)" in capsys.readouterr().err


def test_a_session_that_keeps_only_the_name_finds_its_file_by_what_it_holds(table, tmp_path, capsys):
    session = tmp_path / "a.metalearn"
    train(table, session, "keep_data=never")
    assert load(session).data == []
    forget()
    moved = table.rename(tmp_path / "moved.csv")
    assert main(["evaluate", str(session)]) == 2
    assert "it is not there any more; import it from where it lies now" in capsys.readouterr().err
    TABLES.table(str(moved))
    assert evaluated(session, capsys)["tasks"] == "csv"


def test_a_file_that_has_changed_is_not_taken_for_the_one_that_was_imported(table, tmp_path, capsys):
    session = tmp_path / "a.metalearn"
    train(table, session, "keep_data=never")
    before = evaluated(session, capsys)
    table.write_text(table.read_text().replace("s1,", "t1,"))
    forget()
    assert main(["evaluate", str(session)]) == 2
    assert "it has changed since it was imported" in capsys.readouterr().err
    assert main(["evaluate", str(session), "--set", "file_digest=", "--num-tasks", "6", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["steps"] != before["steps"]


@pytest.fixture
def birds(tmp_path: Path) -> Path:
    """Twelve sites of 24 birds of three kinds."""
    rng = np.random.default_rng(0)
    rows = [f"site {task};{size:.2f};{'abc'[int(size) % 3]}" for task in range(12) for size in rng.uniform(0, 9, 24)]
    path = tmp_path / "birds.csv"
    path.write_text("\n".join(["site;size;kind", *rows]).replace(".", ","))
    return path


@pytest.mark.parametrize(("name", "kind"), [("table", "regression"), ("birds", "classification")])
def test_the_sheet_and_the_command_line_make_the_same_of_a_table(name, kind, request, tmp_path, capsys, qtbot):
    table = request.getfixturevalue(name)
    train(table, tmp_path / "typed.metalearn")
    from_line = load(tmp_path / "typed.metalearn")
    sizes = dict(pair.split("=") for pair in SMALL)
    session = Session(default_settings().replaced(**sizes, num_iterations=4), options=training.DEFAULT_OPTIONS)
    session.start()
    window = QWidget()
    qtbot.addWidget(window)
    sheet = TableSheet(session, window)
    start = sheet.findChild(QPushButton, "import_start")
    sheet.open(str(table))
    qtbot.waitUntil(start.isEnabled, timeout=30_000)
    start.click()
    qtbot.waitUntil(lambda: session.settings.tasks.key == "csv", timeout=30_000)
    assert session.settings == from_line.settings
    assert session.settings.tasks.kind == kind
    qtbot.waitUntil(lambda: session.can_run and not session.readiness, timeout=60_000)
    session.toggle()
    qtbot.waitUntil(lambda: session.live.reason == "done", timeout=60_000)
    assert session.documents.save(str(tmp_path / "clicked.metalearn"))
    session.close()
    sheet.window_closed()
    assert plain(load(tmp_path / "clicked.metalearn").runs[-1].latest) == plain(from_line.runs[0].latest)
    reports = [evaluated(tmp_path / f"{name}.metalearn", capsys) for name in ("typed", "clicked")]
    assert reports[0] == reports[1]


def test_rows_that_a_stranger_has_altered_are_noticed(table, tmp_path):
    session = tmp_path / "a.metalearn"
    train(table, session)
    with sqlite3.connect(session) as connection:
        (data,) = connection.execute("SELECT data FROM arrays WHERE owner='data/0' AND name='column/1'").fetchone()
        altered = bytes([data[0] ^ 1]) + data[1:]
        connection.execute("UPDATE arrays SET data=? WHERE owner='data/0' AND name='column/1'", (altered,))
    connection.close()
    assert main(["evaluate", str(session)]) == 2
