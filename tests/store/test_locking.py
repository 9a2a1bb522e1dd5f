from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from metalearn_gui.store import locking
from metalearn_gui.store.locking import only_writer


def test_one_at_a_time_writes_a_file_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "run.metalearn"
    with only_writer(path) as first, only_writer(path) as second:
        assert (first, second) == (True, False)
    with only_writer(path) as third:
        assert third
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_was_killed_stands_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "run.metalearn"
    script = (
        "import os, sys; from pathlib import Path; from metalearn_gui.store.locking import only_writer\n"
        "with only_writer(Path(sys.argv[1])): os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert os.listdir(tmp_path) == [".run.metalearn.lock"]
    with only_writer(path) as is_only:
        assert is_only
    assert list(tmp_path.iterdir()) == []


def test_where_there_are_no_locks_nobody_is_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError("no locks available")

    monkeypatch.setattr(locking, "_lock", refuse)
    with only_writer(tmp_path / "run.metalearn") as is_only:
        assert is_only
    assert list(tmp_path.iterdir()) == []
