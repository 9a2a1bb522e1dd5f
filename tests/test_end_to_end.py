"""The real thing, compiled and in processes of its own, as a person would call it."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from metalearn_gui.store import session_file
from tests.engine.small import assert_same_bits

pytestmark = pytest.mark.timeout(300)
SMALL = ["--set", "hidden_dim=20", "--set", "meta_batch=10", "--set", "test_steps=5"]


def call(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "metalearn_gui", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def report(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@dataclasses.dataclass(frozen=True)
class Resumed:
    """A run in two parts, and what the command line reported of each."""

    path: Path
    first: Any
    second: Any


def trained(folder: Path, iterations: int, path: Path) -> Any:
    start = ["train", "--preset", "first-steps", *SMALL, "--set", f"num_iterations={iterations}"]
    return report(call(*start, "--output", path, "--json", folder=folder))


@pytest.fixture(scope="module")
def resumed(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Resumed:
    path = tmp_path_factory.mktemp("resumed") / "run.metalearn"
    first = trained(checkout, 500, path)
    second = report(call("train", "--resume", path, "--set", "num_iterations=1500", "--json", folder=checkout))
    return Resumed(path, first, second)


def test_a_run_is_trained_resumed_evaluated_and_exported(resumed: Resumed, checkout: Path, tmp_path: Path) -> None:
    first, second = resumed.first, resumed.second
    assert (first["iterations"], second["iterations"]) == (500, 1500)
    assert second["loss_last"] < first["loss_last"] < first["loss_first"]
    done = call("evaluate", resumed.path, "--num-tasks", 200, "--steps", 5, "--json", folder=checkout)
    found = report(done)
    assert done.stderr == ""
    assert found["steps"][1]["loss"] < found["steps"][0]["loss"]
    assert found["steps"][5]["loss"] < found["baselines"]["mean"]
    exported = report(
        call("export", resumed.path, "--format", "keras", "--output", tmp_path / "a.keras", "--json", folder=checkout)
    )
    assert exported["max_difference"] < 1e-5


def test_the_compiled_run_is_the_same_bits_in_one_go_and_in_two(
    resumed: Resumed, checkout: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.metalearn"
    one, two = trained(checkout, 1500, whole), resumed.second
    assert [one[name] for name in ("loss_first", "loss_last")] == [two[name] for name in ("loss_first", "loss_last")]
    learned = [session_file.load(path).runs[0].latest for path in (whole, resumed.path)]
    assert_same_bits(*(state.learner for state in learned if state is not None))
