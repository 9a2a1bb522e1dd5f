"""learn2learn: its MAML, task by task, as its own examples have it."""

from __future__ import annotations

import torch
from learn2learn.algorithms import MAML
from torch import nn

from metalearn_gui.benchmark.torch_peer import Params, drawn_episodes, start
from metalearn_gui.benchmark.work import Race, Work, num_averaged


def enter(work: Work) -> Race:
    """The engine's own start."""
    settings = work.settings
    episodes = drawn_episodes(settings)
    maml = MAML(_network(start(settings)), lr=settings.learner.inner_learning_rate, first_order=False)
    optimizer = torch.optim.Adam(maml.parameters(), lr=settings.outer.meta_learning_rate)
    loss = nn.MSELoss()

    def step() -> torch.Tensor:
        optimizer.zero_grad()
        total = torch.zeros(())
        for support_x, support_y, query_x, query_y in zip(*next(episodes), strict=True):
            learner = maml.clone()
            for _ in range(settings.learner.inner_steps):
                learner.adapt(loss(learner(support_x), support_y))
            total = total + loss(learner(query_x), query_y) / settings.outer.meta_batch
        total.backward()
        optimizer.step()
        return total.detach()

    def race(num_iterations: int) -> float:
        objectives = [step() for _ in range(num_iterations)]
        return float(torch.stack(objectives[-num_averaged(num_iterations) :]).mean())

    return race


def _network(params: Params) -> nn.Module:
    layers: list[nn.Module] = []
    for layer in range(len(params) // 2):
        linear = nn.Linear(*params[f"w{layer}"].shape)
        linear.load_state_dict({"weight": params[f"w{layer}"].T, "bias": params[f"b{layer}"]})
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])
