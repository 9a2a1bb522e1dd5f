"""Learners against versions of twenty lines in numpy: the same episodes and the same start, 100 meta-iterations."""

from __future__ import annotations

import numpy as np
import pytest

from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.episodes import BLOCK_STEPS, Episodes, map_episodes
from metalearn_gui.engine.events import Finished, LearnerState
from metalearn_gui.engine.presets import preset
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.trainer import EpisodeSource
from metalearn_gui.engine.training import Options, meta_train
from tests.engine.small import finished, objectives, small_settings

Weights = dict[str, np.ndarray]


def loss_and_gradient(p: Weights, x: np.ndarray, y: np.ndarray) -> tuple[float, Weights]:
    """One hidden layer of ReLUs and the mean squared error."""
    z = x @ p["w0"] + p["b0"]
    h = np.maximum(z, 0.0)
    error = h @ p["w1"] + p["b1"] - y
    up = 2.0 * error / error.size
    down = (up @ p["w1"].T) * (z > 0)
    gradient = {"w0": x.T @ down, "b0": down.sum(axis=0), "w1": h.T @ up, "b1": up.sum(axis=0)}
    return float(np.mean(error**2)), gradient


class Adam:
    """Kingma, Ba (2015), algorithm 1."""

    def __init__(self, rate: float) -> None:
        self.rate, self.count = rate, 0
        self.m: Weights = {}
        self.v: Weights = {}

    def moved(self, p: Weights, g: Weights) -> Weights:
        self.count += 1
        for name, slope in g.items():
            self.m[name] = 0.9 * self.m.get(name, 0.0) + 0.1 * slope
            self.v[name] = 0.999 * self.v.get(name, 0.0) + 0.001 * slope**2
        first, second = 1 - 0.9**self.count, 1 - 0.999**self.count
        return {
            name: p[name] - self.rate * (self.m[name] / first) / (np.sqrt(self.v[name] / second) + 1e-8) for name in p
        }


def start_and_episodes(settings: ExperimentSettings) -> tuple[Weights, list[Episodes]]:
    """The run's own start and the episodes of its first block, in float64."""
    start = {name: np.float64(values) for name, values in initial_state(settings).params.items()}
    block = map_episodes(np.float64, EpisodeSource(settings).draw(0))
    return start, [map_episodes(lambda values, step=step: values[step], block) for step in range(BLOCK_STEPS)]


def trained_by_the_engine(settings: ExperimentSettings) -> tuple[Finished, np.ndarray]:
    events = list(meta_train(settings, options=Options(baselines=False, evaluate=False)))
    return finished(events), objectives(events)


def assert_same_weights(state: LearnerState, twin: Weights) -> None:
    for name, values in twin.items():
        np.testing.assert_allclose(state.params[name], values, atol=1e-4, err_msg=name)


def test_the_article_s_program_equals_its_numpy_twin_for_100_epochs() -> None:
    settings = preset("article").replaced(seed=3)
    p, episodes = start_and_episodes(settings)
    x, y = episodes[0].support.x[0], episodes[0].support.y[0]  # one set of 100 rows, not redrawn
    assert x.shape == y.shape == (100, 10)
    adam, losses = Adam(settings.value("meta_learning_rate")), []
    for _ in range(100):
        loss, gradient = loss_and_gradient(p, x, y)
        losses.append(loss)
        p = adam.moved(p, gradient)
    end, curve = trained_by_the_engine(settings)
    np.testing.assert_allclose(curve, losses, atol=1e-4)
    assert end.final_objective == pytest.approx(loss_and_gradient(p, x, y)[0], abs=1e-4)
    assert_same_weights(end.state.learner, p)


def test_reptile_equals_its_numpy_twin() -> None:
    settings = small_settings(
        "sinusoid", "reptile", num_iterations=100, inner_steps=4, queries=10, meta_optimizer="sgd",
        meta_learning_rate=0.5, inner_learning_rate=0.02, initialization="uniform",
    )  # fmt: skip
    p, episodes = start_and_episodes(settings)
    for support, query, _ in episodes:
        ends = []
        for task in range(3):
            x = [support.x[task], query.x[task, :5], query.x[task, 5:]]
            y = [support.y[task], query.y[task, :5], query.y[task, 5:]]
            adapted = p
            for step in range(4):
                gradient = loss_and_gradient(adapted, x[step % 3], y[step % 3])[1]
                adapted = {name: adapted[name] - 0.02 * gradient[name] for name in adapted}
            ends.append(adapted)
        p = {name: p[name] + 0.5 * np.mean([end[name] - p[name] for end in ends], axis=0) for name in p}
    assert_same_weights(trained_by_the_engine(settings)[0].state.learner, p)


def test_transfer_equals_its_numpy_twin() -> None:
    settings = small_settings("sinusoid", "transfer", num_iterations=100, meta_learning_rate=0.01)
    p, episodes = start_and_episodes(settings)
    adam, losses = Adam(0.01), []
    for support, query, _ in episodes:
        x = np.concatenate([part.reshape(-1, 1) for part in (support.x, query.x)])
        y = np.concatenate([part.reshape(-1, 1) for part in (support.y, query.y)])
        loss, gradient = loss_and_gradient(p, x, y)
        losses.append(loss)
        p = adam.moved(p, gradient)
    end, curve = trained_by_the_engine(settings)
    np.testing.assert_allclose(curve, losses, rtol=1e-3)
    assert_same_weights(end.state.learner, p)


def test_the_article_s_loss_is_its_published_size_over_seeds() -> None:
    losses = []
    for seed in range(20):
        settings = preset("article").replaced(seed=seed)
        p, episodes = start_and_episodes(settings)
        adam = Adam(settings.value("meta_learning_rate"))
        for _ in range(100):
            p = adam.moved(p, loss_and_gradient(p, episodes[0].support.x[0], episodes[0].support.y[0])[1])
        losses.append(loss_and_gradient(p, episodes[0].support.x[0], episodes[0].support.y[0])[0])
    assert np.mean(losses) == pytest.approx(0.0802, abs=0.002)
