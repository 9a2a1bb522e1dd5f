from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from metalearn_gui.engine import preset
from metalearn_gui.store import session_file
from metalearn_gui.store.home import home, recovery_folder
from metalearn_gui.store.recovery import RecoveryFile, discard, pending_recoveries, surplus
from metalearn_gui.store.session_file import SavedSession, StoreError, load


@pytest.fixture
def session() -> SavedSession:
    return SavedSession([], "", preset("article"))


def files() -> list[str]:
    return sorted(path.name for path in recovery_folder().iterdir())


def test_a_session_that_is_open_is_not_offered(session: SavedSession) -> None:
    recovery = RecoveryFile()
    recovery.write(session)
    assert pending_recoveries() == []
    recovery.discard()


def test_a_closed_session_is_offered_with_what_was_written_last(session: SavedSession) -> None:
    recovery = RecoveryFile()
    recovery.write(session)
    recovery.write(SavedSession([], "", preset("reptile")))
    recovery.close()
    [found] = pending_recoveries()
    assert load(found.path).settings == preset("reptile")
    discard(found)
    assert files() == []


def left(session: SavedSession, count: int) -> list[Path]:
    """So many sessions that were left behind, the newest first."""
    paths = []
    for age in range(count):
        recovery = RecoveryFile()
        recovery.write(session)
        recovery.close()
        os.utime(recovery.path, (1e9 - age, 1e9 - age))
        paths.append(recovery.path)
    return paths


def test_of_many_that_were_left_behind_the_oldest_are_too_many(session: SavedSession) -> None:
    owned = RecoveryFile()
    owned.write(session)
    os.utime(owned.path, (0, 0))
    paths = left(session, 7)
    assert [recovery.path for recovery in surplus(most=5)] == paths[5:]
    owned.discard()


def test_sessions_that_were_left_behind_keep_within_their_bytes_but_for_the_newest(session: SavedSession) -> None:
    paths = left(session, 4)
    assert [recovery.path for recovery in surplus(most_bytes=2 * paths[0].stat().st_size)] == paths[2:]
    assert [recovery.path for recovery in surplus(most_bytes=0)] == paths[1:]


def test_saved_work_leaves_nothing_behind(session: SavedSession) -> None:
    recovery = RecoveryFile()
    recovery.write(session)
    recovery.discard()
    assert files() == []
    recovery.write(session)  # changed again since
    recovery.close()
    assert len(pending_recoveries()) == 1


def test_a_session_without_unsaved_work_never_makes_a_file() -> None:
    recovery = RecoveryFile()
    recovery.discard()
    recovery.close()
    assert not home().exists()
    assert pending_recoveries() == []


def test_two_windows_keep_two_files(session: SavedSession) -> None:
    one, two = RecoveryFile(), RecoveryFile()
    one.write(session)
    two.write(session)
    one.close()
    assert len(pending_recoveries()) == 1
    two.close()
    found = pending_recoveries()
    assert len(found) == 2
    assert found[0].saved_at >= found[1].saved_at


KEEPS_A_SESSION_OPEN = """
import os, sys
from metalearn_gui.engine import preset
from metalearn_gui.store.recovery import RecoveryFile
from metalearn_gui.store.session_file import SavedSession
recovery = RecoveryFile()
recovery.write(SavedSession([], "", preset("article")))
print("written", flush=True)
sys.stdin.readline()
os.abort()
"""


def test_a_crash_of_another_process_is_told_from_its_open_window(checkout: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPS_A_SESSION_OPEN],
        cwd=checkout, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "written\n"
    assert pending_recoveries() == []
    process.communicate("\n")
    assert len(pending_recoveries()) == 1


def test_a_home_that_cannot_be_made_is_told_in_one_line(
    session: SavedSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("METALEARN_HOME", str(tmp_path / "file"))
    with pytest.raises(StoreError, match="METALEARN_HOME"):
        RecoveryFile().write(session)
    assert pending_recoveries() == []


def test_a_full_disk_is_told_with_what_can_be_done_about_it(
    session: SavedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(part: Path, saved: SavedSession) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(session_file, "write_tables", refuse)
    recovery = RecoveryFile()
    with pytest.raises(StoreError) as told:
        recovery.write(session)
    recovery.close()
    assert str(told.value) == (
        f"{recovery.path.parent} cannot be written (database or disk is full); unsaved work can't be kept there: "
        "save the session, or set METALEARN_HOME to another folder"
    )
