"""Table net: a learned embedding of each category of a table, beside its numbers, then dense layers.

    e = [numbers, one-hot_1 . L_1, one-hot_2 . L_2, ...];   output = dense layers of e

Where a dense network gives every label weights of its own in the first layer, here labels that mean the same may come
to lie together in few numbers: Guo, Berkhahn (2016), "Entity embeddings of categorical variables", arXiv:1604.06737.
All tasks share the embeddings; what adapts to a task lies behind them.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array, Params, Tensor, tf
from metalearn_gui.engine.networks.embedded import EmbeddedNetwork
from metalearn_gui.engine.networks.mlp import dense
from metalearn_gui.engine.params import param

LABELS = "labels"


@dataclasses.dataclass(frozen=True)
class TableNet(EmbeddedNetwork):
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

    def of_columns(self, widths: tuple[int, ...]) -> TableNet:
        return dataclasses.replace(self, column_widths=widths)

    def widened(self, extra: int) -> TableNet:
        return self.fitted(self.input_dim + extra, self.output_dim)

    def structure(self) -> tuple[Any, ...]:
        return (type(self).__name__, self._spans, self.dense_layers.structure())

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
        return ({"embedding": (LABELS,)} if any(self.column_widths) else {}) | self.dense_layers.parts

    def init(self, rng: np.random.Generator) -> tuple[dict[str, Array], dict[str, Array]]:
        params, stats = self.dense_layers.init(rng)
        if any(self.column_widths):
            params[LABELS] = rng.normal(size=(sum(self.column_widths), self.embedding_dim)).astype(np.float32)
        return params, stats

    def build(self, params: dict[str, Array], stats: dict[str, Array]) -> Any:
        keras = tf.keras
        inputs = keras.Input((self.input_dim,), name="inputs")
        embedding = keras.layers.Dense(self.embedded_dim, name="embedding")
        outputs = self.dense_layers.build(params, stats)(embedding(inputs))
        kernel = self.embedded(params, np.eye(self.input_dim, dtype=np.float32)[None])[0]
        embedding.set_weights([np.array(kernel), np.zeros(self.embedded_dim, np.float32)])
        return keras.Model(inputs, outputs, name="table_net")

    @property
    def embedded_dim(self) -> int:
        """The numbers, and embedding_dim for each category."""
        return sum(self.embedding_dim if is_category else width for width, is_category in self._spans)

    def embedded(self, params: Params, x: Tensor) -> Tensor:
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
