"""PyTorch: torch.func's grad inside and outside, vmap over tasks, torch.optim.Adam; pictures task by task."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.func import grad, grad_and_value, vmap

from metalearn_gui.benchmark import torch_pictures
from metalearn_gui.benchmark.work import Race, Work, num_averaged
from metalearn_gui.engine.baselines import initial_state
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.trainer import BlockSource

Params = dict[str, Tensor]


def enter(work: Work) -> Race:
    """The engine's own start."""
    settings = work.settings
    params, episodes = start(settings), drawn_episodes(settings)
    optimizer = torch.optim.Adam(params.values(), lr=settings.outer.meta_learning_rate)
    meta_gradient = GRADIENTS[settings.learner.key](settings)

    def race(num_iterations: int) -> float:
        objectives = []
        for _ in range(num_iterations):
            gradients, value = meta_gradient(params, *next(episodes))
            for name, values in params.items():
                values.grad = gradients[name]
            optimizer.step()
            objectives.append(value.detach())
        return float(torch.stack(objectives[-num_averaged(num_iterations) :]).mean())

    return race


def _maml(settings: ExperimentSettings) -> torch_pictures.Gradient:
    rate, num_steps = settings.learner.inner_learning_rate, settings.learner.inner_steps

    def task_loss(params: Params, support_x: Tensor, support_y: Tensor, query_x: Tensor, query_y: Tensor) -> Tensor:
        for _ in range(num_steps):
            gradients = grad(_loss)(params, support_x, support_y)
            params = {name: values - rate * gradients[name] for name, values in params.items()}
        return _loss(params, query_x, query_y)

    def meta_loss(params: Params, *points: Tensor) -> Tensor:
        return vmap(task_loss, in_dims=(None, 0, 0, 0, 0))(params, *points).mean()

    return grad_and_value(meta_loss)


def start(settings: ExperimentSettings) -> Params:
    """The engine's own start: weights as (inputs, outputs), a convolution's kernels as torch has them."""
    params = {name: torch.tensor(values) for name, values in initial_state(settings).params.items()}
    return {name: torch_pictures.kernel(values) if values.dim() == 4 else values for name, values in params.items()}


def drawn_episodes(settings: ExperimentSettings) -> Iterator[tuple[Tensor, ...]]:
    """The engine's own episodes, one meta-iteration after the other: support x and y, query x and y."""
    source = BlockSource(settings)
    for number in itertools.count():
        block = source.draw(number)
        tensors = [torch.from_numpy(values) for points in block.parts for values in points[:2]]
        yield from (tuple(values[step] for values in tensors) for step in range(settings.tasks.block_steps))


def _loss(params: Params, x: Tensor, y: Tensor) -> Tensor:
    for layer in range(2):
        x = torch.relu(x @ params[f"w{layer}"] + params[f"b{layer}"])
    return ((x @ params["w2"] + params["b2"] - y) ** 2).mean()


GRADIENTS: dict[str, Callable[[ExperimentSettings], torch_pictures.Gradient]] = {
    "maml": _maml, "protonet": torch_pictures.protonet, "fomaml": torch_pictures.fomaml,
}  # fmt: skip
