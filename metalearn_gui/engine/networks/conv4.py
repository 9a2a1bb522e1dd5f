"""Conv4: the few-shot classifier's usual network. Blocks of 3 x 3 convolution, pooling, normalisation, ReLU.

Vinyals et al. (2016), arXiv:1606.04080, section 4.1; pooling comes before the normalisation, which changes no
size and saves a third of the time. What is known of the task joins as gains and shifts of a block's channels:
Perez et al. (2018), arXiv:1709.07871, section 2.1. Inductive unless it says otherwise: at test the normalisation
uses the running averages of training, so a query's prediction does not depend on the other queries.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from metalearn_gui.engine.backend import Array, Params, Tensor, tf
from metalearn_gui.engine.networks import norms
from metalearn_gui.engine.networks.base import Network, Phase, Stats
from metalearn_gui.engine.networks.mlp import dense
from metalearn_gui.engine.params import SettingError, param

FILM = "film"
UNROLLED_TASKS = 8  # with weights of their own; more go through a bounded loop


@dataclasses.dataclass(frozen=True)
class Conv4(Network):
    """Parameters by block: w0 (3, 3, channels in, channels), b0 and with a norm g0 (channels,), w1, ...; then the head.

    Inputs are square images as flat vectors, grey (side * side numbers) or colour (side * side * 3). A widened
    network has "film" (extra, 2 * channels), too: gains and shifts of the last block but one, linear in the extra.
    """

    key = "conv4"
    label = "Conv4"
    summary = "Convolutions, pooling and normalisation: for images."
    compiles: ClassVar[bool] = False

    input_dim: int = param(784, "Input dimension", minimum=1, maximum=100_000, unit="numbers", help="Pixels.")
    output_dim: int = param(5, "Output dimension", minimum=1, maximum=1000, unit="numbers", help="Numbers per output.")
    num_blocks: int = param(4, "Blocks", minimum=1, maximum=6, unit="blocks", help="Each halves the image's side.")
    num_channels: int = param(
        32, "Channels", minimum=8, maximum=128, unit="channels", log=True, help="Channels of every block."
    )
    norm: str = param(
        "batch",
        "Normalisation",
        choices=tuple(norms.NORMS),
        advanced=True,
        help="Batch: by the batch in training, by running averages at test. Transductive: by the batch at test too.",
    )

    num_extra: int = 0  # numbers of an input behind its pixels

    def fitted(self, input_dim: int, output_dim: int) -> Conv4:
        return dataclasses.replace(self, input_dim=input_dim, output_dim=output_dim)

    def widened(self, extra: int) -> Conv4:
        return dataclasses.replace(self, num_extra=self.num_extra + extra)

    def check(self) -> None:
        if math.prod(self.image_shape) != self.input_dim:
            raise SettingError(
                f"Conv4 looks at square images, grey or colour; an input here has {self.input_dim} numbers. "
                "Choose a family of images, or the MLP"
            )
        if self.norm == "group" and self.num_channels % norms.GROUPS:
            raise SettingError(
                f"Channels (num_channels) is {self.num_channels}; group norm takes a multiple of {norms.GROUPS}"
            )

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width, channels. No number is both a square and three times one."""
        side = math.isqrt(self.input_dim)
        if side * side == self.input_dim:
            return side, side, 1
        side = math.isqrt(self.input_dim // 3)
        return side, side, 3

    @property
    def sides(self) -> tuple[int, ...]:
        """The image's side before every block and after the last; one pixel stays one."""
        sides = [self.image_shape[0]]
        for _ in range(self.num_blocks):
            sides.append(max(sides[-1] // 2, 1))
        return tuple(sides)

    @property
    def feature_dim(self) -> int:
        return self.sides[-1] ** 2 * self.num_channels

    @property
    def is_transductive(self) -> bool:
        return self._norm.is_transductive

    @property
    def reading_dim(self) -> int:
        return self.feature_dim

    def reading(self, x: Tensor, features: Callable[[], Tensor]) -> Tensor:
        return features()  # dense layers would have to find out on their own what an image shows

    @property
    def largest_activation(self) -> int:
        return self.sides[0] ** 2 * self.num_channels

    @property
    def num_activations(self) -> int:
        """Of each block what the convolution gives, and after pooling what normalisation and ReLU make of it."""
        pixels = sum(side**2 + 3 * after**2 for side, after in itertools.pairwise(self.sides))
        return self.input_dim + self.num_channels * pixels + self.output_dim

    @property
    def parts(self) -> dict[str, tuple[str, ...]]:
        kinds = "wbg" if self._norm.has_gain else "wb"
        body = tuple(f"{kind}{block}" for block in range(self.num_blocks) for kind in kinds)
        body += (FILM,) if self.num_extra else ()
        return {"body": body, "head": (f"w{self.num_blocks}", f"b{self.num_blocks}")}

    def init(self, rng: np.random.Generator) -> tuple[dict[str, Array], dict[str, Array]]:
        params: dict[str, Array] = {}
        stats: dict[str, Array] = {}
        width, fan_in = self.num_channels, self.image_shape[2]
        for block in range(self.num_blocks):
            scale = np.sqrt(2.0 / (9 * fan_in))
            params[f"w{block}"] = rng.normal(0.0, scale, (3, 3, fan_in, width)).astype(np.float32)
            params[f"b{block}"] = np.zeros(width, np.float32)
            if self._norm.has_gain:
                params[f"g{block}"] = np.ones(width, np.float32)
            stats |= {f"{name}{block}": np.full(width, value, np.float32) for name, value in self._norm.stats.items()}
            fan_in = width
        if self.num_extra:
            bound = 1.0 / np.sqrt(self.num_extra)
            params[FILM] = rng.uniform(-bound, bound, (self.num_extra, 2 * width)).astype(np.float32)
        bound = 1.0 / np.sqrt(self.feature_dim)
        shape = (self.feature_dim, self.output_dim)
        params[f"w{self.num_blocks}"] = rng.uniform(-bound, bound, shape).astype(np.float32)
        params[f"b{self.num_blocks}"] = np.zeros(self.output_dim, np.float32)
        return params, stats

    def features(
        self, params: Params, stats: Stats, x: Tensor, mask: Tensor | None, ctx: Phase
    ) -> tuple[Tensor, Stats]:
        body = {name: params[name] for name in self.parts["body"]}
        if len(body["w0"].shape) == 4:
            shape = tf.shape(x)
            points = tf.reshape(x, [-1, self.input_dim + self.num_extra])
            weights = None if mask is None else tf.reshape(mask, [-1])
            rows, new = self._blocks(body, stats, points, weights, ctx)
            return tf.reshape(rows, [shape[0], shape[1], self.feature_dim]), {**stats, **new}
        return self._task_by_task(body, stats, x, mask, ctx)

    def head(self, params: Params, features: Tensor) -> Tensor:
        return dense(features, params[f"w{self.num_blocks}"], params[f"b{self.num_blocks}"])

    def maps(self, params: Params, stats: Stats, x: Tensor, ctx: Phase) -> list[Tensor]:
        maps = [tf.reshape(x, [-1, *self.image_shape])]
        for block in range(self.num_blocks):
            maps.append(tf.nn.relu(self._block(block, params, stats, maps[-1], None, ctx)[0]))
        return maps

    def build(self, params: dict[str, Array], stats: dict[str, Array]) -> Any:
        keras = tf.keras
        inputs = keras.Input((self.input_dim,), name="inputs")
        x = keras.layers.Reshape(self.image_shape)(inputs)
        for block in range(self.num_blocks):
            has_gain = self._norm.has_gain
            convolution = keras.layers.Conv2D(self.num_channels, 3, padding="same", use_bias=not has_gain)
            x = convolution(x)
            convolution.set_weights([params[f"w{block}"]] if has_gain else [params[f"w{block}"], params[f"b{block}"]])
            x = keras.layers.MaxPooling2D(2)(x) if self.sides[block] > 1 else x
            x = self._norm.build(x, block, params, stats)
            x = keras.layers.Activation("relu")(x)
        x = keras.layers.Flatten()(x)
        if self.has_head(params):
            last = keras.layers.Dense(self.output_dim, name="outputs")
            x = last(x)
            last.set_weights([params[f"w{self.num_blocks}"], params[f"b{self.num_blocks}"]])
        return keras.Model(inputs, x, name="base_network")

    @property
    def _norm(self) -> norms.Norm:
        return norms.NORMS[self.norm]

    def _task_by_task(
        self, body: Params, stats: Stats, x: Tensor, mask: Tensor | None, ctx: Phase
    ) -> tuple[Tensor, Stats]:
        """One task after the other: a grouped convolution takes three times as long."""
        num_points = tf.shape(x)[1]
        weights = tf.ones(tf.shape(x)[:2]) if mask is None else mask

        def one(task: tuple[Params, Tensor, Tensor]) -> tuple[Tensor, Stats]:
            own, points, counts = task
            rows, new = self._blocks(own, stats, points, counts, ctx)
            return tf.reshape(rows, [num_points, self.feature_dim]), new

        num_tasks = x.shape[0]
        if num_tasks is not None and num_tasks <= UNROLLED_TASKS:
            # Slices would give every parameter as many gradients full of zeros, to be added up.
            apart = {name: tf.unstack(values, num_tasks) for name, values in body.items()}
            tasks = [
                one(({name: parts[i] for name, parts in apart.items()}, x[i], weights[i])) for i in range(num_tasks)
            ]
            rows, new = tf.nest.map_structure(lambda *parts: tf.stack(parts), *tasks)
        else:
            signature = (tf.float32, dict.fromkeys(self._moving(ctx), tf.float32))
            rows, new = tf.map_fn(one, (body, x, weights), fn_output_signature=signature, parallel_iterations=2)
        return rows, {**stats, **{name: tf.reduce_mean(values, axis=0) for name, values in new.items()}}

    def _moving(self, ctx: Phase) -> tuple[str, ...]:
        """The statistics that a pass through the blocks renews."""
        names = self._norm.stats if ctx.training else {}
        return tuple(f"{name}{block}" for block in range(self.num_blocks) for name in names)

    def _blocks(
        self, body: Params, stats: Stats, points: Tensor, weights: Tensor | None, ctx: Phase
    ) -> tuple[Tensor, Stats]:
        new: Stats = {}
        x = tf.reshape(points[:, : self.input_dim], [-1, *self.image_shape])
        for block in range(self.num_blocks):
            x, moved = self._block(block, body, stats, x, weights, ctx)
            new |= moved
            if self.num_extra and block == max(self.num_blocks - 2, 0):
                gain, shift = tf.split(tf.matmul(points[:, self.input_dim :], body[FILM])[:, None, None], 2, axis=-1)
                x = x * (1.0 + gain) + shift
            x = tf.nn.relu(x)
        return x, new

    def _block(
        self, block: int, body: Params, stats: Stats, x: Tensor, weights: Tensor | None, ctx: Phase
    ) -> tuple[Tensor, Stats]:
        x = tf.nn.conv2d(x, body[f"w{block}"], 1, "SAME")
        if self.sides[block] > 1:
            x = tf.nn.max_pool2d(x, 2, 2, "VALID")
        return self._norm.apply(x, block, body, stats, weights, ctx.training)
