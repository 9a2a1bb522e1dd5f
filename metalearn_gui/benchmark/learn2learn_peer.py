"""learn2learn: its MAML, task by task, as its own examples have it."""

from __future__ import annotations

import torch
from learn2learn.algorithms import MAML
from torch import nn

from metalearn_gui.benchmark.torch_peer import draw_episodes
from metalearn_gui.benchmark.work import HIDDEN_DIM, INNER_RATE, META_BATCH, META_RATE, SHOTS, Race, Work, num_averaged


def enter(work: Work) -> Race:
    """Fresh parameters."""
    torch.manual_seed(0)
    maml = MAML(_network(), lr=INNER_RATE, first_order=False)
    optimizer = torch.optim.Adam(maml.parameters(), lr=META_RATE)
    loss = nn.MSELoss()

    def step() -> torch.Tensor:
        optimizer.zero_grad()
        total = torch.zeros(())
        for x, y in zip(*draw_episodes(), strict=True):
            learner = maml.clone()
            for _ in range(work.inner_steps):
                learner.adapt(loss(learner(x[:SHOTS]), y[:SHOTS]))
            total = total + loss(learner(x[SHOTS:]), y[SHOTS:]) / META_BATCH
        total.backward()
        optimizer.step()
        return total.detach()

    def race(num_iterations: int) -> float:
        objectives = [step() for _ in range(num_iterations)]
        return float(torch.stack(objectives[-num_averaged(num_iterations) :]).mean())

    return race


def _network() -> nn.Module:
    """The uniform start is what nn.Linear has by itself."""
    return nn.Sequential(
        nn.Linear(1, HIDDEN_DIM), nn.ReLU(), nn.Linear(HIDDEN_DIM, HIDDEN_DIM), nn.ReLU(), nn.Linear(HIDDEN_DIM, 1)
    )
