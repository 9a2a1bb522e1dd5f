"""What networks share that embed an input first: dense layers behind the embedding, which alone adapt."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from typing import Self

from metalearn_gui.engine.backend import Params, Tensor
from metalearn_gui.engine.networks.base import Network, Phase, Stats
from metalearn_gui.engine.networks.mlp import DenseSettings, Mlp


@dataclasses.dataclass(frozen=True)
class EmbeddedNetwork(DenseSettings, Network):
    """The embedding's parameters have names of their own; those of the dense layers are the MLP's."""

    @property
    @abstractmethod
    def embedded_dim(self) -> int:
        """Numbers that an input comes to."""

    @abstractmethod
    def embedded(self, params: Params, x: Tensor) -> Tensor:
        """What the dense layers read of x (tasks, points, ...): (tasks, points, embedded_dim)."""

    def fitted(self, input_dim: int, output_dim: int) -> Self:
        return dataclasses.replace(self, input_dim=input_dim, output_dim=output_dim)  # type: ignore[call-arg]

    @property
    def dense_layers(self) -> Mlp:
        """The network behind the embedding."""
        return Mlp(
            input_dim=self.embedded_dim,
            output_dim=self.output_dim,
            hidden_dim=self.hidden_dim,
            num_hidden_layers=self.num_hidden_layers,
            hidden_dims=self.hidden_dims,
            activation=self.activation,
            initialization=self.initialization,
        )

    @property
    def feature_dim(self) -> int:
        return self.dense_layers.feature_dim

    @property
    def largest_activation(self) -> int:
        return max(self.input_dim, self.dense_layers.largest_activation)

    @property
    def num_activations(self) -> int:
        return self.input_dim + self.dense_layers.num_activations

    def features(
        self, params: Params, stats: Stats, x: Tensor, mask: Tensor | None, ctx: Phase
    ) -> tuple[Tensor, Stats]:
        return self.dense_layers.features(params, stats, self.embedded(params, x), mask, ctx)

    def head(self, params: Params, features: Tensor) -> Tensor:
        return self.dense_layers.head(params, features)
