"""Settings as a script: the same settings, and a script that runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from metalearn_gui.engine.presets import PRESETS, default_settings, preset
from metalearn_gui.engine.script import changed_values, script


@pytest.mark.parametrize("key", PRESETS)
def test_what_is_changed_turns_the_defaults_into_the_settings(key: str) -> None:
    settings = preset(key).replaced(seed=11)
    assert default_settings().replaced(**changed_values(settings)) == settings


def test_what_is_as_it_was_is_not_said() -> None:
    assert set(changed_values(default_settings().replaced(shots=3))) == {"task_family", "learner", "network", "shots"}


def test_the_script_runs_and_says_what_is_reached(tmp_path: Path) -> None:
    settings = preset("ridge").replaced(num_iterations=20, hidden_dim=8, num_hidden_layers=1)
    path = tmp_path / "experiment.py"
    path.write_text(script(settings), encoding="utf-8")
    root = Path(__file__).parents[2]
    command = [sys.executable, str(path)]
    done = subprocess.run(command, env={"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["step 0", "step 1"]


def test_the_script_says_of_steps_that_diverge_that_they_do(capsys: pytest.CaptureFixture[str]) -> None:
    settings = preset("reptile").replaced(num_iterations=1, num_hidden_layers=1, inner_learning_rate=1.0, test_steps=20)
    exec(script(settings), {})  # another process would be seconds of loading
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.startswith("step 0: unseen loss ")
    assert last == "step 20: diverged"
