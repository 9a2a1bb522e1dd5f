"""Table net: a learned embedding of each category of a table, beside its numbers, then dense layers.

    e = [numbers, one-hot_1 . L_1, one-hot_2 . L_2, ...];   output = dense layers of e

Where a dense network gives every label weights of its own in the first layer, here labels that mean the same may come
to lie together in few numbers. Guo, Berkhahn (2016), "Entity embeddings of categorical variables", arXiv:1604.06737.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from metalearn_gui.engine.backend import Array, Params, Tensor, tf
from metalearn_gui.engine.networks.base import Network, Stats
from metalearn_gui.engine.networks.mlp import DenseSettings, Mlp, dense
from metalearn_gui.engine.params import param

if TYPE_CHECKING:
    from metalearn_gui.engine.learners.base import Context

LABELS = "labels"


@dataclasses.dataclass(frozen=True)
class TableNet(DenseSettings, Network):
    """Parameters: labels (labels of all categories, embedding_dim), then the MLP's w0, b0, ...

    column_widths: of an input, by column of the table: the labels of a category, 0 for a number; () = numbers alone.
    """

    key = "table_net"
    label = "Table net"
    summary = "An embedding of each category below dense layers: for tables."

    input_dim: int = param(1, "Input dimension", minimum=1, maximum=100_000, unit="numbers", help="Numbers per input.")
    output_dim: int = param(1, "Output dimension", minimum=1, maximum=1000, unit="numbers", help="Numbers per output.")
    embedding_dim: int = param(
        4, "Embedding", minimum=1, maximum=256, unit="numbers", log=True, help="Numbers that a category comes to."
    )

    column_widths: tuple[int, ...] = ()

    def fitted(self, input_dim: int, output_dim: int) -> TableNet:
        return dataclasses.replace(self, input_dim=input_dim, output_dim=output_dim)

    def of_columns(self, widths: tuple[int, ...]) -> TableNet:
        return dataclasses.replace(self, column_widths=widths)

    def widened(self, extra: int) -> TableNet:
        return self.fitted(self.input_dim + extra, self.output_dim)

    def structure(self) -> tuple[Any, ...]:
        return (type(self).__name__, self._spans, self._dense.structure())

    @property
    def _spans(self) -> tuple[tuple[int, bool], ...]:
        """Numbers of an input in a row, and whether they are a category's labels."""
        spans: list[tuple[int, bool]] = []
        rest = self.input_dim - sum(max(1, width) for width in self.column_widths)
        for width in (*self.column_widths, *[0] * rest):
            before = spans.pop()[0] if not width and spans and not spans[-1][1] else 0
            spans.append((width or before + 1, width > 0))
        return tuple(spans)

    @property
    def parts(self) -> dict[str, tuple[str, ...]]:
        return ({"embedding": (LABELS,)} if any(self.column_widths) else {}) | self._dense.parts

    def init(self, rng: np.random.Generator) -> tuple[dict[str, Array], dict[str, Array]]:
        params, stats = self._dense.init(rng)
        if any(self.column_widths):
            params[LABELS] = rng.normal(size=(sum(self.column_widths), self.embedding_dim)).astype(np.float32)
        return params, stats

    @property
    def feature_dim(self) -> int:
        return self._dense.feature_dim

    @property
    def largest_activation(self) -> int:
        return max(self.input_dim, self._dense.largest_activation)

    def features(
        self, params: Params, stats: Stats, x: Tensor, mask: Tensor | None, ctx: Context
    ) -> tuple[Tensor, Stats]:
        return self._dense.features(params, stats, self._embedded(params, x), mask, ctx)

    def head(self, params: Params, features: Tensor) -> Tensor:
        return self._dense.head(params, features)

    def build(self, params: dict[str, Array], stats: dict[str, Array]) -> Any:
        keras = tf.keras
        inputs = keras.Input((self.input_dim,), name="inputs")
        embedding = keras.layers.Dense(self._dense.input_dim, name="embedding")
        outputs = self._dense.build(params, stats)(embedding(inputs))
        kernel = self._embedded(params, np.eye(self.input_dim, dtype=np.float32)[None])[0]
        embedding.set_weights([np.array(kernel), np.zeros(self._dense.input_dim, np.float32)])
        return keras.Model(inputs, outputs, name="table_net")

    def _embedded(self, params: Params, x: Tensor) -> Tensor:
        """(tasks, points, numbers and embedding_dim for each category)."""
        if not any(self.column_widths):
            return x
        labels, row, parts = params[LABELS], 0, []
        pieces = tf.split(x, [width for width, _ in self._spans], axis=-1)
        for piece, (width, is_category) in zip(pieces, self._spans, strict=True):
            if is_category:
                own = labels[..., row : row + width, :]
                piece, row = dense(piece, own, tf.zeros_like(own[..., 0, :])), row + width
            parts.append(piece)
        return tf.concat(parts, axis=-1)

    @property
    def _dense(self) -> Mlp:
        return Mlp(
            input_dim=sum(self.embedding_dim if is_category else width for width, is_category in self._spans),
            output_dim=self.output_dim,
            hidden_dim=self.hidden_dim,
            num_hidden_layers=self.num_hidden_layers,
            hidden_dims=self.hidden_dims,
            activation=self.activation,
            initialization=self.initialization,
        )
