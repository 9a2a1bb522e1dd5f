"""A dense layer for a batch of tasks, and rows of a table, in operations that are closed under differentiation.

Each operation's gradient is written in the others, so nested gradient tapes stay exact to any order
while XLA sees shapes that it does well. Weight gradients of a task are outer products over a few
points: as matrix products they cost three times what a broadcast multiply and a sum cost.

Shapes: x (tasks, points, n), W (tasks, n, m), y (tasks, points, m), b (tasks, m).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from metalearn_gui.engine.backend import Tensor, tf

SMALL_POINTS = 16  # up to here an outer product by broadcasting beats a matrix product

Operation = Callable[..., Tensor]


def _with_gradient(forward: Callable[..., Tensor], backward: Callable[..., Any]) -> Operation:
    """`forward(*args)` whose gradient is `backward(upstream, *args)`; made when first called."""

    def operation(*args: Tensor) -> Tensor:
        @tf.custom_gradient
        def differentiable(*inputs: Tensor) -> tuple[Tensor, Callable[[Tensor], Any]]:
            return forward(*inputs), lambda upstream: backward(upstream, *inputs)

        return differentiable(*args)

    return operation


def product(x: Tensor, y: Tensor, transpose_x: bool = False, transpose_y: bool = False) -> Tensor:
    """x y for every task, (tasks, n, m) and (tasks, m, k), either of them transposed.

    Of tf.matmul's products oneDNN keeps machine code for each shape in each thread, 285 kB with AVX-512, where a
    program is not compiled: more than a gigabyte after ten minutes of changing settings. It leaves this operation be.
    """

    def forward(x: Tensor, y: Tensor) -> Tensor:
        return _product(x, y, transpose_x, transpose_y)

    def backward(dz: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        dx = product(y, dz, transpose_y, True) if transpose_x else product(dz, y, False, not transpose_y)
        dy = product(dz, x, True, transpose_x) if transpose_y else product(x, dz, not transpose_x, False)
        return dx, dy

    return _with_gradient(forward, backward)(x, y)


def _product(x: Tensor, y: Tensor, transpose_x: bool = False, transpose_y: bool = False) -> Tensor:
    return tf.raw_ops.BatchMatMulV3(x=x, y=y, Tout=x.dtype, adj_x=transpose_x, adj_y=transpose_y)


def _bmm_forward(x: Tensor, w: Tensor) -> Tensor:
    return x * w if w.shape[-2] == 1 else _product(x, w)


def _bmm_transposed_forward(y: Tensor, w: Tensor) -> Tensor:
    return y * tf.transpose(w, [0, 2, 1]) if w.shape[-1] == 1 else _product(y, w, transpose_y=True)


def _outer_forward(x: Tensor, y: Tensor) -> Tensor:
    if x.shape[-2] is not None and x.shape[-2] <= SMALL_POINTS:
        return tf.reduce_sum(x[..., :, None] * y[..., None, :], axis=-3)
    return _product(x, y, transpose_x=True)


bmm: Operation = _with_gradient(_bmm_forward, lambda dy, x, w: (bmm_transposed(dy, w), outer(x, dy)))
bmm.__doc__ = "x W, per task."
bmm_transposed: Operation = _with_gradient(_bmm_transposed_forward, lambda dx, y, w: (bmm(dx, w), outer(dx, y)))
bmm_transposed.__doc__ = "y W^T, per task."
outer: Operation = _with_gradient(_outer_forward, lambda dw, x, y: (bmm_transposed(y, dw), bmm(x, dw)))
outer.__doc__ = "x^T y, per task: a sum over points."
add_bias: Operation = _with_gradient(lambda z, b: z + b[..., None, :], lambda dz, z, b: (dz, sum_points(dz)))
add_bias.__doc__ = "z + b, the same b for every point."
sum_points: Operation = _with_gradient(
    lambda z: tf.reduce_sum(z, axis=-2), lambda db, z: tf.broadcast_to(db[..., None, :], tf.shape(z))
)
sum_points.__doc__ = "The sum over points."
taken: Operation = _with_gradient(
    lambda table, places: tf.gather(table, places), lambda rows, table, places: (summed_at(rows, places, table), None)
)
taken.__doc__ = "The rows of a table (rows, n) at places (m,): (m, n)."
summed_at: Operation = _with_gradient(
    lambda rows, places, table: tf.math.unsorted_segment_sum(rows, places, table.shape[0]),
    lambda table, rows, places, like: (taken(table, places), None, None),
)
summed_at.__doc__ = "A table as large as the third, each row the sum of those whose place it is."


def relu(z: Tensor) -> Tensor:
    """max(z, 0) by a mask, so that its gradient is plain operations in every export format."""
    return z * tf.stop_gradient(tf.cast(z > 0, z.dtype))
