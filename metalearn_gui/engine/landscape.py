"""A plane through what a learner adapts, to see the loss around the way that adapting takes.

Two planes. "path": the first adaptation step's direction, and what is left of the other steps along its own main
direction (Lorch 2016; the plane holds the start). "random": two random directions, each weight column as long as the
start's own, so that landscapes can be compared (filter normalisation: Li, Xu, Taylor, Studer, Goldstein (2018),
arXiv:1712.09913, section 4).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.layout import Layout

PLANES = ("path", "random")
MARGIN = 1.8  # of the way's own reach, so that its surroundings show
TINY = 1e-12


@dataclasses.dataclass(frozen=True)
class Plane:
    """A start and two directions at right angles, in the space of everything that adapts.

    start: (n,); directions: (2, n).
    path: the steps' places in the plane, (steps + 1, 2); the start is (0, 0).
    share: of the squared distances from the start, the part that lies in the plane, 0..1; 1 where nothing moved.
    """

    layout: Layout
    start: Array
    directions: Array
    path: Array
    share: float

    def adapted(self, places: Array) -> dict[str, Array]:
        """What the learner would have adapted to at places (m, 2) of the plane, by name, (m, ...)."""
        places, ends = np.asarray(places, np.float32), np.cumsum([int(np.prod(shape)) for shape in self.layout.shapes])
        starts, pairs = (np.split(np.float32(part), ends[:-1], axis=-1) for part in (self.start, self.directions))
        named = zip(self.layout.names, self.layout.shapes, starts, pairs, strict=True)
        across, up = places[:, :1], places[:, 1:]
        return {
            name: (start + across * pair[0] + up * pair[1]).reshape(-1, *shape) for name, shape, start, pair in named
        }


def plane_of(way: Mapping[str, Array], kind: str = "path", seed: int = 0) -> Plane:
    """The plane of one task's way.

    Args:
        way: what adapts, by name, (steps + 1, ...), finite (see adaptation.way_of; `finite_steps`).
        kind: one of PLANES.
        seed: of random directions.
    """
    first = {name: values[0] for name, values in way.items()}
    layout = Layout.of(first)
    steps = [layout.flatten({name: values[step] for name, values in way.items()}) for step in range(_length(way))]
    flat = np.stack(steps).astype(np.float64)
    moved, rng = flat - flat[0], np.random.default_rng(seed)
    spread = {name: np.abs(values - values[0]).max(axis=0) for name, values in way.items()}
    drawn = [_random_direction(first, spread, layout, rng) for _ in range(2)]
    directions = _along_path(moved, drawn) if kind == "path" else _at_right_angles(*drawn)
    lengths = np.einsum("ij,ij->i", directions, directions)
    path = moved @ directions.T / np.maximum(lengths, TINY)  # a single number has no second direction
    missed = float(np.square(moved - path @ directions).sum())
    total = float(np.square(moved).sum())
    return Plane(layout, flat[0], directions, path, 1.0 - missed / total if total > TINY else 1.0)


def finite_steps(way: Mapping[str, Array]) -> int:
    """How many entries of a way are finite, from step 0 on: a learner may diverge beyond its trained steps."""
    finite = [np.isfinite(values).reshape(len(values), -1).all(axis=1) for values in way.values()]
    together = np.logical_and.reduce(finite)
    return len(together) if together.all() else int(np.argmin(together))


def reach_of(plane: Plane, aspect: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """The part of a plane to look at, across and up, in one scale for both.

    Args:
        aspect: width over height of where it is drawn.
    """
    low, high = plane.path.min(axis=0), plane.path.max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2
    unit = np.sqrt(np.square(plane.directions[0]).sum())
    height = MARGIN * max(half[1], half[0] / aspect)
    if height * unit < TINY:  # nothing moved: as far around as the start is large
        height = 0.1 * np.sqrt(np.square(plane.start).sum()) / unit or 1.0
    across, up = (height * aspect, height)
    return (middle[0] - across, middle[0] + across), (middle[1] - up, middle[1] + up)


def grid_places(reach: tuple[tuple[float, float], tuple[float, float]], shape: tuple[int, int]) -> Array:
    """The middles of (rows, columns) cells over a part of the plane, (rows * columns, 2), upper row first."""
    (left, right), (low, high) = reach
    rows, columns = shape
    across = left + (np.arange(columns) + 0.5) / columns * (right - left)
    up = high - (np.arange(rows) + 0.5) / rows * (high - low)
    return np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)


def _length(way: Mapping[str, Array]) -> int:
    return len(next(iter(way.values())))


def _along_path(moved: Array, drawn: list[Array]) -> Array:
    """The first step's direction and the rest's main one, as unit vectors; drawn ones where there is none."""
    first = _unit(moved[1] if len(moved) > 1 else moved[0], drawn[0])
    rest = moved - np.outer(moved @ first, first)
    # Of the few steps' products with each other: singular vectors of `rest` itself take twenty times as long.
    squares, turns = np.linalg.eigh(rest @ rest.T)
    scale = np.sqrt(np.square(moved).sum())
    has_second = np.sqrt(max(squares[-1], 0.0)) > 1e-6 * scale > 0
    second = _unit(turns[:, -1] @ rest, drawn[1]) if has_second else drawn[1]
    second = second - (second @ first) * first
    towards = rest[-1] @ second
    return np.stack([first, (1.0 if towards >= 0 else -1.0) * second / max(np.sqrt(second @ second), TINY)])


def _unit(vector: Array, instead: Array) -> Array:
    chosen = vector if np.square(vector).sum() > TINY**2 else instead
    return np.asarray(chosen / np.sqrt(np.square(chosen).sum()))


def _random_direction(
    start: Mapping[str, Array], spread: Mapping[str, Array], layout: Layout, rng: np.random.Generator
) -> Array:
    """Gaussian, every weight column as long as the start's; as long as it has moved where the start is 0."""
    drawn = {}
    for name in layout.names:
        noise = rng.normal(size=start[name].shape)
        like = start[name] if np.any(start[name]) else spread[name]
        axes = tuple(range(noise.ndim - 1)) if noise.ndim > 1 else None
        size = np.sqrt(np.square(like.astype(np.float64)).sum(axis=axes, keepdims=True))
        drawn[name] = noise / np.sqrt(np.square(noise).sum(axis=axes, keepdims=True)) * size
    flat = np.concatenate([drawn[name].ravel() for name in layout.names])
    return flat if np.any(flat) else rng.normal(size=flat.shape)


def _at_right_angles(one: Array, other: Array) -> Array:
    """As long as they were."""
    size = np.sqrt(np.square(other).sum())
    rest = other - (other @ one) / max(one @ one, TINY) * one
    return np.stack([one, rest * size / max(np.sqrt(np.square(rest).sum()), TINY)])
