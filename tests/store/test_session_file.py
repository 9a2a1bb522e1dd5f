from __future__ import annotations

import copy
import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings

from metalearn_gui.engine import meta_train, preset
from metalearn_gui.engine.events import Change, Snapshot
from metalearn_gui.store import session_file, session_reading
from metalearn_gui.store.records import RunRecord, fresh_run
from metalearn_gui.store.session_file import SavedSession, StoreError, load, save
from metalearn_gui.store.session_tables import digest_of
from tests.store.sessions import QUICK, plain, saved_sessions, trained_run, trained_session


@pytest.fixture(scope="module")
def session() -> SavedSession:
    return trained_session()


@pytest.fixture(scope="module")
def saved_bytes(session: SavedSession, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("saved") / "a.metalearn"
    save(path, session)
    return path.read_bytes()


@given(saved=saved_sessions)
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_session_comes_back_bit_for_bit(saved: SavedSession, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("file") / "any.metalearn"
    save(path, saved)
    assert plain(load(path)) == plain(saved)


def test_every_field_of_a_trained_run_is_kept(session: SavedSession, tmp_path: Path) -> None:
    run = dataclasses.replace(session.runs[0], name="my run", parent_id="abc", reason="done", baseline_share=0.25)
    save(tmp_path / "a.metalearn", SavedSession([run], run.run_id, run.settings))
    again = load(tmp_path / "a.metalearn").runs[0]
    assert plain(again) == plain(run)
    assert {field.name for field in dataclasses.fields(RunRecord)} == plain(again).keys()


def test_remarks_about_a_run_are_kept(session: SavedSession, tmp_path: Path) -> None:
    run = session.runs[0]
    run.tags, run.note, run.is_pinned, run.turn = "slide 4, good", "why so slow?", True, 3
    save(tmp_path / "s.metalearn", session)
    again = load(tmp_path / "s.metalearn").runs[0]
    assert (again.tags, again.note, again.is_pinned, again.turn) == (run.tags, run.note, True, 3)


@pytest.mark.usefixtures("few_rates")
def test_a_loaded_run_goes_on_as_the_one_that_was_never_closed(session: SavedSession, tmp_path: Path) -> None:
    save(tmp_path / "a.metalearn", session)
    longer = session.settings.replaced(num_iterations=7)
    kept = load(tmp_path / "a.metalearn").runs[0]
    for event in meta_train(longer, resume=kept.latest, options=QUICK, run_id=kept.run_id):
        kept.apply(event)
    whole = trained_run(longer)
    assert plain(kept.curves) == plain(whole.curves)
    assert plain(kept.latest) == plain(whole.latest)


def test_loaded_arrays_can_be_written(session: SavedSession, tmp_path: Path) -> None:
    save(tmp_path / "a.metalearn", session)
    state = load(tmp_path / "a.metalearn").runs[0].latest
    assert state
    assert all(values.flags.writeable and values.flags.owndata for values in state.learner.params.values())


def test_the_file_names_its_kind_and_keeps_no_second_file_beside(session: SavedSession, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    save(path, session)
    load(path)
    assert path.read_bytes()[68:72] == b"MLPG"
    assert [file.name for file in tmp_path.iterdir()] == ["a.metalearn"]


def test_saving_keeps_a_links_target_and_the_files_permissions(session: SavedSession, tmp_path: Path) -> None:
    real, link = tmp_path / "real.metalearn", tmp_path / "link.metalearn"
    save(real, session)
    real.chmod(0o640)
    link.symlink_to(real)
    save(link, session)
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_copy_does_not_change_while_the_run_goes_on(session: SavedSession) -> None:
    run = trained_run()
    saved = SavedSession([run], run.run_id, run.settings)
    copied = saved.copy()
    before = plain(copied)
    run.curves["objective"].extend(np.ones(5000, np.float32))
    run.scores.append(run.scores[0])
    assert run.latest
    run.apply(Snapshot(run_id=run.run_id, iteration=9, tasks_seen=0, gradient_evaluations=0, compute_seconds=0,
                       state=run.latest))  # fmt: skip
    assert plain(copied) == before


def test_the_shown_run_is_the_named_one_else_the_newest(session: SavedSession) -> None:
    one, two = RunRecord(session.settings), RunRecord(session.settings)
    assert SavedSession([one, two], one.run_id, one.settings).shown is one
    assert SavedSession([one, two], "gone", one.settings).shown is two
    assert SavedSession([], "", one.settings).shown is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty", b""),
        ("text", b"hello, world\n" * 50),
        ("header alone", b"SQLite format 3\0" + bytes(84)),
        ("png", b"\x89PNG\r\n\x1a\n" + bytes(200)),
    ],
)
def test_a_foreign_file_is_told_in_one_line_and_left_alone(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.metalearn"
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    assert "expected" in str(caught.value)
    assert path.read_bytes() == content


def test_a_missing_file_and_a_folder_are_told_in_one_line(tmp_path: Path) -> None:
    for path in (tmp_path / "no.metalearn", tmp_path, Path("a\0b")):
        with pytest.raises(StoreError, match="cannot be read"):
            load(path)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (a)",
        "CREATE VIEW more AS SELECT * FROM runs",
        "CREATE TRIGGER more AFTER INSERT ON runs BEGIN DELETE FROM arrays; END",
        "CREATE INDEX more ON runs (position)",
        "UPDATE runs SET document = replace(document, 'maml', 'fomaml')",
        "UPDATE runs SET document = '[]'",
        "UPDATE session SET value = '{}' WHERE key = 'settings'",
        "DELETE FROM session WHERE key = 'digest'",
        "DELETE FROM arrays WHERE name = 'scores'",
        "UPDATE arrays SET data = zeroblob(length(data))",
        "PRAGMA user_version = 0",
        "PRAGMA application_id = 7",
    ],
)
def test_a_file_changed_by_another_program_is_refused(statement: str, saved_bytes: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    path.write_bytes(saved_bytes)
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    changed = path.read_bytes()
    assert changed != saved_bytes
    with pytest.raises(StoreError):
        load(path)
    assert path.read_bytes() == changed


def test_a_sealed_file_with_nonsense_inside_is_refused(saved_bytes: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    documents = ["[]", "{}", "null", '{"run_id": 3}', "[" * 100_000, "1" * 5000, "\\", '"text"', "nan"]
    for document in documents:
        path.write_bytes(saved_bytes)
        connection = sqlite3.connect(path)
        connection.execute("UPDATE runs SET document = ?", (document,))
        digest = digest_of(connection)
        connection.execute("UPDATE session SET value = ? WHERE key = 'digest'", (digest,))
        connection.commit()
        connection.close()
        with pytest.raises(StoreError, match="damaged"):
            load(path)


def test_a_view_that_passes_for_a_table_runs_nothing(
    session: SavedSession, saved_bytes: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.metalearn"
    path.write_bytes(saved_bytes)
    connection = sqlite3.connect(path)
    connection.execute("ALTER TABLE runs RENAME TO hidden")
    connection.execute("CREATE VIEW runs AS SELECT run_id, position, substr(document, 1) AS document FROM hidden")
    connection.commit()
    assert digest_of(connection) in str(connection.execute("SELECT * FROM session").fetchall())
    connection.close()
    monkeypatch.setattr(session_reading, "_check_schema", lambda connection: None)  # as if it had been deceived
    with pytest.raises(StoreError, match=r"prohibited|not authorized"):
        load(path)


def test_a_newer_format_asks_for_an_update(saved_bytes: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    path.write_bytes(saved_bytes)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match=r"format 99.*update"):
        load(path)


def test_flipped_bits_and_lost_ends_give_one_line_or_the_same_session(
    session: SavedSession, saved_bytes: bytes, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    path, same, original = tmp_path / "a.metalearn", 0, plain(session)
    for trial in range(200):
        damaged = bytearray(saved_bytes)
        if trial % 4 == 0:
            del damaged[int(rng.integers(len(damaged))) :]
        elif trial % 4 == 1:  # where SQLite keeps its structure
            damaged[int(rng.integers(4096 * 2))] ^= 1 << int(rng.integers(8))
        else:
            damaged[int(rng.integers(len(damaged)))] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        line = refusal(path)
        if line is None:
            assert plain(load(path)) == original
            same += 1
        else:
            assert "\n" not in line
        assert path.read_bytes() == damaged
    assert [file.name for file in tmp_path.iterdir()] == ["a.metalearn"]
    assert 0 < same < 150  # a flip where nothing is stored harms nothing


def refusal(path: Path) -> str | None:
    try:
        load(path)
    except StoreError as error:
        return str(error)
    return None


def test_a_folder_that_is_not_there_is_told_in_one_line(session: SavedSession, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="choose another place"):
        save(tmp_path / "no" / "a.metalearn", session)
    assert not list(tmp_path.iterdir())


def test_a_session_that_cannot_be_written_leaves_the_old_file(session: SavedSession, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    save(path, session)
    old = path.read_bytes()
    run = RunRecord(session.settings)
    run.changes.append(Change(1, "seed", object()))  # has no place in JSON
    with pytest.raises(StoreError, match="object"):
        save(path, SavedSession([run], "", run.settings))
    assert path.read_bytes() == old
    assert [file.name for file in tmp_path.iterdir()] == ["a.metalearn"]


def test_part_files_of_an_old_crash_are_swept_and_young_ones_left(session: SavedSession, tmp_path: Path) -> None:
    old, young, other = (tmp_path / f".{name}.part" for name in ("a.metalearn.1", "a.metalearn.2", "b.metalearn.1"))
    for file in (old, young, other):
        file.write_bytes(b"x")
    for file in (old, other):
        os.utime(file, (0, 0))
    save(tmp_path / "a.metalearn", session)
    assert not old.exists()
    assert young.exists()
    assert other.exists()


def test_two_threads_may_save_the_same_place(session: SavedSession, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    threads = [threading.Thread(target=save, args=(path, session)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert plain(load(path)) == plain(session)


SAVES_FOREVER = """
import sys
from metalearn_gui.store.session_file import load, save
saved = load(sys.argv[1])
print("started", flush=True)
while True:
    saved.runs[0].name += "x"
    save(sys.argv[1], saved)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
def test_a_kill_while_saving_loses_neither_the_old_nor_the_new(
    session: SavedSession, tmp_path: Path, checkout: Path
) -> None:
    path, session = tmp_path / "a.metalearn", copy.deepcopy(session)  # other tests go on with theirs
    session.runs[0].curves["objective"].extend(np.zeros(200_000, np.float32))
    save(path, session)
    for trial in range(4):
        command = [sys.executable, "-c", SAVES_FOREVER, str(path)]
        process = subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        assert process.stdout.readline() == "started\n"
        time.sleep(0.05 + 0.037 * trial)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        again = load(path)
        again.runs[0].name = session.runs[0].name
        assert plain(again) == plain(session)


def test_reading_says_how_many_runs_are_read(session: SavedSession, tmp_path: Path) -> None:
    save(tmp_path / "a.metalearn", session)
    said = list(session_file.reading(tmp_path / "a.metalearn"))
    assert [(one.done, one.total) for one in said] == [(place, len(session.runs)) for place in range(len(session.runs))]


def test_a_file_that_would_keep_sqlite_busy_without_end_is_refused_by_the_work_it_makes(
    session: SavedSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "a.metalearn", session)
    monkeypatch.setattr(session_reading, "BETWEEN_LOOKS", 10)
    assert load(tmp_path / "a.metalearn").runs
    monkeypatch.setattr(session_reading, "LEAST_OPCODES", 0)
    monkeypatch.setattr(session_reading, "OPCODES_A_BYTE", 0)
    with pytest.raises(StoreError, match="interrupted"):
        load(tmp_path / "a.metalearn")


def test_what_a_session_shows_is_told_without_reading_it(session: SavedSession, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    save(path, session)
    assert session_file.glance(path) == (session.shown.settings, session.shown.iteration, len(session.runs))
    save(path, dataclasses.replace(session, runs=[]))
    assert session_file.glance(path) == (session.settings, 0, 0)
    fresh = fresh_run(preset("reptile"))
    save(path, dataclasses.replace(session, runs=[fresh], shown_run_id=fresh.run_id))
    assert session_file.glance(path) == (fresh.settings, 0, 1)
    save(path, dataclasses.replace(session, runs=[fresh, session.shown], shown_run_id=fresh.run_id))
    assert session_file.glance(path) == (session.shown.settings, session.shown.iteration, 2)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(StoreError):
        session_file.glance(path)
