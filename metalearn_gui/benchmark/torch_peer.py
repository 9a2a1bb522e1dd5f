"""PyTorch: torch.func's grad inside and outside, vmap over tasks, torch.optim.Adam."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor
from torch.func import grad, grad_and_value, vmap

from metalearn_gui.benchmark.work import (
    AMPLITUDES,
    HIDDEN_DIM,
    INNER_RATE,
    INPUTS,
    LATEST_PHASE,
    META_BATCH,
    META_RATE,
    QUERIES,
    SHOTS,
    Race,
    Work,
    num_averaged,
)

Params = dict[str, Tensor]


def enter(work: Work) -> Race:
    """Fresh parameters."""
    torch.manual_seed(0)
    params = _start()
    optimizer = torch.optim.Adam(params.values(), lr=META_RATE)

    def task_loss(params: Params, x: Tensor, y: Tensor) -> Tensor:
        for _ in range(work.inner_steps):
            gradients = grad(_loss)(params, x[:SHOTS], y[:SHOTS])
            params = {name: values - INNER_RATE * gradients[name] for name, values in params.items()}
        return _loss(params, x[SHOTS:], y[SHOTS:])

    def meta_loss(params: Params, x: Tensor, y: Tensor) -> Tensor:
        return vmap(task_loss, in_dims=(None, 0, 0))(params, x, y).mean()

    meta_gradient = grad_and_value(meta_loss)

    def race(num_iterations: int) -> float:
        objectives = []
        for _ in range(num_iterations):
            gradients, value = meta_gradient(params, *draw_episodes())
            for name, values in params.items():
                values.grad = gradients[name]
            optimizer.step()
            objectives.append(value.detach())
        return float(torch.stack(objectives[-num_averaged(num_iterations) :]).mean())

    return race


def draw_episodes() -> tuple[Tensor, Tensor]:
    """(tasks, shots + queries, 1) of sinusoids."""
    amplitude = AMPLITUDES[0] + (AMPLITUDES[1] - AMPLITUDES[0]) * torch.rand(META_BATCH, 1, 1)
    phase = LATEST_PHASE * torch.rand(META_BATCH, 1, 1)
    x = INPUTS[0] + (INPUTS[1] - INPUTS[0]) * torch.rand(META_BATCH, SHOTS + QUERIES, 1)
    return x, amplitude * torch.sin(x - phase)


def _start() -> Params:
    """The uniform start."""
    dims, params = (1, HIDDEN_DIM, HIDDEN_DIM, 1), {}
    for layer, (n, m) in enumerate(itertools.pairwise(dims)):
        params[f"w{layer}"] = (2 * torch.rand(n, m) - 1) * n**-0.5
        params[f"b{layer}"] = (2 * torch.rand(m) - 1) * n**-0.5
    return params


def _loss(params: Params, x: Tensor, y: Tensor) -> Tensor:
    for layer in range(2):
        x = torch.relu(x @ params[f"w{layer}"] + params[f"b{layer}"])
    return ((x @ params["w2"] + params["b2"] - y) ** 2).mean()
