"""Gradient boosting over all tasks, where scikit-learn is installed."""

from __future__ import annotations

import ast
import subprocess
import sys

import numpy as np
import pytest

from metalearn_gui.engine import boosting, evaluation
from metalearn_gui.engine.baselines import initial_states
from metalearn_gui.engine.events import TrainingState
from metalearn_gui.engine.tables.in_memory import TABLES
from metalearn_gui.engine.unseen import unseen_episodes
from tests.engine.small import small_settings

pytest.importorskip("sklearn")


@pytest.fixture
def place(tmp_path):
    """Tasks that differ by their level alone: what the mean of the support set says is nearly all there is to know."""
    rng = np.random.default_rng(0)
    rows = []
    for task, level in enumerate(rng.uniform(-5, 5, 60)):
        rows += [f"t{task},{x:.4f},{level + np.sign(x):.4f},{'ab'[int(x > 0)]}" for x in rng.uniform(-1, 1, 40)]
    (tmp_path / "steps.csv").write_text("task,x,y,side\n" + "\n".join(rows))
    yield tmp_path / "steps.csv"
    TABLES.forget()


def test_trees_find_the_level_of_an_unseen_task_in_its_support_set(place):
    settings = small_settings("csv", data=str(place), inputs="x", targets="y", shots=10).resolved()
    episodes = unseen_episodes(settings, 18, 0)[1]
    losses, _ = boosting.tried(settings, episodes)
    assert losses.shape == (18,)
    assert losses.mean() < 0.1 * evaluation.Evaluator(settings, 18, 0, "test", compile=False).constant_loss


def test_trees_tell_classes_apart(place):
    values = {"inputs": "x", "targets": "side", "predicts": "classes"}
    settings = small_settings("csv", data=str(place), **values).resolved()
    losses, accuracies = boosting.tried(settings, unseen_episodes(settings, 18, 0)[1])
    assert accuracies.mean() > 0.98
    assert losses.mean() < 0.1


def test_it_stands_beside_the_learner_and_may_win_the_verdict(place, monkeypatch):
    settings = small_settings("csv", data=str(place), inputs="x", targets="y", shots=10).resolved()
    state = TrainingState(*initial_states(settings))
    found = evaluation.evaluate(settings, state, 18, compile=False)
    assert found.verdict is not None
    assert found.verdict.baseline == "boosting"
    monkeypatch.setattr(boosting, "is_available", lambda settings: False)
    assert "boosting" not in evaluation.evaluate(settings, state, 18, compile=False).baselines


def test_one_thread_fits_the_trees_from_the_first_time_on():
    program = (
        "from threadpoolctl import threadpool_info\nfrom metalearn_gui.engine.boosting import _one_thread\n"
        "with _one_thread():\n"
        "    print([one['num_threads'] for one in threadpool_info() if one['user_api'] == 'openmp'])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert set(ast.literal_eval(done.stdout)) == {1}, done.stderr
