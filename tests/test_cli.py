from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import math
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from metalearn_gui.cli import comparing, evaluate, main
from metalearn_gui.cli.command import COMMANDS
from metalearn_gui.cli.output import print_tables
from metalearn_gui.engine import ExperimentSettings, Options, preset, training
from metalearn_gui.engine.events import Prepared, Verdict
from metalearn_gui.engine.learners import LEARNERS
from metalearn_gui.engine.tasks import TASKS
from metalearn_gui.store.locking import only_writer
from metalearn_gui.store.records import RunRecord
from metalearn_gui.store.recovery import pending_recoveries
from metalearn_gui.store.session_file import SavedSession, load, save
from tests.store.sessions import plain, trained_run

SMALL = ["hidden_dim=4", "num_hidden_layers=1", "meta_batch=2", "shots=3", "queries=3", "test_steps=2"]
BLOBS = ["hidden_dim=4", "num_hidden_layers=1", "meta_batch=2", "shots=2", "queries=2", "test_steps=2"]


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch: pytest.MonkeyPatch, few_rates: None) -> None:
    monkeypatch.setattr(training, "DEFAULT_OPTIONS", Options(compile=False, num_tasks=4, chunk_steps=2))


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command line; returns its status, stdout and stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def refused(call: Callable[..., tuple[int, str, str]]) -> Callable[..., str]:
    """Runs a command line that must be refused; returns the line that says why."""

    def run(*arguments: object) -> str:
        status, out, err = call(*arguments)
        assert status == 2
        assert out == ""
        lines = err.splitlines()
        assert len(lines) == 1, err
        assert lines[0].startswith("metalearn-gui: ")
        return lines[0]

    return run


def sets(pairs: list[str]) -> list[str]:
    return [word for pair in pairs for word in ("--set", pair)]


def train(path: Path, *more: object, preset: str = "first-steps", pairs: list[str] = SMALL) -> list[object]:
    """The arguments of a small training."""
    return ["train", "--preset", preset, *sets(pairs), "--output", path, *more]


@pytest.fixture(scope="module")
def session_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("session") / "run.metalearn"
    run = trained_run()
    save(path, SavedSession([run], run.run_id, run.settings))
    return path


# --- train ------------------------------------------------------------------------------------------


def test_train_prints_one_json_object_and_saves_the_run(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    status, out, _ = call(*train(path, "--set", "num_iterations=6", "--json"))
    assert status == 0
    report = json.loads(out)
    assert out.count("\n") == 1
    assert list(report) == [
        "learner", "tasks", "iterations", "seconds", "compile_seconds", "evaluation_seconds",
        "meta_iterations_per_second", "loss_first", "loss_last", "file",
    ]  # fmt: skip
    run = load(path).runs[0]
    objectives = run.curve("objective")
    assert report | {"learner": "maml", "tasks": "sinusoid", "iterations": 6, "file": str(path)} == report
    assert report["loss_first"] == float(objectives[0])
    assert report["loss_last"] == float(objectives[-1])
    assert report["meta_iterations_per_second"] > 0
    assert report["seconds"] > report["compile_seconds"] >= 0
    assert (run.reason, run.iteration, run.name) == ("done", 6, "first-steps")


@pytest.mark.parametrize("learner", ["maml", "article"])  # the article tells its loss after the last update
def test_the_bar_ends_with_the_loss_that_the_summary_says(call: Any, learner: str, tmp_path: Path) -> None:
    _, out, err = call(*train(tmp_path / "a.metalearn", "--set", "num_iterations=6", preset=learner, pairs=SMALL[:3]))
    (said,) = re.findall(r"loss last (\S+)", out)
    assert re.findall(r"loss last (\S+)", err)[-1] == said
    assert "trying unseen tasks" not in err.splitlines()[-1]  # that is over


def test_the_bar_says_what_it_waits_for_at_first_and_at_last(
    call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[int, str]] = []
    monkeypatch.setattr(
        "rich.progress.Progress.update",
        lambda self, task, **fields: shown.append((fields["completed"], fields["loss"])),
    )
    call(*train(tmp_path / "a.metalearn", "--set", "num_iterations=6"))
    waits = [completed for completed, loss in shown if loss.endswith(", trying unseen tasks")]
    assert waits[0] == 2  # a chunk has two meta-iterations
    assert waits[-1] == 6
    assert not shown[-1][1].endswith("tasks")


def test_a_run_that_patience_ended_says_and_saves_where_it_did_best(
    call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "VALIDATION_STEPS", 10)
    path = tmp_path / "a.metalearn"
    hasty = sets(["meta_learning_rate=1", "num_iterations=500", "stop_patience=10"])
    status, out, err = call(*train(path, *hasty, "--json"))
    report, run = json.loads(out), load(path).runs[0]
    assert f"The best state on validation tasks, of meta-iteration {report['kept_iteration']}, is in use" in err
    kept = report["kept_iteration"]
    assert (status, run.reason, report["iterations"]) == (0, "converged", kept + 10)
    assert run.iteration == run.latest.iteration == len(run.curve("objective")) == run.scores[-1].iteration == kept


def test_a_classifier_s_training_reports_its_accuracy_with_an_interval(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    arguments = train(path, "--set", "num_iterations=2", preset="blobs", pairs=["hidden_dim=4", "test_steps=2"])
    _, out, _ = call(*arguments, "--json")
    report, scores = json.loads(out), load(path).runs[0].latest_scores.evaluation
    assert report["accuracy"] == float(scores.learner.accuracy[-1])
    assert report["accuracy_ci95"] == float(scores.learner.accuracy_ci95[-1]) > 0
    _, out, _ = call(*arguments)
    assert f"± {report['accuracy_ci95']:.4g} on {scores.num_tasks} unseen tasks" in out


def test_the_article_reports_its_loss_after_the_last_update(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    _, out, _ = call(*train(path, "--set", "num_iterations=4", "--json", preset="article", pairs=["test_steps=2"]))
    run = load(path).runs[0]
    assert json.loads(out)["loss_last"] == run.reported_loss
    assert run.reported_loss < run.curve("objective")[-1]


@pytest.mark.parametrize("make", [lambda s: s.to_dict(), lambda s: {"learner": "reptile", "seed": 3, "hidden_dim": 5}])
def test_train_takes_settings_from_a_file(make: Any, call: Any, tmp_path: Path) -> None:
    file, path = tmp_path / "settings.json", tmp_path / "a.metalearn"
    settings = preset("reptile").replaced(seed=3, hidden_dim=5)
    file.write_text(json.dumps(make(settings)))
    status, _, err = call("train", "--settings", file, *sets(["num_iterations=2", "test_steps=2"]), "--output", path)
    assert status == 0, err
    kept = load(path).settings
    assert [kept.value(name) for name in ("learner", "seed", "hidden_dim")] == ["reptile", 3, 5]


def test_a_resumed_run_equals_one_that_was_never_stopped(call: Any, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole.metalearn", tmp_path / "parts.metalearn"
    call(*train(whole, "--set", "num_iterations=9"))
    call(*train(parts, "--set", "num_iterations=5"))
    status, out, _ = call("train", "--resume", parts, "--set", "num_iterations=9", "--json")
    assert status == 0
    assert json.loads(out)["iterations"] == 9
    one, two = load(whole).runs[0], load(parts).runs[0]
    assert len(load(parts).runs) == 1
    assert plain(one.curves) == plain(two.curves)
    assert plain(one.latest) == plain(two.latest)
    assert one.reported_loss == two.reported_loss
    assert (one.tasks_seen, one.gradient_evaluations) == (two.tasks_seen, two.gradient_evaluations)


def test_a_schedule_keeps_its_length_when_the_run_goes_on(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    call(*train(path, "--set", "num_iterations=4", "--set", "meta_schedule=cosine"))
    call("train", "--resume", path, "--set", "num_iterations=6")
    assert load(path).runs[0].settings.value("schedule_iterations") == 4


def test_a_changed_rate_is_logged_where_the_run_goes_on(call: Any, tmp_path: Path) -> None:
    path, other = tmp_path / "a.metalearn", tmp_path / "b.metalearn"
    call(*train(path, "--set", "num_iterations=4"))
    status, *_ = call("train", "--resume", path, "--output", other, "--set", "num_iterations=6",
                      "--set", "meta_learning_rate=0.1")  # fmt: skip
    assert status == 0
    assert load(path).runs[0].iteration == 4
    run = load(other).runs[0]
    assert {(change.iteration, change.name) for change in run.changes} == {
        (4, "num_iterations"),
        (4, "meta_learning_rate"),
    }
    assert run.settings.value("meta_learning_rate") == 0.1
    assert run.initial_settings
    assert run.initial_settings.value("meta_learning_rate") == 0.001


def test_read_data_that_are_too_few_are_refused_in_one_line(refused: Any, tmp_path: Path) -> None:
    folder = tmp_path / "only"
    folder.mkdir()
    for copy in range(3):
        Image.fromarray(np.full((20, 20), 40 * copy, np.uint8)).save(folder / f"{copy}.png")
    assert "of 1 class" in refused("train", "--data", tmp_path, "--output", tmp_path / "a.metalearn")


def test_a_run_is_not_resumed_to_less_than_it_has_done(call: Any, refused: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    call(*train(path, "--set", "num_iterations=4"))
    before = path.read_bytes()
    assert "is 3, and the run has done 4" in refused("train", "--resume", path, "--set", "num_iterations=3")
    assert path.read_bytes() == before


def test_a_run_at_its_end_says_that_it_needs_more_meta_iterations_and_compiles_nothing(
    call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.metalearn"
    call(*train(path, "--set", "num_iterations=4"))
    monkeypatch.setattr(training, "meta_train", None)
    status, out, err = call("train", "--resume", path)
    assert status == 0
    assert "compile seconds 0 " in out
    assert "all of its 4 meta-iterations" in err
    assert "--set num_iterations=8" in err


def test_a_run_stopped_before_it_began_tells_no_loss(
    call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunRecord, "apply", _interrupting(RunRecord.apply))
    status, out, _ = call(*train(tmp_path / "a.metalearn", "--set", "num_iterations=4"))
    assert status == 130
    assert "iterations 0" in out
    assert "loss" not in out
    assert "nan" not in out


def test_the_interval_of_a_loss_of_hundreds_is_a_number_as_people_write_it() -> None:
    found = Verdict("boosting", baseline_step=0, step=5, difference=-513.62, ci95=187.3, relative=-0.47)
    assert "mean difference in loss -513.6 ± 190, paired" in evaluate._verdict_text(found)
    assert evaluate._with_interval({"loss": 2128.7, "loss_ci95": 503.2}, "loss") == "2129 ± 500"
    assert evaluate._with_interval({"loss": 3.0e12, "loss_ci95": 5.9e12}, "loss") == "3e+12 ± 5.9e+12"
    assert comparing.with_interval(719_321.0, 503_456.0) == "719000 ± 500000"
    assert comparing.with_interval(1.0458, float("inf")) == "1.05"  # one task has no interval


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_an_option_says_its_default(command: str) -> None:
    parser = importlib.import_module(COMMANDS[command]).parser()
    silent = [
        option.option_strings[0]
        for option in parser._actions
        if option.default not in (None, "", False, [], argparse.SUPPRESS) and "default" not in (option.help or "")
    ]
    assert silent == []


def _interrupting(apply: Callable[..., None]) -> Callable[..., None]:
    def applied(run: RunRecord, event: Any) -> None:
        apply(run, event)
        if isinstance(event, Prepared):
            signal.raise_signal(signal.SIGINT)

    return applied


def test_resuming_a_file_keeps_its_other_runs(call: Any, tmp_path: Path) -> None:
    path, first, second = tmp_path / "a.metalearn", trained_run(), trained_run()
    save(path, SavedSession([first, second], first.run_id, first.settings))
    call("train", "--resume", path, "--set", "num_iterations=5")
    assert [run.iteration for run in load(path).runs] == [5, 4]


def test_a_run_that_diverges_keeps_its_last_good_state_and_advises(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    arguments = train(path, *sets(["num_iterations=200", "meta_optimizer=sgd", "meta_learning_rate=10"]), "--json")
    status, out, err = call(*arguments)
    assert (status, out) == (2, "")
    line = err.splitlines()[-1]
    assert "meta learning rate 0.001 instead of 10" in line
    run = load(path).runs[0]
    assert run.reason == "diverged"
    assert run.latest
    assert all(np.isfinite(values).all() for values in run.latest.learner.params.values())


def test_ctrl_c_saves_what_there_is_and_says_130(call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, apply, interrupted = tmp_path / "a.metalearn", RunRecord.apply, []
    before = signal.getsignal(signal.SIGINT)  # a shell's background job ignores it

    def interrupt(run: RunRecord, event: Any) -> None:
        apply(run, event)
        if run.iteration >= 4 and not interrupted:
            interrupted.append(run.iteration)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(RunRecord, "apply", interrupt)
    status, out, _ = call(*train(path, "--set", "num_iterations=1000000", "--json"))
    assert status == 130
    run = load(path).runs[0]
    assert 4 <= run.iteration < 10
    assert json.loads(out)["iterations"] == run.iteration == len(run.curve("objective"))
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_saves_at_once(call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, apply = tmp_path / "a.metalearn", RunRecord.apply

    def interrupt(run: RunRecord, event: Any) -> None:
        apply(run, event)
        if run.iteration >= 4:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(RunRecord, "apply", interrupt)
    status, out, _ = call(*train(path, "--set", "num_iterations=1000000", "--json"))
    assert (status, out) == (130, "")
    run = load(path).runs[0]
    assert run.latest
    assert run.iteration == run.latest.iteration


def test_a_run_that_its_place_does_not_take_is_kept_for_the_window(
    call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, apply = tmp_path / "gone", RunRecord.apply
    folder.mkdir()

    def take_the_folder_away(run: RunRecord, event: Any) -> None:
        apply(run, event)
        if folder.exists():
            shutil.rmtree(folder)

    monkeypatch.setattr(RunRecord, "apply", take_the_folder_away)
    status, out, err = call(*train(folder / "a.metalearn", "--set", "num_iterations=4", "--json"))
    assert (status, out) == (2, "")
    line = err.splitlines()[-1]  # under the progress
    (kept,) = pending_recoveries()
    assert str(kept.path) in line
    assert str(folder / "a.metalearn") in line
    assert load(kept.path).runs[0].iteration == 4


def test_a_run_is_saved_as_it_goes(call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, seen = tmp_path / "a.metalearn", []
    monkeypatch.setattr("metalearn_gui.cli.train.SAVE_SECONDS", 0.0)
    apply = RunRecord.apply

    def look(run: RunRecord, event: Any) -> None:
        if path.exists():
            saved = load(path).runs[0]
            seen.append(saved.iteration)
            assert saved.latest is None or len(saved.curve("objective")) == saved.latest.iteration
        apply(run, event)

    monkeypatch.setattr(RunRecord, "apply", look)
    call(*train(path, "--set", "num_iterations=4"))
    assert seen
    assert max(seen) <= 4


TOO_LARGE = [
    word
    for value in ("hidden_dim=1024", "num_hidden_layers=6", "meta_batch=1000", "inner_steps=20")
    for word in ("--set", value)
]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["train"], "--preset"),
        (["train", "--preset", "first-steps"], "--output"),
        (["train", "--preset", "no", "--output", "a"], "first-steps"),
        (["train", "--preset", "no"], "first-steps"),
        (["train", "--preset", "maml", "--settings", "x", "--output", "a"], "not allowed"),
        (["train", "--settings", "no.json", "--output", "a"], "no.json"),
        (["train", "--resume", "no.metalearn"], "no.metalearn"),
        (["train", "--preset", "maml", "--output", "no/a.metalearn"], "no folder no"),
        (["train", "--preset", "maml", "--output", "."], "is a folder"),
        (["train", "--preset", "maml", "--output", "a" * 300], "File name too long"),
        (["train", "--preset", "maml", "--output", "a\0b"], "no name that a file can have"),
        (["train", "--preset", "maml", "--output", "a", "--set", "stop_patience=-1"], "lie in [1, 10 000 000] or be 0"),
        (["train", "--preset", "maml", "--output", "a", "--set", "train_ways=x"], "number in [2, 1 000] or be 0"),
        (["train", "--preset", "maml", "--output", "a", "--set", "shots"], "NAME=VALUE"),
        (["train", "--preset", "maml", "--output", "a", "--set", "shots=0"], "[1, 1 000]"),
        (["train", "--preset", "maml", "--output", "a", "--set", "shots=x"], "whole number"),
        (["train", "--preset", "maml", "--output", "a", "--set", "shoots=1"], "shoots"),
        (["train", "--preset", "maml", "--output", "a", "--set", "input_dim=3"], "one number"),
        (["train", "--preset", "maml", "--output", "a", "--set", "data=x.csv"], "there is no such file"),
        (["train", "--preset", "maml", "--output", "a", "--set", "data=."], "reads no data such as ."),
        (["train", "--preset", "maml", "--output", "a", "--data", "x.csv"], "there is no such file"),
        (["train", "--preset", "maml", "--output", "a", "--set", "seed=-1"], "[0, 2 147 483 647]"),
        (["train", "--preset", "maml", "--output", "a", "--set", "ways=3"], "it is one of blobs, moons"),
        (["train", "--preset", "maml", "--output", "a", "--set", "bogus=3"], "maml on sinusoid; `metalearn-gui"),
        (["train", "--preset", "maml", "--output", "a", "--set", "base_loss_weight=1"], "base_loss_weight"),
        (["train", "--preset", "maml", "--out", "a"], "--out"),
        (
            ["train", "--preset", "maml", "--output", "a", *TOO_LARGE],
            "are free: lower Hidden dimension",
        ),
    ],
)
def test_train_refuses_in_one_line(
    arguments: list[str], expected: str, refused: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert expected in refused(*arguments)
    assert not list(tmp_path.glob("*.metalearn"))


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is there on Linux alone")
@pytest.mark.parametrize(
    "words",
    [["train", "--preset", "maml", "--output"], ["compare", "--preset", "maml", "--report"], ["reproduce", "--output"]],
)
def test_a_place_that_only_seems_to_take_files_is_refused_before_any_work(words: list[str], refused: Any) -> None:
    assert "nothing can be made in that folder" in refused(*words, "/proc/a.md")


def test_train_replaces_a_session_and_nothing_else(call: Any, refused: Any, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not to be lost")
    assert "would replace a file that is no session" in refused(*train(path, "--set", "num_iterations=1"))
    assert path.read_text() == "not to be lost"
    again = tmp_path / "a.metalearn"
    for seed in (1, 2):
        assert call(*train(again, "--set", "num_iterations=1", "--set", f"seed={seed}"))[0] == 0
    assert load(again).settings.seed == 2


def test_two_trainings_do_not_write_one_file(call: Any, refused: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    (tmp_path / "b").mkdir()
    with only_writer(path):
        assert "Another `train` is writing" in refused(*train(path, "--set", "num_iterations=1"))
        assert "Another `train` is writing" in refused(*train(tmp_path / "b" / ".." / "a.metalearn"))
    assert call(*train(path, "--set", "num_iterations=1"))[0] == 0
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["a.metalearn"]


@pytest.mark.parametrize("arguments", [["trian"], ["--preset", "no"], ["--set", "shoots=1"], ["--set", "shots=x"]])
def test_a_mistyped_word_without_a_display_is_one_line(
    arguments: list[str], refused: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("metalearn_gui.cli.window.display.is_absent", lambda: True)
    assert any(known in refused(*arguments) for known in ("first-steps", "did you mean train", "shots"))
    assert not list(tmp_path.glob("*.png"))


@pytest.mark.parametrize("content", ["", "[]", "{", '"x"', '{"version": 9}', '{"shots": null}', '{"no": 1}'])
def test_settings_that_are_none_are_refused(content: str, refused: Any, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(content)
    refused("train", "--settings", file, "--output", tmp_path / "a.metalearn")


def test_a_resumed_run_stays_the_run_it_was(refused: Any, session_path: Path) -> None:
    before = session_path.read_bytes()
    assert "meta_learning_rate" in refused("train", "--resume", session_path, "--set", "shots=5")
    assert session_path.read_bytes() == before


def test_a_run_starts_from_the_weights_of_another_and_goes_on_as_such(
    call: Any, session_path: Path, tmp_path: Path
) -> None:
    other, path = load(session_path).runs[0], tmp_path / "a.metalearn"
    sizes = ["hidden_dim=6", *SMALL[2:], "learner=anil"]
    status, _, err = call(*train(path, "--set", "num_iterations=2", "--start-from", session_path, pairs=sizes))
    assert status == 0
    assert "6 of 6 parameters start from MAML" in err
    run = load(path).runs[0]
    assert (run.start.run_id, run.start.taken) == (other.run_id, 6)
    for name, values in other.latest.learner.params.items():
        np.testing.assert_array_equal(run.initial.learner.params[name], values)
    assert call("train", "--resume", path, "--set", "num_iterations=4")[0] == 0
    once = tmp_path / "b.metalearn"
    more = ("--start-from", session_path, "--start-run", other.run_id, "--set", "num_iterations=4")
    assert call(*train(once, *more, pairs=sizes))[0] == 0
    resumed, whole = load(path).runs[0], load(once).runs[0]
    assert resumed.start == whole.start
    assert plain(resumed.latest.learner) == plain(whole.latest.learner)


def test_a_run_that_starts_from_another_has_its_settings_where_nothing_else_is_named(call, session_path, tmp_path):
    path = tmp_path / "a.metalearn"
    status, _, err = call("train", "--start-from", session_path, "--set", "num_iterations=2", "--output", path)
    assert status == 0
    assert "parameters start from MAML" in err
    before, after = load(session_path).runs[0].settings, load(path).runs[0].settings
    assert after == before.replaced(num_iterations=2)


def test_a_start_that_is_none_is_refused(refused: Any, session_path: Path, tmp_path: Path) -> None:
    path, source = tmp_path / "a.metalearn", ("--start-from", session_path)
    assert "None of these weights fit" in refused(*train(path, *source, preset="blobs", pairs=BLOBS))
    assert "has no run nobody; it has" in refused(*train(path, *source, "--start-run", "nobody"))
    assert "add --start-from" in refused(*train(path, "--start-run", "nobody"))
    assert "leave one out" in refused("train", "--resume", session_path, *source)
    assert "missing.metalearn" in refused(*train(path, "--start-from", tmp_path / "missing.metalearn"))
    assert not path.exists()


# --- evaluate -----------------------------------------------------------------------------------------


def test_evaluate_prints_the_learner_and_its_baselines_by_step(call: Any, session_path: Path) -> None:
    before = session_path.read_bytes()
    status, out, err = call("evaluate", session_path, "--num-tasks", 5, "--steps", 3, "--seed", 1, "--json")
    assert (status, err) == (0, "")
    report = json.loads(out)
    assert list(report)[:5] == ["learner", "tasks", "iterations", "num_tasks", "num_distinct_tasks"]
    assert list(report)[5:] == ["seed", "shots", "steps", "baselines", "verdict"]
    assert [row["step"] for row in report["steps"]] == [0, 1, 2, 3]
    assert set(report["steps"][0]) == {"step", "loss", "loss_median", "loss_ci95"}
    assert set(report["baselines"]) == {"transfer", "scratch", "scratch_adam", "mean", "oracle"}
    assert len(report["baselines"]["transfer"]) == 4
    assert (report["num_tasks"], report["num_distinct_tasks"], report["shots"], report["iterations"]) == (5, 5, 3, 4)
    assert session_path.read_bytes() == before


def test_evaluate_is_a_function_of_its_seed(call: Any, session_path: Path) -> None:
    def losses(seed: int) -> Any:
        return json.loads(call("evaluate", session_path, "--num-tasks", 3, "--steps", 1, "--seed", seed, "--json")[1])

    assert losses(1) == losses(1)
    assert losses(1)["steps"] != losses(2)["steps"]


def test_evaluate_says_ways_and_accuracy_for_classification(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.metalearn"
    call(*train(path, "--set", "num_iterations=2", preset="blobs", pairs=BLOBS))
    _, out, _ = call("evaluate", path, "--num-tasks", 3, "--steps", 2, "--json")
    report = json.loads(out)
    assert report["ways"] == 3
    assert {"accuracy", "accuracy_ci95"} <= set(report["steps"][0])
    assert report["baselines"]["mean"] == pytest.approx(math.log(3))


def test_evaluate_changes_the_unseen_tasks_alone(call: Any, session_path: Path) -> None:
    _, out, _ = call("evaluate", session_path, "--num-tasks", 3, "--set", "shots=7", "--set", "noise=0.5", "--json")
    assert json.loads(out)["shots"] == 7


def test_evaluate_takes_another_family_of_the_same_shape(call: Any, session_path: Path) -> None:
    other = ["--tasks", "vectors", "--set", "input_dim=1", "--set", "output_dim=1"]
    report = json.loads(call("evaluate", session_path, "--num-tasks", 3, *other, "--json")[1])
    assert (report["tasks"], report["learner"]) == ("vectors", "maml")


def test_evaluate_shows_a_table_to_people(call: Any, session_path: Path) -> None:
    _, out, _ = call("evaluate", session_path, "--num-tasks", 3, "--steps", 2)
    assert "3 unseen tasks" in out
    assert "±" in out
    assert re.search(r"(It pays|It does not pay|No clear difference): .*\d %.* \(after step \d+, ", out)


def test_evaluate_keeps_words_and_numbers_whole_at_80_columns(call, session_path, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = call("evaluate", session_path, "--num-tasks", 3, "--steps", 2)
    table = out.splitlines()[:-2]  # below it: the verdict, and what there is at best
    assert max(map(len, table)) <= 80
    rows = [line for line in table if line.split()[:1] in (["0"], ["1"], ["2"])]
    numbers = [line for line in table if "±" in line]
    assert rows == numbers  # each of them on one line, behind its step
    for word in ("transfer:", "scratch", "with", "Adam:", "median"):
        assert word in out.split()


def test_a_table_that_is_too_wide_goes_on_below_with_whole_words(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    names = ["transfer", "scratch", "scratch with Adam", "task mean", "ridge", "boosting"]
    row = ["0.01805 ± 0.0068"] * len(names)
    print_tables("A title", ["step", *(f"{name}: accuracy" for name in names)], [[0, *row], [1, *row]])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines if "±" in line] == ["0", "1", "0", "1"]
    assert sum(line.count(row[0]) for line in lines) == 2 * len(names)
    assert sum(line.split().count("accuracy") for line in lines) == len(names)


@pytest.mark.parametrize("columns", ["80", "60"])
def test_a_long_name_takes_several_lines_before_its_numbers_go_below(columns, capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    name = "hidden_dim=16, num_hidden_layers=2, activation=elu, inner_steps=5"
    print_tables("A title", ["", "as trained (steps)", "best (steps)"], [[name, "3.53 ± 0.3 (3)", "3.53 ± 0.29 (2)"]])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= int(columns)
    assert [line.split()[0] for line in lines if "±" in line] == ["hidden_dim=16,"]
    assert set(name.split()) <= {word for line in lines for word in line.split()}


def test_evaluate_counts_a_task_that_comes_again_once(call, tmp_path, monkeypatch) -> None:
    rows = [f"s{task},{x},{task * x}" for task in range(12) for x in range(20)]
    (tmp_path / "sensors.csv").write_text("\n".join(["sensor,x,y", *rows]))
    path = tmp_path / "sensors.metalearn"
    pairs = sets([*SMALL, "learner=maml", "num_iterations=2", "inputs=x"])
    status, _, err = call("train", "--data", tmp_path / "sensors.csv", *pairs, "--output", path)
    assert status == 0, err
    told: list[tuple[int, int]] = []
    bar = contextlib.nullcontext(lambda tried, total: told.append((tried, total)))
    monkeypatch.setattr("metalearn_gui.cli.evaluate.trying_progress", lambda name: bar)
    _, out, _ = call("evaluate", path, "--num-tasks", 40, "--steps", 1, "--json")
    report = json.loads(out)
    assert (report["num_tasks"], report["num_distinct_tasks"]) == (40, 4)
    assert told[-1][0] == told[-1][1] == 40 * len(told)  # one slice of each learner
    assert "40 episodes of 4 unseen tasks" in call("evaluate", path, "--num-tasks", 40, "--steps", 1)[1]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--set", "hidden_dim=8"], "hidden_dim"),
        (["--set", "learner=reptile"], "learner"),
        (["--set", "inner_learning_rate=0.1"], "inner_learning_rate"),
        (["--set", "meta_batch=3"], "meta_batch"),
        (["--set", "seed=3"], "seed"),
        (["--set", "shots=-1"], "shots"),
        (["--set", "no=1"], "no"),
        (["--set", "data=a.csv"], "a.csv"),
        (["--tasks", "vectors"], "same shape"),
        (["--tasks", "blobs"], "blobs"),
        (["--tasks", "no"], "sinusoid"),
        (["--data", "a.csv"], "a.csv"),
        (["--set", "data=a.zip"], "a.zip"),
        (["--num-tasks", "0"], "--num-tasks"),
        (["--steps", "0"], "--steps"),
        (["--seed", "-1"], "--seed"),
    ],
)
def test_evaluate_refuses_in_one_line(arguments: list[str], expected: str, refused: Any, session_path: Path) -> None:
    assert expected in refused("evaluate", session_path, *arguments)


def test_evaluate_refuses_files_that_hold_no_trained_run(refused: Any, tmp_path: Path) -> None:
    empty, fresh, foreign = (tmp_path / name for name in ("empty", "fresh", "foreign"))
    save(empty, SavedSession([], "", preset("maml")))
    run = RunRecord(preset("maml"))
    save(fresh, SavedSession([run], run.run_id, run.settings))
    foreign.write_text("not a session")
    assert "no run" in refused("evaluate", empty)
    assert "no weights" in refused("evaluate", fresh)
    assert "not a session" in refused("evaluate", foreign)
    assert "cannot be read" in refused("evaluate", tmp_path / "missing")


# --- export, list, benchmark ------------------------------------------------------------------------------


def test_export_writes_verifies_and_says_so(call: Any, session_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "curves.csv"
    status, out, err = call("export", session_path, "--format", "csv", "--output", path, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "format": "csv", "file": str(path), "bytes": path.stat().st_size, "max_difference": 0.0,
    }  # fmt: skip


def test_export_refuses_in_one_line(refused: Any, session_path: Path, tmp_path: Path) -> None:
    line = refused("export", session_path, "--format", "no", "--output", tmp_path / "a")
    assert all(key in line for key in ("keras", "csv", "png", "gif"))
    assert "folder" in refused("export", session_path, "--format", "csv", "--output", tmp_path / "no" / "a.csv")
    assert "--format" in refused("export", session_path, "--output", tmp_path / "a")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
@pytest.mark.parametrize("words", [["list", "presets"], ["list", "presets", "--json"]])
def test_output_that_has_no_space_is_no_fault_of_the_program(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(words) == 2
    assert capsys.readouterr().err == (
        "metalearn-gui: The output cannot be written (No space left on device); make room, or choose another place\n"
    )


def test_list_names_everything_with_ranges_and_defaults(call: Any) -> None:
    status, out, err = call("list", "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert list(found) == ["tasks", "learners", "presets", "exporters"]
    assert [entry["key"] for entry in found["tasks"]] == list(TASKS)
    assert [entry["key"] for entry in found["learners"]] == list(LEARNERS)
    rate = next(s for s in found["learners"][0]["settings"] if s["name"] == "inner_learning_rate")
    assert (rate["minimum"], rate["maximum"], rate["default"], rate["live"]) == (1e-6, 10.0, 0.01, True)


def test_a_listed_preset_says_every_setting_with_its_own_value(call: Any) -> None:
    presets = json.loads(call("list", "presets", "--json")[1])["presets"]
    for entry in presets:
        settings: ExperimentSettings = preset(entry["key"])
        assert {spec["name"]: spec["default"] for spec in entry["settings"]} == {
            name: settings.value(name) for name in settings.names()
        }


def test_list_takes_some_kinds_and_refuses_others(call: Any, refused: Any) -> None:
    assert list(json.loads(call("list", "learners,tasks", "--json")[1])) == ["tasks", "learners"]
    assert "presets" in refused("list", "widgets")
    status, out, _ = call("list", "presets")
    assert status == 0
    assert "first-steps" in out


def test_benchmark_prints_what_was_measured(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = {
        "machine": "a machine",
        "work": [{"name": "maml", "ours": 100.0, "peers": {"jax": 50.0}, "ratio": {"jax": 2.0}}],
        "absent": {"torch": "it is not installed"},
    }
    asked: list[Any] = []
    monkeypatch.setattr("metalearn_gui.cli.benchmark.benchmark", lambda *keys: asked.append(keys) or measured)
    assert json.loads(call("benchmark", "--against", "jax,torch", "--work", "cavia", "--json")[1]) == measured
    assert asked == [(["jax", "torch"], ["cavia"])]
    _, out, _ = call("benchmark")
    assert "jax" in out
    assert "torch is left out" in out


def test_benchmark_refuses_a_peer_that_it_does_not_know(refused: Any) -> None:
    assert "learn2learn" in refused("benchmark", "--against", "numpy")


# --- all ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_and_version_are_no_errors(command: str, call: Any) -> None:
    for option in ("--help", "--version"):
        status, out, err = call(*command.split(), option)
        assert (status, err) == (0, "")
        assert "metalearn-gui" in out


def test_a_fault_of_ours_is_one_line_with_status_1_and_a_log(
    call: Any, session_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: Any) -> None:
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setattr("metalearn_gui.cli.evaluate.evaluation.evaluate", break_down)
    status, out, err = call("evaluate", session_path)
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert "ZeroDivisionError" in (Path(os.environ["METALEARN_HOME"]) / "errors.log").read_text()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--no-such-option"], "--no-such-option"),
        (["--preset", "no"], "first-steps"),
        (["--preset", "mam"], "did you mean maml? Else choose one of first-steps"),
        (["--presett", "maml"], "--presett; did you mean --preset?"),
        ([".", "--preset", "maml"], "one of them"),
        (["missing.metalearn"], "no file and no command 'missing.metalearn'; the commands are train, evaluate"),
        (["--run", "missing.metalearn"], "no file and no command 'missing.metalearn'"),
        (["/no/file"], "FILE is a session"),
        (["trian"], "did you mean train?"),
        (["trian", "--preset", "maml"], "did you mean train?"),
        (["evalaute", "run.metalearn"], "did you mean evaluate?"),
        (["--set", "data=no.csv"], "The data are no.csv, and there is no such file"),
        (["--set", "task_family=csv", "--set", "data=no.csv"], "there is no such file"),
        (["--theme", "pink"], "dark"),
        (["--language", "tlh"], "en"),
        (["--set", "shots=0"], "[1, 1 000]"),
        (["--size", "1440x900"], "--screenshot"),
        (["--screenshot", "a.jpg"], "PNG"),
        (["--screenshot", "no/a.png"], "no/a.png"),
        (["--screenshot", "a.png", "--size", "big"], "1440x900"),
        (["--screenshot", "a.png", "--size", "10x10"], "1024x700"),
        (["--screenshot", "a.png", "--iterations", "-1"], "--iterations"),
    ],
)
def test_the_window_refuses_in_one_line(
    arguments: list[str], expected: str, refused: Any, qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert expected in refused(*arguments)
    assert not list(tmp_path.glob("*.png"))
