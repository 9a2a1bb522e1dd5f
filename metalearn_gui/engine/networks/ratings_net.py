"""Ratings net: an embedding of the item and of all features, then dense layers.

    e = features . F + known * items[i];   output = usual + dense layers of [e, usual]

The embedding is shared by all tasks and only the decision layers behind it adapt: Lee, Im, Jang, Cho, Chung (2019),
"MeLU", arXiv:1908.00413, section 3.2. An item's row starts at 0 and counts by how well the item is known, so that a new
one is what its features say; what items usually get need not be learned again, only what a user makes of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array, Params, Tensor, tf
from metalearn_gui.engine.networks import ops
from metalearn_gui.engine.networks.base import Phase, Stats
from metalearn_gui.engine.networks.embedded import EmbeddedNetwork
from metalearn_gui.engine.params import SettingError, param
from metalearn_gui.engine.ratings.inputs import ITEM_UNIT, KNOWN, NUM_LEADING, USUAL

ITEMS, FEATURES = "items", "features"
FEATURE_DEVIATION = 0.2  # small, so that what a user usually gives comes first


@dataclasses.dataclass(frozen=True)
class RatingsNet(EmbeddedNetwork):
    """Parameters: items (num_items, embedding_dim), features (features, embedding_dim), then the MLP's w0, b0, ...

    Inputs are as in engine/ratings/inputs.py.
    """

    key = "ratings_net"
    label = "Ratings net"
    summary = "An embedding of items and features below dense layers: for ratings."

    input_dim: int = param(3, "Input dimension", minimum=1, maximum=100_000, unit="numbers", help="Numbers per input.")
    output_dim: int = param(1, "Output dimension", minimum=1, maximum=1000, unit="numbers", help="Numbers per output.")
    embedding_dim: int = param(
        16, "Embedding", minimum=1, maximum=256, unit="numbers", log=True, help="Numbers that an item comes to."
    )

    num_items: int = 1
    num_extra: int = 0  # numbers of an input behind its features

    def knowing(self, num_items: int) -> RatingsNet:
        if not num_items:
            raise SettingError(
                "The ratings net looks up items, and an input here names none. Choose ratings, or the MLP",
                {"network": "mlp"},
            )
        return dataclasses.replace(self, num_items=num_items)

    def widened(self, extra: int) -> RatingsNet:
        return dataclasses.replace(self, num_extra=self.num_extra + extra)

    def structure(self) -> tuple[Any, ...]:
        return (type(self).__name__, self.num_items, self.input_dim, self.num_extra, self.dense_layers.structure())

    @property
    def row_tables(self) -> tuple[str, ...]:
        return (ITEMS,)

    def named_rows(self, x: Tensor) -> Tensor:
        return tf.clip_by_value(tf.cast(tf.round(x[..., 0] / ITEM_UNIT), tf.int32), 0, self.num_items - 1)

    def renamed(self, x: Tensor, rows: Tensor) -> Tensor:
        return tf.concat([tf.cast(rows, tf.float32)[..., None] * ITEM_UNIT, x[..., 1:]], axis=-1)

    @property
    def num_features(self) -> int:
        return self.input_dim - NUM_LEADING

    @property
    def parts(self) -> dict[str, tuple[str, ...]]:
        return {"embedding": (ITEMS, FEATURES), **self.dense_layers.parts}

    def init(self, rng: np.random.Generator) -> tuple[dict[str, Array], dict[str, Array]]:
        items = np.zeros((self.num_items, self.embedding_dim), np.float32)
        features = rng.normal(0.0, FEATURE_DEVIATION, (self.num_features, self.embedding_dim)).astype(np.float32)
        dense, stats = self.dense_layers.init(rng)
        return {ITEMS: items, FEATURES: features, **dense}, stats

    @property
    def reading_dim(self) -> int:
        return self.feature_dim

    def reading(self, x: Tensor, features: Callable[[], Tensor]) -> Tensor:
        return features()  # an item's number says nothing to who has no table of items

    def build(self, params: dict[str, Array], stats: dict[str, Array]) -> Any:
        keras = tf.keras
        inputs = keras.Input((self.input_dim,), name="inputs")
        number, known, usual, features = keras.ops.split(inputs, (KNOWN, USUAL, NUM_LEADING), axis=1)
        places = keras.ops.cast(keras.ops.round(number * (1.0 / ITEM_UNIT)), "int32")
        lookup = keras.layers.Embedding(self.num_items, self.embedding_dim, name=ITEMS)
        projection = keras.layers.Dense(self.embedding_dim, use_bias=False, name=FEATURES)
        own = keras.layers.Flatten()(lookup(places)) * known
        points = keras.ops.concatenate([projection(features) + own, usual], axis=1)
        outputs = self.dense_layers.build(params, stats)(points)
        if self.has_head(params):
            outputs = outputs + keras.ops.pad(usual, ((0, 0), (0, self.output_dim - 1)))  # the first output's alone
        else:
            outputs = keras.ops.concatenate([outputs, usual], axis=1)
        lookup.set_weights([params[ITEMS]])
        projection.set_weights([params[FEATURES]])
        return keras.Model(inputs, outputs, name="ratings_net")

    @property
    def feature_dim(self) -> int:
        return self.dense_layers.feature_dim + 1

    def features(
        self, params: Params, stats: Stats, x: Tensor, mask: Tensor | None, ctx: Phase
    ) -> tuple[Tensor, Stats]:
        features, stats = super().features(params, stats, x, mask, ctx)
        return tf.concat([features, x[..., USUAL : USUAL + 1]], axis=-1), stats

    def head(self, params: Params, features: Tensor) -> Tensor:
        """What an item usually gets is the first output's; a learner may ask for another one, of how sure it is."""
        own, usual = tf.split(features, [self.dense_layers.feature_dim, 1], axis=-1)
        return self.dense_layers.head(params, own) + usual * tf.one_hot(0, self.output_dim)

    @property
    def embedded_dim(self) -> int:
        return self.embedding_dim + 1 + self.num_extra

    def embedded(self, params: Params, x: Tensor) -> Tensor:
        shape = tf.shape(x)
        points = tf.reshape(x, [-1, self.input_dim + self.num_extra])
        sizes = [*[1] * NUM_LEADING, self.num_features, self.num_extra]
        number, known, usual, features, extra = tf.split(points, sizes, axis=1)
        own = ops.taken(params[ITEMS], self._places(number[:, 0], params[ITEMS])) * known
        rows = tf.concat([tf.matmul(features, params[FEATURES]) + own, usual, extra], axis=1)
        return tf.reshape(rows, [shape[0], shape[1], self.embedded_dim])

    def _places(self, number: Tensor, table: Tensor) -> Tensor:
        """Rows of the table; a number of no item is the nearest one's."""
        places = tf.cast(tf.round(number / ITEM_UNIT), tf.int32)
        return tf.clip_by_value(places, 0, table.shape[0] - 1)
