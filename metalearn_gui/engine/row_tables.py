"""Tables of which a meta-iteration needs a few rows: they alone are read, differentiated and moved.

What a point names is given a place of its own in a small table, one for every point of the meta-batch; whoever names
the same row shares a place. The learner sees the small table in the large one's stead. So Adam is lazy: the moments of
a row move when the row does, and a row that nobody named stays as it is, bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from metalearn_gui.engine.backend import Array, Params, Tensor, tf
from metalearn_gui.engine.episodes import Episodes
from metalearn_gui.engine.networks.base import Network

M, V = "m/", "v/"  # a table's moments lie beside it under these names


class Touched(NamedTuple):
    """The rows that a meta-batch names.

    rows: (points,) of the large tables; places: (points,) in the small ones; small: tables and moments, (points, n);
    seats: see `fresh_seats`.
    """

    rows: Tensor
    places: Tensor
    small: Params
    seats: Tensor


def table_names(network: Network, params: Mapping[str, Array]) -> tuple[str, ...]:
    """The parameters that are such tables, whatever a learner put before their names."""
    return tuple(sorted(name for name in params if name.rpartition("/")[2] in network.row_tables))


def fresh_seats(tables: Params) -> Tensor:
    """Who named each row last, (rows,): room for `touched`, of which nothing is read before it is written."""
    size = next(iter(tables.values())).shape[0] if tables else 0
    return tf.zeros([size], tf.int32)


def touched(network: Network, tables: Params, seats: Tensor, episodes: Episodes) -> tuple[Touched, Episodes]:
    """The rows that these episodes name, and the episodes naming their places instead."""
    shapes = [points.x.shape[:-1] for points in episodes.parts]
    rows = tf.concat([tf.reshape(network.named_rows(points.x), [-1]) for points in episodes.parts], axis=0)
    seats = tf.tensor_scatter_nd_update(seats, rows[:, None], tf.range(rows.shape[0]))
    places = tf.gather(seats, rows)
    small = {name: tf.gather(values, rows) for name, values in tables.items()}
    support, query = (
        points._replace(x=network.renamed(points.x, tf.reshape(own, shape)))
        for points, own, shape in zip(
            episodes.parts, tf.split(places, [math.prod(shape) for shape in shapes]), shapes, strict=True
        )
    )
    return Touched(rows, places, small, seats), episodes._replace(support=support, query=query)


def put_back(tables: Params, seen: Touched, moved: Params) -> Params:
    """The large tables with the small ones' new rows; points that share a place write the same."""
    return {
        name: tf.tensor_scatter_nd_update(values, seen.rows[:, None], tf.gather(moved[name], seen.places))
        for name, values in tables.items()
    }


def updated(
    seen: Touched, gradients: Params, update: Callable[[Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]
) -> Params:
    """The small tables and their moments after an update.

    Args:
        update: (values, m, v, gradient) -> the new three.
    """
    moved: Params = {}
    for name, gradient in gradients.items():
        before = (seen.small[name], seen.small[M + name], seen.small[V + name])
        moved[name], moved[M + name], moved[V + name] = update(*before, gradient)
    return moved
