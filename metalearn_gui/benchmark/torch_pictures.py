"""PyTorch's programs for pictures: Conv4 on plain tensors and autograd, a task at a time; no running averages.

Images and kernels lie channels last: the other order takes twice the time here.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from metalearn_gui.engine.networks.norms import EPSILON
from metalearn_gui.engine.settings import ExperimentSettings

Params = dict[str, Tensor]
Gradient = Callable[..., tuple[Params, Tensor]]  # (params, support x and y, query x and y) -> gradients, objective


def protonet(settings: ExperimentSettings) -> Gradient:
    """One pass over the support and the query set of an episode, as the engine has it."""
    features = _features(settings)

    def task_loss(params: Params, support_x: Tensor, support_y: Tensor, query_x: Tensor, query_y: Tensor) -> Tensor:
        seen, asked = features(params, torch.cat([support_x, query_x])).split([len(support_x), len(query_x)])
        chosen = F.one_hot(support_y.long()).to(seen.dtype)
        centres = chosen.T @ seen / chosen.sum(0)[:, None]
        return F.cross_entropy(2.0 * asked @ centres.T - (centres**2).sum(1), query_y.long())

    def meta_gradient(params: Params, *points: Tensor) -> tuple[Params, Tensor]:
        params = {name: values.detach().requires_grad_() for name, values in params.items()}
        value = torch.stack([task_loss(params, *task) for task in zip(*points, strict=True)]).mean()
        return _gradients(value, params), value

    return meta_gradient


def fomaml(settings: ExperimentSettings) -> Gradient:
    """The gradient of every task's query loss where its inner steps lead, averaged."""
    features, learner, last = _features(settings), settings.learner, settings.network.num_blocks

    def loss(params: Params, x: Tensor, y: Tensor) -> Tensor:
        return F.cross_entropy(features(params, x) @ params[f"w{last}"] + params[f"b{last}"], y.long())

    def task_gradient(
        params: Params, support_x: Tensor, support_y: Tensor, query_x: Tensor, query_y: Tensor
    ) -> tuple[Params, Tensor]:
        own = {name: values.detach().requires_grad_() for name, values in params.items()}
        for _ in range(learner.inner_steps):
            slopes = _gradients(loss(own, support_x, support_y), own)
            own = {
                name: (values.detach() - learner.inner_learning_rate * slopes[name]).requires_grad_()
                for name, values in own.items()
            }
        value = loss(own, query_x, query_y)
        return _gradients(value, own), value

    def meta_gradient(params: Params, *points: Tensor) -> tuple[Params, Tensor]:
        results = [task_gradient(params, *task) for task in zip(*points, strict=True)]
        mean = {name: torch.stack([gradients[name] for gradients, _ in results]).mean(0) for name in params}
        return mean, torch.stack([value for _, value in results]).mean()

    return meta_gradient


def kernel(values: Tensor) -> Tensor:
    """(height, width, channels in, channels) as (channels, channels in, height, width), channels last in memory."""
    return values.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)


def _features(settings: ExperimentSettings) -> Callable[[Params, Tensor], Tensor]:
    network = settings.network
    height, width, channels = network.image_shape

    def features(params: Params, x: Tensor) -> Tensor:
        x = x.reshape(-1, height, width, channels).permute(0, 3, 1, 2)
        for block in range(network.num_blocks):
            x = F.max_pool2d(F.conv2d(x, params[f"w{block}"], padding=1), 2)
            gain, shift = params[f"g{block}"], params[f"b{block}"]
            x = F.relu(F.batch_norm(x, None, None, gain, shift, training=True, eps=EPSILON))
        return x.permute(0, 2, 3, 1).flatten(1)

    return features


def _gradients(value: Tensor, params: Params) -> Params:
    """Zeros for a parameter that the value does not depend on."""
    gradients = torch.autograd.grad(value, list(params.values()), allow_unused=True, materialize_grads=True)
    return dict(zip(params, gradients, strict=True))
