"""Sessions made of a table: opened where the file is gone, or is not what it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from metalearn_gui.bridge.importing import TableReader
from metalearn_gui.engine.tables.in_memory import TABLES
from metalearn_gui.engine.tasks.csv import POINTS
from metalearn_gui.store.choices import remembered
from metalearn_gui.store.home import home
from tests.bridge.conftest import Heard


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "lines.csv"
    rows = [f"t{task},{row},{task * row}" for task in range(8) for row in range(12)]
    path.write_text("\n".join(["task,x,y", *rows]))
    return path


@pytest.fixture
def saved(session, table, tmp_path, qtbot) -> str:
    """A session of that table, and nothing of it in memory."""
    session.change(task_family="csv", data=str(table), min_rows=5)
    qtbot.waitUntil(lambda: session.settings.tasks.key == "csv")
    assert session.documents.save(str(tmp_path / "a.metalearn"))
    forget()
    return str(tmp_path / "a.metalearn")


def forget() -> None:
    TABLES.forget()
    POINTS.forget()


def opened(open_session, path, qtbot):
    session = open_session()
    heard = Heard(session)
    session.documents.open(path)
    return session, heard


def test_a_session_opens_where_its_table_is_gone_and_says_so(saved, table, open_session, qtbot):
    table.unlink()
    session, heard = opened(open_session, saved, qtbot)
    qtbot.waitUntil(lambda: any("is not where it was" in message.text for message in heard.messages))
    assert session.settings.tasks.data == str(table)
    assert session.unseen.touched.support.x.shape[-1] == 1
    assert session.documents.save(saved)
    forget()
    third, _ = opened(open_session, saved, qtbot)
    qtbot.waitUntil(lambda: third.settings.tasks.key == "csv")


def test_where_the_table_is_what_it_was_nothing_is_left_to_say(saved, open_session, qtbot, monkeypatch):
    monkeypatch.setattr("metalearn_gui.bridge.reading.QUIET_SECONDS", 0.0)
    _, heard = opened(open_session, saved, qtbot)
    qtbot.waitUntil(lambda: any(message.action == "cancel_reading" for message in heard.messages))
    qtbot.waitUntil(lambda: not heard.messages[-1].text)


def test_settings_that_a_run_shares_with_the_session_are_read_once(saved, open_session):
    read = []
    open_session().documents.open(saved, read.append)
    assert len(read) == 1


def test_a_table_that_has_changed_is_read_again_on_demand(saved, table, open_session, qtbot):
    table.write_text(table.read_text() + "\nt7,99,99\n")
    session, heard = opened(open_session, saved, qtbot)
    qtbot.waitUntil(lambda: any("has changed since this session" in message.text for message in heard.messages))
    assert (heard.messages[-1].action_label, heard.messages[-1].action) == ("Read it again", "read_again")
    before = session.settings.tasks
    assert before.table().num_rows == 96
    session.read_again()
    qtbot.waitUntil(lambda: session.settings.tasks != before)
    assert session.settings.tasks.table().num_rows == 97
    session.undo()
    assert session.settings.tasks.table().num_rows == 96


def test_a_table_that_only_the_file_holds_is_taken_as_it_is_now_on_demand(
    session, table, open_session, tmp_path, qtbot
):
    session.change(task_family="csv", data=str(table), min_rows=5, keep_data="never")
    qtbot.waitUntil(lambda: session.settings.tasks.key == "csv")
    unseen = session.settings.tasks.held_out_names()
    session.documents.save(path := str(tmp_path / "a.metalearn"))
    forget()
    more = [f"n{task},{row},{task * row}" for task in range(9) for row in range(12)]
    table.write_text("\n".join([table.read_text(), *more]))
    other, heard = opened(open_session, path, qtbot)
    qtbot.waitUntil(lambda: any("has changed since it was imported" in message.text for message in heard.messages))
    assert other.settings.tasks.key != "csv"
    assert heard.messages[-1].action == "read_again"
    other.read_again()
    qtbot.waitUntil(lambda: other.settings.tasks.key == "csv")
    assert other.settings.tasks.table().num_rows == 96 + 108
    assert other.settings.tasks.held_out_names() == unseen
    assert other.settings == other.live.settings


def test_what_was_chosen_for_a_table_is_remembered_by_what_it_holds(session, table, tmp_path, open_session, qtbot):
    values = {"min_rows": 7, "column_types": "x=category", "missing": "fill"}
    session.change(task_family="csv", data=str(table), inputs="x", **values)
    qtbot.waitUntil(lambda: session.settings.tasks.key == "csv")
    forget()
    moved = table.rename(tmp_path / "moved.csv")
    other = open_session()
    other.change(task_family="csv", data=str(moved))
    qtbot.waitUntil(lambda: other.settings.tasks.key == "csv", timeout=30_000)
    tasks = other.settings.tasks
    assert (tasks.min_rows, tasks.missing, tasks.column_types) == (7, "fill", "x=category,y=number")
    other.change(inputs="x", column_types="x=number")
    qtbot.waitUntil(lambda: other.settings.tasks.column_types == "x=number,y=number")
    reader = TableReader(other)
    with qtbot.waitSignal(reader.opened) as heard:
        reader.open(str(moved))
    assert heard.args[0].family.column_types == "x=number,y=number"
    reader.close(1.0)


def test_a_damaged_memory_of_choices_is_as_none(table):
    TABLES.table(str(table))
    (home() / "tables.json").parent.mkdir(parents=True, exist_ok=True)
    for text in ("", "[1]", '{"a": 1}', json.dumps({TABLES.table(str(table)).digest: {"min_rows": "x"}})):
        (home() / "tables.json").write_text(text)
        assert remembered(str(table)) is None
