"""Features on a map: the plane in which class means lie furthest apart, and who is nearest to whom. Plain numpy."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from metalearn_gui.engine.backend import Array


@dataclasses.dataclass(frozen=True)
class Embedding:
    """Places (n, 2) of prototypes, support and query points; what classes they are of.

    taken_for: the nearest prototype of each query point among all features, not on the map alone.
    spread: the share of the prototypes' spread that the map shows.
    """

    prototypes: Array
    support: Array
    query: Array
    support_labels: Array
    query_labels: Array
    taken_for: Array
    spread: float

    @property
    def num_right(self) -> int:
        return int(np.sum(self.taken_for == self.query_labels))


def nearest_example(view: Mapping[str, Array], query: int) -> int | None:
    """The support point whose features of a view "prototypes" are nearest to a query point's; None without any."""
    support, queries = (np.nan_to_num(np.asarray(view[name][0], np.float64)) for name in ("support", "query"))
    if not len(support) or query >= len(queries):
        return None
    return int(np.square(support - queries[query]).sum(axis=1).argmin())


def embedding(view: Mapping[str, Array]) -> Embedding:
    """The map of the first task of a view "prototypes" (see ProtoNet)."""
    first = {name: np.nan_to_num(np.asarray(values[0], np.float64)) for name, values in view.items()}
    labels = {name: first[f"{name}_labels"].astype(int) for name in ("support", "query")}
    seen = np.isin(np.arange(len(first["prototypes"])), labels["support"])  # a class without examples has no place
    prototypes = first["prototypes"]
    centre, axes, spread = _plane(prototypes[seen], first["support"], first["query"])
    places = {name: (first[name] - centre) @ axes.T for name in ("prototypes", "support", "query")}
    places["prototypes"][~seen] = np.nan
    distances = np.square(first["query"]).sum(axis=1)[:, None] - 2.0 * first["query"] @ prototypes.T
    distances = np.where(seen, distances + np.square(prototypes).sum(axis=1), np.inf)
    taken_for = distances.argmin(axis=1) if seen.any() else np.full(len(first["query"]), -1)
    return Embedding(**places, support_labels=labels["support"], query_labels=labels["query"],
                     taken_for=taken_for, spread=spread)  # fmt: skip


def _plane(prototypes: Array, *others: Array) -> tuple[Array, Array, float]:
    """The middle and two axes (2, features): of the prototypes, or of all points where those span no plane."""
    points = prototypes if len(prototypes) > 2 else np.concatenate([prototypes, *others])
    if not len(points):
        return np.zeros(prototypes.shape[1]), np.zeros((2, prototypes.shape[1])), 0.0
    centre = points.mean(axis=0)
    _, sizes, axes = np.linalg.svd(points - centre, full_matrices=False)
    axes, sizes = (np.concatenate([part, np.zeros((2, *part.shape[1:]))]) for part in (axes, sizes))
    largest = np.abs(axes[:2]).argmax(axis=1)
    signs = np.where(axes[[0, 1], largest] < 0, -1.0, 1.0)  # else the map would be mirrored now and then
    total = float(np.square(sizes).sum())
    spread = float(np.square(sizes[:2]).sum()) / total if total else 0.0
    return centre, axes[:2] * signs[:, None], spread
