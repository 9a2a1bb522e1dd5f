"""The real thing, compiled and in processes of its own, as a person would call it."""

from __future__ import annotations

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


def test_a_run_is_trained_resumed_evaluated_and_exported(checkout: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.metalearn"
    start = ["train", "--preset", "first-steps", *SMALL, "--output", path, "--json"]
    first = report(call(*start, "--set", "num_iterations=500", folder=checkout))
    second = report(call("train", "--resume", path, "--set", "num_iterations=1500", "--json", folder=checkout))
    assert (first["iterations"], second["iterations"]) == (500, 1500)
    assert second["loss_last"] < first["loss_last"] < first["loss_first"]
    done = call("evaluate", path, "--num-tasks", 200, "--steps", 5, "--json", folder=checkout)
    found = report(done)
    assert done.stderr == ""
    assert found["steps"][1]["loss"] < found["steps"][0]["loss"]
    assert found["steps"][5]["loss"] < found["baselines"]["mean"]
    exported = report(
        call("export", path, "--format", "keras", "--output", tmp_path / "a.keras", "--json", folder=checkout)
    )
    assert exported["max_difference"] < 1e-5


def test_the_compiled_run_is_the_same_bits_in_one_go_and_in_two(checkout: Path, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole.metalearn", tmp_path / "parts.metalearn"
    start = ["train", "--preset", "first-steps", *SMALL, "--json"]
    one = report(call(*start, "--set", "num_iterations=350", "--output", whole, folder=checkout))
    report(call(*start, "--set", "num_iterations=170", "--output", parts, folder=checkout))
    two = report(call("train", "--resume", parts, "--set", "num_iterations=350", "--json", folder=checkout))
    assert [one[name] for name in ("loss_first", "loss_last")] == [two[name] for name in ("loss_first", "loss_last")]
    learned = [session_file.load(path).runs[0].latest for path in (whole, parts)]
    assert_same_bits(*(state.learner for state in learned if state is not None))
