"""`evaluate` on a run of ratings: the four quadrants of cold start, for programs and for people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from metalearn_gui.cli import main
from metalearn_gui.engine import Options, training
from metalearn_gui.engine.ratings.metrics import METRICS
from metalearn_gui.engine.ratings.quadrants import QUADRANTS
from metalearn_gui.store.session_file import SavedSession, save
from tests.engine.small import small_settings
from tests.store.sessions import trained_run

ARGUMENTS = ["--num-tasks", "12", "--steps", "1"]


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "DEFAULT_OPTIONS", Options(compile=False, num_tasks=4))


@pytest.fixture(scope="module")
def session_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ratings") / "run.metalearn"
    run = trained_run(small_settings("ratings", "maml", test_steps=1, num_iterations=2))
    save(path, SavedSession([run], run.run_id, run.settings))
    return path


def test_json_has_figures_with_intervals_and_a_verdict_for_every_quadrant(
    session_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(session_path), *ARGUMENTS, "--json"]) == 0
    quadrants = json.loads(capsys.readouterr().out)["quadrants"]
    assert list(quadrants) == list(QUADRANTS)
    for one in quadrants.values():
        assert one["num_users"] == 12
        assert list(one["models"]) == ["learner", "global_mean", "means", "popularity", "factors"]
        assert set(one["models"]["learner"]) == {*METRICS, *(f"{metric}_ci95" for metric in METRICS)}
        assert one["models"]["popularity"]["mae"] is None
        models, verdict = one["models"], one["verdict"]
        assert verdict["difference"] == pytest.approx(models["learner"]["mae"] - models["means"]["mae"])
        best = one["verdict_best"]
        errors = {key: figures["mae"] for key, figures in models.items() if figures["mae"] is not None}
        assert errors[best["baseline"]] == min(errors[key] for key in errors if key != "learner")
        assert best["difference"] == pytest.approx(errors["learner"] - errors[best["baseline"]])
        assert verdict["pays"] in (True, False, None)


def test_people_read_a_table_and_a_sentence_for_every_quadrant(
    session_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(session_path), *ARGUMENTS]) == 0
    out = capsys.readouterr().out
    assert all(f"{name} (12 users" in out for name in QUADRANTS)
    assert out.count("trained on") == 1
    assert all(f"\n{name}: " in out for name in QUADRANTS)
    assert out.count("(the best baseline)") == len(QUADRANTS)
    assert out.count("paired over the same users") == len(QUADRANTS)
