"""What a network is: a specification that initialises parameters and applies them."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Protocol

import numpy as np

from metalearn_gui.engine.backend import Array, Params, Tensor
from metalearn_gui.engine.params import Component

EMBEDDING = "embedding"  # the part that is the same for all tasks
Stats = dict[str, Tensor]  # running averages and the like: not learned by gradient


class Phase(Protocol):
    """What a network asks of the context that a learner applies it in."""

    @property
    def training(self) -> bool:
        """Whether running averages move."""


@dataclasses.dataclass(frozen=True)
class Network(Component, ABC):
    """A base network. `parts` names groups of parameters; learners say which of them adapt."""

    compiles: ClassVar[bool] = True  # False: faster as a plain graph than under XLA (convolutions)

    @abstractmethod
    def fitted(self, input_dim: int, output_dim: int) -> Network:
        """This network with the input and output sizes that a task family asks for."""

    def knowing(self, num_items: int) -> Network:
        """This network for inputs that name one of so many items, 0 where they name none."""
        return self

    def of_columns(self, widths: tuple[int, ...]) -> Network:
        """This network for inputs that are columns of a table: the labels of a category, 0 for a number; () = none."""
        return self

    @abstractmethod
    def widened(self, extra: int) -> Network:
        """This network with `extra` more numbers at the end of every input: what is known of the task.

        Its parameters are those of this one, some with more rows, and others besides. With zeros for the extra
        numbers it says what this one says with its own rows alone.
        """

    @property
    @abstractmethod
    def input_dim(self) -> int:
        """Numbers per input."""

    @property
    @abstractmethod
    def output_dim(self) -> int:
        """Numbers per output: a target's, or one logit per class."""

    @property
    @abstractmethod
    def parts(self) -> dict[str, tuple[str, ...]]:
        """Parameter names by part: "embedding", "body", "head"; each name in exactly one part.

        An embedding is the same for all tasks, whatever the learner: it is meta-learned and never adapts.
        """

    @property
    def row_tables(self) -> tuple[str, ...]:
        """The parameters of which an input needs one row, the one that it names."""
        return ()

    def named_rows(self, x: Tensor) -> Tensor:
        """The rows of these tables that inputs (..., input_dim) name, int32 (...)."""
        raise NotImplementedError

    def renamed(self, x: Tensor, rows: Tensor) -> Tensor:
        """The same inputs, naming other rows."""
        raise NotImplementedError

    @property
    def adapting(self) -> tuple[str, ...]:
        """The names of all parameters that may adapt to a task: all but the embedding's."""
        return tuple(name for part, names in self.parts.items() for name in names if part != EMBEDDING)

    @abstractmethod
    def init(self, rng: np.random.Generator) -> tuple[dict[str, Array], dict[str, Array]]:
        """Fresh parameters and statistics, float32 numpy."""

    @property
    @abstractmethod
    def feature_dim(self) -> int:
        """Numbers per point that the head reads."""

    @property
    def is_transductive(self) -> bool:
        """Whether a query's prediction depends on the other queries; figures of such a network stand apart."""
        return False

    @property
    def reading_dim(self) -> int:
        """Numbers per point of `reading`."""
        return self.input_dim

    def reading(self, x: Tensor, features: Callable[[], Tensor]) -> Tensor:
        """What another network reads of a point, (tasks, points, reading_dim): the input, or this one's features."""
        return x

    @property
    def largest_activation(self) -> int:
        """Numbers that the widest layer holds for one point: how many points fit into memory at once."""
        return max(self.feature_dim, self.input_dim)

    @property
    def num_activations(self) -> int:
        """Numbers that all layers together hold for one point."""
        return self.input_dim + self.feature_dim + self.output_dim

    @abstractmethod
    def features(
        self, params: Params, stats: Stats, x: Tensor, mask: Tensor | None, ctx: Phase
    ) -> tuple[Tensor, Stats]:
        """What the head reads, (tasks, points, feature_dim), for x (tasks, points, ...).

        Args:
            params: shared (as from `init`) or with a leading task axis, layer by layer; other names are left alone.
            mask: see episodes.py; for layers that average over points.

        Returns: the features, and the statistics that a meta-iteration leaves behind.
        """

    def maps(self, params: Params, stats: Stats, x: Tensor, ctx: Phase) -> list[Tensor]:
        """Images x (points, numbers) and what each block makes of them, (points, height, width, channels).

        Empty for a network that looks at no images.
        """
        return []

    @abstractmethod
    def head(self, params: Params, features: Tensor) -> Tensor:
        """Outputs (tasks, points, output_dim): the last layer, linear."""

    def apply(self, params: Params, stats: Stats, x: Tensor, mask: Tensor | None, ctx: Phase) -> tuple[Tensor, Stats]:
        """Outputs (tasks, points, output_dim) for x (tasks, points, ...): the head of the features."""
        features, stats = self.features(params, stats, x, mask, ctx)
        return self.head(params, features), stats

    @abstractmethod
    def build(self, params: dict[str, Array], stats: dict[str, Array]) -> Any:
        """A keras.Model with these shared parameters: inputs -> outputs (logits for classification).

        Without a head among them: inputs -> features.
        """

    def has_head(self, params: Params) -> bool:
        """Whether there is a last layer among these parameters."""
        return all(name in params for name in self.parts["head"])

    def parameter_sizes(self) -> dict[str, int]:
        """How many numbers each parameter has."""
        return {name: values.size for name, values in self.init(np.random.default_rng(0))[0].items()}

    def num_parameters(self) -> int:
        """How many numbers `init` draws."""
        return sum(self.parameter_sizes().values())
