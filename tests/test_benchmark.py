"""The benchmark's own honesty: turns, ratios of pairs, and who is not there."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from metalearn_gui import benchmark as package
from metalearn_gui.benchmark import PEERS, Entrant, benchmark
from metalearn_gui.benchmark.lane import COMPETITOR, Absent, Lane
from metalearn_gui.benchmark.work import WORKS, num_averaged
from metalearn_gui.engine.backend import tf
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.episodes import Episodes, map_episodes
from metalearn_gui.engine.learners.base import State
from metalearn_gui.engine.trainer import BlockSource, Trainer
from tests.engine.small import context

# Moves the clock instead of working: 1 ms a meta-iteration with one inner step, four with anything else.
FAKE = """
import os, time
now = [0.0]
time.perf_counter, time.process_time = lambda: now[0], lambda: now[0] / 2
def enter(work):
    print("chatter of a library")
    milliseconds = 1 if work.key == "maml-1" else 4
    def race(num_iterations):
        now[0] += num_iterations * milliseconds / 1000
        return 1.0 / num_iterations
    return race
"""
ABSENT = "import a_library_that_nobody_has"
LOST = "import os\ndef enter(work):\n    return lambda num_iterations: os._exit(3)"


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, code in {"fake_racer": FAKE, "absent_racer": ABSENT, "lost_racer": LOST}.items():
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(code), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(Path(__file__).parent.parent)]))
    monkeypatch.setattr(package, "OURS", Entrant("fake_racer"))
    monkeypatch.setattr(package, "ROUNDS", 3)
    monkeypatch.setattr(package, "TURN_SECONDS", 0.02)
    monkeypatch.setitem(PEERS, "torch", Entrant("fake_racer", in_blocks=True))
    monkeypatch.setitem(PEERS, "jax", Entrant("absent_racer"))


def with_pinned(name: str) -> set[str]:
    """The names under which a peer is measured on this system."""
    return {name, f"{name}_one_core"} if hasattr(os, "sched_setaffinity") else {name}


@pytest.mark.usefixtures("fakes")
def test_a_report_is_json_with_pairs_for_every_peer_that_is_there() -> None:
    works = ["maml-1", "maml-5"]
    report = json.loads(json.dumps(benchmark(["torch", "jax"], works), allow_nan=False))
    assert set(report) == {"machine", "work", "absent"}
    assert set(report["absent"]) == with_pinned("jax")
    assert "a_library_that_nobody_has" in report["absent"]["jax"]
    assert [work["name"] for work in report["work"]] == [WORKS[key].name for key in works]
    for work in report["work"]:
        assert set(work) == {"name", "ours", "peers", "ratio", "cpu_ratio", "loss"}
        assert set(work["peers"]) == set(work["ratio"]) == set(work["cpu_ratio"]) == with_pinned("torch")
        assert work["ratio"] == work["cpu_ratio"] == dict.fromkeys(with_pinned("torch"), 1.0)
        assert work["loss"] == dict.fromkeys({"ours"} | with_pinned("torch"), 0.01)  # of a block of 100
    assert [work["ours"] for work in report["work"]] == [1000.0, 250.0]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
@pytest.mark.usefixtures("fakes")
def test_a_competitor_that_is_interrupted_ends_without_a_word() -> None:
    command = [sys.executable, "-m", COMPETITOR, "fake_racer", "maml-1", "0"]
    ends = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, text=True, **ends) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"name": "fake_racer"}
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert said.splitlines() == ["chatter of a library"]
    assert process.returncode == -signal.SIGINT


@pytest.mark.usefixtures("fakes")
def test_only_peers_with_a_program_for_the_work_are_measured() -> None:
    report = benchmark(["torch"], ["cavia"])
    assert report["work"][0]["peers"] == report["absent"] == {}
    assert report["work"][0]["ours"] > 0


@pytest.mark.usefixtures("fakes")
def test_a_competitor_is_timed_where_it_works_and_may_print() -> None:
    with Lane("fake_racer", WORKS["maml-5"]) as lane:
        turn = lane.run(10)
    assert (turn.seconds, turn.cpu_seconds) == pytest.approx((0.04, 0.02))
    assert turn.loss == 0.1


@pytest.mark.usefixtures("fakes")
def test_a_competitor_whose_library_is_missing_is_absent() -> None:
    with pytest.raises(Absent, match="a_library_that_nobody_has"):
        Lane("absent_racer", WORKS["maml-1"])


@pytest.mark.usefixtures("fakes")
def test_a_competitor_that_dies_in_a_race_is_no_silent_zero() -> None:
    with (
        Lane("lost_racer", WORKS["maml-1"]) as lane,
        pytest.raises(RuntimeError, match=r"lost_racer was lost in a race: .* 3"),
    ):
        lane.run(1)


# Conv4 makes much of the signs that Adam's first updates are, rounding's too: there gradients are compared instead.
PICTURES = [key for key, work in WORKS.items() if work.settings.network.key == "conv4"]
OTHERS = [key for key in WORKS if key not in PICTURES]


def first_episodes(key: str, count: int) -> Episodes:
    """The episodes of a work's first meta-iterations."""
    return map_episodes(lambda values: values[:count], BlockSource(WORKS[key].settings).draw(0))


def our_objectives(key: str) -> np.ndarray:
    settings = WORKS[key].settings
    return Trainer(settings, initial_state(settings), compile=False).run(3).curves[0]


def our_gradient(key: str, episodes: Episodes) -> tuple[float, dict[str, np.ndarray]]:
    """The objective of one meta-iteration and the meta-gradient at the start."""
    settings = WORKS[key].settings.stages()[0]
    start = initial_state(settings)
    result = settings.learner.meta_gradient(
        State(*(map_values(tf.constant, part) for part in (start.params, start.carry))),
        map_episodes(tf.constant, episodes),
        context(settings)._replace(training=True),
    )
    return float(result.objective), map_values(np.asarray, result.gradients)


def map_values(function: Callable[[Any], Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: function(value) for name, value in values.items()}


def assert_alike(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> None:
    """For every parameter the difference is small; before batch normalisation much of a gradient cancels out."""
    assert theirs.keys() == ours.keys()
    for name, values in ours.items():
        difference = np.linalg.norm(np.asarray(theirs[name]) - values)
        assert difference <= 0.05 * np.linalg.norm(values), name


@pytest.fixture
def peer(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """A peer's module, for as long as the test: others ask what is imported."""
    pytest.importorskip(request.param)
    name = PEERS[request.param].module
    yield importlib.import_module(name)
    del sys.modules[name]


@pytest.mark.parametrize("peer", ["jax"], indirect=True)
@pytest.mark.parametrize("key", OTHERS)
def test_jax_does_the_same_work(key: str, peer: ModuleType) -> None:
    import jax

    settings = WORKS[key].settings
    _, theirs = jax.lax.scan(peer.meta_step(settings), peer.start(settings), first_episodes(key, 3))
    np.testing.assert_allclose(theirs, our_objectives(key), rtol=1e-3)


@pytest.mark.parametrize("peer", ["torch"], indirect=True)
@pytest.mark.parametrize("key", [key for key in OTHERS if "torch" in WORKS[key].peers])
def test_torch_does_the_same_work(key: str, peer: ModuleType) -> None:
    race = peer.enter(WORKS[key])
    for ours in our_objectives(key):
        assert race(1) == pytest.approx(ours, rel=1e-3)


@pytest.mark.parametrize("peer", ["jax"], indirect=True)
@pytest.mark.parametrize("key", PICTURES)
def test_jax_does_the_same_work_on_pictures(key: str, peer: ModuleType) -> None:
    import jax

    settings, episodes = WORKS[key].settings, map_episodes(lambda values: values[0], first_episodes(key, 1))
    loss, gradient = jax.jit(peer.GRADIENTS[settings.learner.key](settings))(initial_state(settings).params, episodes)
    our_loss, ours = our_gradient(key, episodes)
    assert loss == pytest.approx(our_loss, rel=1e-3)
    assert_alike(gradient, ours)


@pytest.mark.parametrize("peer", ["torch"], indirect=True)
@pytest.mark.parametrize("key", PICTURES)
def test_torch_does_the_same_work_on_pictures(key: str, peer: ModuleType) -> None:
    settings, episodes = WORKS[key].settings, map_episodes(lambda values: values[0], first_episodes(key, 1))
    points = next(peer.drawn_episodes(settings))
    np.testing.assert_array_equal(points[0], episodes.support.x)
    gradient, loss = peer.GRADIENTS[settings.learner.key](settings)(peer.start(settings), *points)
    our_loss, ours = our_gradient(key, episodes)
    assert float(loss.detach()) == pytest.approx(our_loss, rel=1e-3)
    turned = {name: values.permute(2, 3, 1, 0) if values.dim() == 4 else values for name, values in gradient.items()}
    assert_alike(turned, ours)


def test_every_peer_is_a_file_and_none_is_imported_by_asking() -> None:
    for entrant in PEERS.values():
        assert importlib.util.find_spec(entrant.module) is not None
        assert entrant.module not in sys.modules


@pytest.mark.parametrize(("count", "averaged"), [(1, 1), (10, 5), (100, 50), (5000, 50)])
def test_the_loss_is_a_mean_over_late_meta_iterations(count: int, averaged: int) -> None:
    assert num_averaged(count) == averaged
