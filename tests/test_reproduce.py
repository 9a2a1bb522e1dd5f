"""The table of bars: that its rows are runs that anybody can type, and that it says what was measured."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from metalearn_gui.cli import main, reproduce
from metalearn_gui.cli.reproduce import Result
from metalearn_gui.engine import Options, preset, reproduction, scoring, trained, training, unseen
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.reproduction import ROWS, Bar, Figure, Row

SMALL = {"hidden_dim": 4, "num_hidden_layers": 1, "meta_batch": 2, "num_iterations": 2}
SETS = [word for name, value in SMALL.items() for word in ("--set", f"{name}={value}")]
QUICK = Options(compile=False, num_tasks=4, chunk_steps=2)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "DEFAULT_OPTIONS", QUICK)


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.key)
def test_a_row_is_a_run_that_can_be_typed(row: Row) -> None:
    words = row.recipe.split()
    typed = [word.split("=") for word in words[3::2]]
    assert words[::2] == ["--preset", *["--set"] * len(typed)]
    last = max(bar.step for bar in row.bars)
    assert row.settings() == preset(words[1]).replaced(**dict(typed)).replaced(test_steps=last)


def test_every_learner_with_a_figure_on_unseen_tasks_has_a_row() -> None:
    held = {row.settings().learner.key for row in ROWS.values()}
    assert set(LEARNERS) - held <= {"article", "nearest"}


@pytest.mark.parametrize(
    ("bar", "loss", "met"),
    [
        (Bar(1, 0.3), 0.3, True),
        (Bar(1, 0.3), 0.31, False),
        (Bar(1, 0.3), math.nan, False),
        (Bar(1, 2.4, 2.0), 1.9, False),
        (Bar(1, 2.4, 2.0), 2.0, True),
        (Bar(1), 9.0, None),
        (Bar(1, at_least=91.0), 91.0, True),
        (Bar(1, at_least=91.0), 90.9, False),
    ],
)
def test_a_bar_is_met_at_its_ends_and_never_by_nan(bar: Bar, loss: float, met: bool | None) -> None:
    assert bar.is_met(loss) is met


def test_a_run_that_diverged_meets_no_bar() -> None:
    figure = Figure(Bar(1, 0.3), 0.1, 0.01, 0.1)
    settings = preset("maml")
    assert Result(ROWS["maml"], settings, 5, 1.0, False, [figure]).is_met(figure) is True
    assert Result(ROWS["maml"], settings, 5, 1.0, True, [figure]).is_met(figure) is False


def test_the_report_holds_what_training_and_evaluating_come_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", "cavia", "--seed", "3", "--seed", "4", *SETS, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [(row["seed"], row["step"]) for row in rows] == [(3, 1), (3, 5), (4, 1), (4, 5)]
    settings = preset("cavia").replaced(**SMALL, seed=3, test_steps=5)
    state = trained(settings, Options(compile=False, baselines=False, evaluate=False))
    _, episodes = unseen.unseen_episodes(settings, 4, 0)
    scores = scoring.score(settings, state.learner, episodes, compile=False)
    for row in rows[:2]:
        assert row["loss"] == pytest.approx(scores.loss[row["step"]], rel=1e-6)
        assert row["loss_median"] == pytest.approx(scores.loss_median[row["step"]], rel=1e-6)
        assert row["met"] is (row["loss"] <= row["at_most"])


def test_the_file_holds_a_line_for_every_bar(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "table.md"
    assert main(["reproduce", "maml", "scratch", *SETS, "--output", str(path)]) == 0
    assert capsys.readouterr().out == ""
    lines = [line.split(" | ") for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert len({len(cells) for cells in lines}) == 1
    assert [cells[0].strip("| `") for cells in lines[2:]] == ["maml", "maml", "scratch", "scratch"]
    assert [cells[-2] for cells in lines[2:]] == ["**no**", "**no**", "–", "–"]


@pytest.fixture
def alphabets(tmp_path: Path) -> Path:
    """Two alphabets of 20 characters, 20 images each: a bright pixel of noise at the character's place."""
    rng = np.random.default_rng(0)
    for alphabet in "ab":
        for character in range(20):
            place = tmp_path / "alphabets" / alphabet / f"character{character:02}"
            place.mkdir(parents=True)
            for copy in range(20):
                pixels = np.full((8, 8), 255, np.uint8)
                pixels.ravel()[3 * character] = rng.integers(0, 100)
                Image.fromarray(pixels).save(place / f"{copy}.png")
    return tmp_path / "alphabets"


def test_rows_of_images_are_judged_by_accuracy_on_tasks_of_their_own_ways(
    alphabets: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reproduction, "EPISODES", 3)
    small = {"num_channels": 8, "image_size": 8, "training_episodes": "4x1x2", "num_iterations": 2, "distorts": False}
    sets = [word for name, value in small.items() for word in ("--set", f"{name}={value}")]
    assert main(["reproduce", "protonet", "--data", str(alphabets), *sets, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [(row["ways"], row["shots"]) for row in rows] == [(5, 1), (5, 5), (20, 1)]
    settings = preset("protonet").replaced(data=str(alphabets), **small, seed=7)
    state = trained(settings, Options(compile=False, baselines=False, evaluate=False))
    asked = settings.replaced(ways=20, shots=1, queries=15)
    scores = scoring.score(asked, state.learner, unseen.unseen_episodes(asked, 3, 0)[1], compile=False)
    assert scores.accuracy is not None
    assert rows[2]["accuracy"] == pytest.approx(scores.accuracy[1])
    assert [row["met"] for row in rows] == [100 * row["accuracy"] >= row["at_least"] for row in rows]


def test_a_row_of_glyphs_is_tried_on_real_images_that_it_never_saw(
    alphabets: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reproduction, "EPISODES", 2)
    asked: list[Any] = []
    score = reproduction.score_unseen

    def noted(settings: Any, *rest: Any) -> Any:
        asked.append(settings)
        return score(settings, *rest)

    monkeypatch.setattr(reproduction, "score_unseen", noted)
    small = {"num_channels": 8, "image_size": 8, "training_episodes": "4x1x2", "num_iterations": 1}
    sets = [word for name, value in small.items() for word in ("--set", f"{name}={value}")]
    assert main(["reproduce", "glyphs", "--data", str(alphabets), *sets, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert {row["settings"]["tasks"]["key"] for row in rows} == {"glyphs"}
    assert [(one.tasks.key, one.tasks.ways) for one in asked] == [("images", 5), ("images", 5), ("images", 20)]
    assert len(asked[0].tasks._classes("test")) == 40


def test_rows_of_images_are_left_out_in_one_line_where_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", "scratch", "maml-images", "protonet", *SETS]) == 0
    out, err = capsys.readouterr()
    assert "`scratch`" in out
    assert "images`" not in out
    assert [line for line in err.splitlines() if "--data" in line] == [
        "metalearn-gui: Left out, for want of images (--data PATH): maml-images, protonet"
    ]


def test_tasks_tried_group_by_group_come_to_what_they_come_to_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = preset("nearest").replaced(ways=2, shots=1, queries=4)
    state = trained(settings.replaced(num_iterations=1), Options(compile=False, baselines=False, evaluate=False))
    _, episodes = unseen.unseen_episodes(settings, 9, 0)
    monkeypatch.setattr(unseen, "DRAWN_NUMBERS", 4 * settings.points_per_task * settings.tasks.input_dim)
    drawn = settings.tasks.draw
    sizes: list[int] = []

    def counted(self: Any, tasks: Any, *rest: Any) -> Any:
        sizes.append(tasks.num_tasks)
        return drawn(tasks, *rest)

    monkeypatch.setattr(type(settings.tasks), "draw", counted)
    grouped = scoring.score_unseen(settings, state.learner, 9, 0, compile=False)
    assert sizes == [4, 4, 1]
    assert grouped.loss_ci95.shape == scoring.score(settings, state.learner, episodes, compile=False).loss.shape


def test_an_interrupt_keeps_the_rows_that_are_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured = reproduce._measured

    def interrupted(row: Row, settings: Any, data: str) -> Result:
        if row.key == "fomaml":
            raise KeyboardInterrupt
        return measured(row, settings, data)

    monkeypatch.setattr(reproduce, "_measured", interrupted)
    assert main(["reproduce", "maml", "fomaml", *SETS]) == 130
    out, err = capsys.readouterr()
    assert out.count("`maml`") == 2
    assert "`fomaml`" not in out
    assert "1 of 2 runs" in err


@pytest.mark.parametrize("words", [["nonsense"], ["maml", "--set", "nonsense=1"], ["maml", "--output", "no/folder.md"]])
def test_what_cannot_be_done_is_refused_in_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert words[-1].split("=")[0] in err


def test_the_list_names_every_row_and_trains_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", "--list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(entry["key"], entry["step"]) for entry in listed] == [
        (row.key, bar.step) for row in ROWS.values() for bar in row.bars
    ]
