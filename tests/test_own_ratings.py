"""Ratings of one's own from end to end: a session holds them, and the command line trains on them and tries them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from metalearn_gui.cli import main
from metalearn_gui.engine import preset, training
from metalearn_gui.engine.ratings.in_memory import RATINGS
from metalearn_gui.engine.read_so_far import ReadSoFar, finished
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store import own_data
from tests.engine.movielens import as_folder, as_zip, published, stars
from tests.engine.small import QUIET, small_settings

SMALL = ("hidden_dim=8", "num_iterations=2", "meta_batch=2", "shots=3", "queries=3", "min_ratings=3", "new_items=0.3")


@pytest.fixture(autouse=True)
def _nothing_read() -> Iterator[None]:
    yield
    RATINGS.forget()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return as_folder(tmp_path, "ml-1m", published("ml-1m"))


@pytest.fixture
def settings(folder: Path) -> ExperimentSettings:
    unread = small_settings("ratings", network="ratings_net", data=str(folder), min_ratings=3, new_items=0.3)
    finished(unread.tasks.reading())
    return unread.resolved()


def test_a_session_holds_ratings_and_finds_them_without_the_file(folder: Path, settings: ExperimentSettings) -> None:
    (held,) = own_data.files_of([settings])
    document, arrays = own_data.file_document(held)
    assert list(own_data.looking_again([held])) == [ReadSoFar(0, 0)] * 3
    (folder / "ratings.dat").write_bytes(b"1::1::5::0\n")
    assert list(own_data.looking_again([held]))[-1] == own_data.StaleFile(str(folder), is_there=True)
    RATINGS.forget()
    own_data.put([own_data.file_from(json.loads(json.dumps(document)), arrays)])
    again = ExperimentSettings.from_dict(settings.to_dict()).tasks
    assert again.is_read
    assert again.table.titles == settings.tasks.table.titles
    np.testing.assert_array_equal(again.table.values, settings.tasks.table.values)


def test_damaged_ratings_of_a_session_are_refused(settings: ExperimentSettings) -> None:
    (held,) = own_data.files_of([settings])
    document, arrays = own_data.file_document(held)
    damages = {"items": arrays["items"] + 1000, "users": arrays["users"][::-1], "values": arrays["values"][1:]}
    for name, damaged in damages.items():
        with pytest.raises(ValueError, match="do not fit together"):
            own_data.file_from(document, arrays | {name: damaged})


def test_the_command_line_trains_and_tries_a_published_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "DEFAULT_OPTIONS", QUIET)
    path, output = as_zip(tmp_path, "ml-latest", published("ml-latest")), str(tmp_path / "run.metalearn")
    assigned = [part for pair in SMALL for part in ("--set", pair)]
    assert main(["train", "--data", str(path), "--output", output, "--json", *assigned]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["tasks"] == "ratings"
    assert "240 ratings of 30 items by 12 users" in said.err
    path.unlink()
    RATINGS.forget()
    assert main(["evaluate", output, "--num-tasks", "4", "--steps", "2", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["learner"] == preset("ratings").learner.key
    assert report["quadrants"]
    strange = tmp_path / "strange.csv"
    strange.write_text("user,item,rating\n" + "".join(f"{user},{item},{value}\n" for user, item, value in stars()))
    assert main(["evaluate", output, "--data", str(strange), "--num-tasks", "4", "--json"]) == 2
    assert "choose tasks of the same shape" in capsys.readouterr().err
