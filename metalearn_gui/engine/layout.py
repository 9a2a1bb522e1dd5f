"""How named parameters lie in one flat vector."""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array, Params, Tensor, tf


@dataclasses.dataclass(frozen=True)
class Layout:
    """How named parameters lie in one flat vector: the outer optimiser sees a single tensor."""

    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, params: Params) -> Layout:
        names = tuple(sorted(params))
        return cls(names, tuple(tuple(params[name].shape) for name in names))

    @property
    def size(self) -> int:
        return sum(int(np.prod(shape)) for shape in self.shapes)

    def flatten(self, params: Params) -> Array:
        """Numpy parameters as one float32 vector."""
        parts = [np.asarray(params[name], np.float32).ravel() for name in self.names]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def split(self, flat: Array) -> dict[str, Array]:
        """The inverse of `flatten`, as copies."""
        if not self.names:
            return {}
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])
        parts = np.split(np.array(flat), ends[:-1])
        return {name: part.reshape(shape) for name, shape, part in zip(self.names, self.shapes, parts, strict=True)}

    def join_tensors(self, params: Params) -> Tensor:
        """Tensors as one flat tensor, inside a traced function."""
        return tf.concat([tf.zeros(0), *(tf.reshape(params[name], [-1]) for name in self.names)], axis=0)

    def split_tensor(self, flat: Tensor) -> Params:
        """The inverse of `join_tensors`, with static shapes."""
        if not self.names:
            return {}
        parts = tf.split(flat, [int(np.prod(shape)) for shape in self.shapes])
        return {name: tf.reshape(part, shape) for name, shape, part in zip(self.names, self.shapes, parts, strict=True)}
