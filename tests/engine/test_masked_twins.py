"""Meta-gradients through clip, decay, memory and learned rates beside float64 numpy that knows no tape."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from metalearn_gui.engine.episodes import Episodes, map_episodes
from tests.engine.small import context, drawn, small_settings, start_of, tensors

Weights = dict[str, np.ndarray]
RATES = "rates/"
OPTIONS: dict[str, dict[str, Any]] = {
    "clip": {"inner_gradient_clip": 0.5, "inner_learning_rate": 0.1, "inner_steps": 2},
    "decay": {"inner_weight_decay": 0.7, "inner_learning_rate": 0.05, "inner_steps": 3},
    "momentum": {"inner_optimizer": "momentum", "inner_gradient_clip": 1.0, "inner_weight_decay": 0.1},
}
LEARNERS: dict[str, dict[str, Any]] = {
    "maml": {"learned_rates": True}, "meta_sgd": {}, "anil": {},
    "article": {"base_loss_weight": 0.3, "meta_loss_weight": 1.7},
}  # fmt: skip


def loss_and_gradient(p: Weights, x: np.ndarray, y: np.ndarray, mask: np.ndarray) -> tuple[float, Weights]:
    """One hidden layer of tanh and the squared error, over the points that are there."""
    h = np.tanh(x @ p["w0"] + p["b0"])
    error = h @ p["w1"] + p["b1"] - y
    up = 2.0 * error * mask[:, None] / mask.sum()
    down = (up @ p["w1"].T) * (1.0 - h**2)
    gradient = {"w0": x.T @ down, "b0": down.sum(axis=0), "w1": h.T @ up, "b1": up.sum(axis=0)}
    return float((error[:, 0] ** 2 * mask).sum() / mask.sum()), gradient


def adapted(p: Weights, settings: Any, x: np.ndarray, y: np.ndarray, mask: np.ndarray) -> Weights:
    learner, velocity = settings.learner, dict.fromkeys(p, 0.0)
    names = [name for name in ("w0", "b0", "w1", "b1") if learner.key != "anil" or name in ("w1", "b1")]
    for step in range(learner.inner_steps):
        gradient = {name: values for name, values in loss_and_gradient(p, x, y, mask)[1].items() if name in names}
        size = np.sqrt(sum((values**2).sum() for values in gradient.values()))
        scale = min(1.0, learner.inner_gradient_clip / size) if learner.inner_gradient_clip else 1.0
        moved = {}
        for name, values in gradient.items():
            kept = 0.9 if learner.inner_optimizer == "momentum" else 0.0
            velocity[name] = kept * velocity[name] + scale * values
            rate = p.get(RATES + name, learner.inner_learning_rate)
            rate = rate[step] if learner.key == "maml" else rate
            moved[name] = p[name] - rate * (velocity[name] + learner.inner_weight_decay * p[name])
        p = p | moved
    return p


def objective(p: Weights, settings: Any, episodes: Episodes) -> float:
    (support, query), losses = episodes.parts, []
    weights = settings.learner.live_values()
    for x, y, mask, asked, truth in zip(support.x, support.y, support.mask, query.x, query.y, strict=True):
        own = adapted(p, settings, x, y, mask)
        after = loss_and_gradient(own, asked, truth, np.ones(len(asked)))[0]
        before = loss_and_gradient(p, x, y, mask)[0]
        losses.append(weights.get("base_loss_weight", 0.0) * before + weights.get("meta_loss_weight", 1.0) * after)
    return float(np.mean(losses))


def slope(p: Weights, name: str, place: tuple[int, ...], settings: Any, episodes: Episodes) -> float:
    ends = []
    for sign in (1.0, -1.0):
        values = p[name].copy()
        values[place] += sign * 1e-5
        ends.append(objective(p | {name: values}, settings, episodes))
    return (ends[0] - ends[1]) / 2e-5


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("options", OPTIONS)
def test_a_meta_gradient_through_masked_points_is_that_of_numpy(learner: str, options: str) -> None:
    values = OPTIONS[options] | LEARNERS[learner]
    settings = small_settings("sinusoid", learner, activation="tanh", hidden_dim=4, **values)
    episodes = drawn(settings, 3)
    mask = np.ones(episodes.support.x.shape[:2], np.float32)
    mask[0, 3:] = mask[1, 4:] = 0.0
    episodes.support.x[0, 3:] = 7.0  # padding may hold anything
    episodes = episodes._replace(support=episodes.support._replace(mask=mask))
    state = start_of(settings, episodes)
    found = settings.learner.meta_gradient(state, tensors(episodes), context(settings))
    p = {name: np.asarray(values, np.float64) for name, values in state.params.items()}
    exact = map_episodes(np.float64, episodes)
    assert float(found.objective) == pytest.approx(objective(p, settings, exact), rel=1e-5)
    for name in p:
        slopes = [slope(p, name, place, settings, exact) for place in np.ndindex(p[name].shape)]
        np.testing.assert_allclose(np.ravel(found.gradients[name]), slopes, rtol=1e-4, atol=1e-5, err_msg=name)
