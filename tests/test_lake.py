"""`evaluate --lake` on a small folder laid out as Lake's runs are published."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from metalearn_gui.cli import main
from metalearn_gui.engine import Options, preset, training
from metalearn_gui.engine.one_shot import LABELS, read_runs
from metalearn_gui.engine.tasks.glyphs import Glyphs
from metalearn_gui.store.session_file import SavedSession, save
from tests.store.sessions import trained_run

RUNS, WAYS = 3, 4
FAMILY = Glyphs(image_size=8)
SIZES = {"image_size": 8, "ways": 2, "shots": 1, "queries": 1, "meta_batch": 1, "num_iterations": 1, "test_steps": 1}


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "DEFAULT_OPTIONS", Options(compile=False, num_tasks=4))


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Runs whose characters are bars, each at a height of its own; the answers are in an order of their own."""
    root, rng = tmp_path / "runs", np.random.default_rng(0)
    for number in range(1, RUNS + 1):
        run = f"run{number:02}"
        lines = []
        for place, label in enumerate(rng.permutation(WAYS)):
            for name, height in ((f"training/class{place + 1:02}.png", place), (f"test/item{place + 1:02}.png", label)):
                pixels = np.full((32, 32), 255, np.uint8)
                pixels[8 * height + 2 : 8 * height + 6, 4:28] = 0
                (root / run / name).parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(pixels).convert("1").save(root / run / name)
            lines.append(f"{run}/test/item{place + 1:02}.png {run}/training/class{label + 1:02}.png")
        (root / run / LABELS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


def saved(path: Path, learner: str, family: str = "glyphs") -> Path:
    values = {"task_family": family, "learner": learner, "network": "mlp", "hidden_dim": 4, "num_hidden_layers": 1}
    sizes = SIZES if family == "glyphs" else {"num_iterations": 1, "meta_batch": 1, "test_steps": 1}
    run = trained_run(preset("first-steps").replaced(**values, **sizes))
    save(path, SavedSession([run], run.run_id, run.settings))
    return path


def test_every_run_is_a_task_of_one_image_each_of_ink_on_nothing(runs: Path) -> None:
    read = read_runs(str(runs), FAMILY)
    assert (read.names, read.ways) == (("run01", "run02", "run03"), WAYS)
    support, query = read.episodes.support, read.episodes.query
    assert support.x.shape == query.x.shape == (RUNS, WAYS, 64)
    assert support.x.mean() < 0.5 < support.x.max()
    for task in range(RUNS):  # the image to name is the very image of its class
        np.testing.assert_array_equal(query.x[task], support.x[task][query.y[task]])


def test_the_folder_around_the_runs_will_do_as_the_zip_may_unpack_to_one(runs: Path) -> None:
    around = runs.parent / "one-shot-classification"
    around.mkdir()
    runs.rename(around / "all_runs")
    assert read_runs(str(around), FAMILY).names == ("run01", "run02", "run03")


def test_images_that_are_the_same_are_named_without_an_error_beside_what_others_do(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path / "a.metalearn", "nearest")
    assert main(["evaluate", str(path), "--lake", str(runs), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["error"] == 0.0
    assert (report["runs"], report["ways"], report["protocol"]) == (RUNS, WAYS, "inductive")
    assert (report["people"], report["bpl"], report["hausdorff"]) == (0.045, 0.033, 0.388)
    (runs / "run01" / LABELS).write_text(swapped((runs / "run01" / LABELS).read_text()))
    assert main(["evaluate", str(path), "--lake", str(runs)]) == 0
    shown = capsys.readouterr().out
    assert f"{100 * 2 / (RUNS * WAYS):.1f} ±" in shown  # two of the answers are now wrong
    assert "people" in shown


def swapped(text: str) -> str:
    """The answers of the first two lines exchanged."""
    pairs = [line.split() for line in text.splitlines()]
    pairs[0][1], pairs[1][1] = pairs[1][1], pairs[0][1]
    return "\n".join(map(" ".join, pairs))


def test_runs_that_are_not_as_published_are_refused_in_one_line(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path / "a.metalearn", "nearest")
    labels, first = runs / "run01" / LABELS, (runs / "run01" / LABELS).read_text()

    def refusal(folder: Path, *more: str) -> str:
        capsys.readouterr()
        assert main(["evaluate", str(path), "--lake", str(folder), *more]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        return line

    assert "There is no folder" in refusal(tmp_path / "nowhere")
    assert f"holds no run01/{LABELS}" in refusal(runs / "run01")
    assert "leave --set out" in refusal(runs, "--set", "shots=5")
    for text, line in {
        "one\n": "other lines than two names",
        "": "other lines than two names",
        "../a.metalearn ../b.png\n": "no file among the runs",
        first.replace("item01", "item99"): "no file among the runs",
        "\n".join(first.splitlines()[:1]): "have 1 to 4 classes",
        first.splitlines()[0] + "\n" + first.splitlines()[0]: "names a training image twice",
    }.items():
        labels.write_text(text)
        assert line in refusal(runs)
    labels.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in refusal(runs)
    labels.write_text(first)
    (runs / "run02" / "test" / "item01.png").write_bytes(b"GIF89a")
    assert "damaged or no PNG, JPEG, BMP, GIF, TIFF or WebP" in refusal(runs)


def test_a_learner_that_cannot_take_the_runs_says_so_in_one_line(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    curves, two_ways = saved(tmp_path / "a.metalearn", "maml", "sinusoid"), saved(tmp_path / "b.metalearn", "maml")
    for path, line in ((curves, "needs a learner of images"), (two_ways, "train one with --set ways=4")):
        capsys.readouterr()
        assert main(["evaluate", str(path), "--lake", str(runs)]) == 2
        assert line in capsys.readouterr().err
    shutil.rmtree(runs)
