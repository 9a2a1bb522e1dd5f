"""What adapting has done to each layer, as numbers: change of every weight, by step, and relative to the start."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

import numpy as np

from metalearn_gui.engine.backend import Array

STILL = 0.35  # of the layer that moves most: less is hardly, if it is also
HARDLY, SOME = 0.05, 0.2  # less of a layer's own size
KEPT = ("counts", "chosen")  # said by the task, not learned from it: how many examples of a class, and which


@dataclasses.dataclass(frozen=True)
class Move:
    """A layer, or one thing that adapts and is none.

    number: of the layer, from 0; -1 where it is none.
    change: of its largest tensor at the shown step, (rows, columns). shape: of that tensor.
    by_step: how far each step goes, as a share of the start's size, (steps,); where the start is 0, of the whole way.
    moved: at the shown step, the distance from the start as a share of its size; NaN where the start is 0.
    distance: the same as it is.
    """

    name: str
    number: int
    shape: tuple[int, ...]
    change: Array
    by_step: Array
    moved: float
    distance: float


def moves_of(way: Mapping[str, Array], step: int) -> list[Move]:
    """A Move per layer, in their order. way: what adapts, by name, (steps + 1, ...)."""
    layers: dict[str, list[str]] = {}
    for name in (name for name in way if name not in KEPT):
        number = re.fullmatch(r"[a-z]+(\d+)", name)
        layers.setdefault(number[1] if number else name, []).append(name)
    numbered = sorted(layers, key=lambda layer: (not layer.isdigit(), int(layer) if layer.isdigit() else 0))
    return [_move(layer, [np.asarray(way[name], float) for name in layers[layer]], step) for layer in numbered]


def _move(layer: str, tensors: list[Array], step: int) -> Move:
    largest = max(tensors, key=lambda values: values[0].size)
    flat = np.concatenate([values.reshape(len(values), -1) for values in tensors], axis=1)
    step = min(step, len(flat) - 1)
    size = float(np.linalg.norm(flat[0]))
    lengths = np.linalg.norm(np.diff(flat, axis=0), axis=1)
    far = float(np.linalg.norm(flat[step] - flat[0]))
    change = largest[step] - largest[0]
    return Move(
        layer,
        int(layer) if layer.isdigit() else -1,
        largest.shape[1:],
        change.reshape(-1, change.shape[-1]) if change.ndim > 1 and change.shape[-1] > 1 else change.reshape(1, -1),
        lengths / (size or lengths.sum() or 1.0),
        far / size if size else float("nan"),
        far,
    )


def verdict_on(moves: list[Move]) -> str:
    """What the moves say: one of "nothing", "one", "head alone", "reuse", "head", "first", "alike"."""
    shares = np.array([move.moved for move in moves])
    if len(moves) == 1:
        return "head alone" if moves[0].number > 0 else "one"  # layers below it do not adapt
    if not np.isfinite(shares).all() or shares.max() <= 0:
        return "nothing"
    if moves[-1].number > 0 and not shares[:-1].any():
        return "head alone"
    most = int(np.argmax(shares))
    if len(moves) > 2 and (shares[1:-1] < min(STILL * shares.max(), HARDLY)).all():
        return "reuse"
    if most in (0, len(moves) - 1) and (np.delete(shares, most) < min(STILL * shares.max(), SOME)).all():
        return "first" if most == 0 else "head"
    return "alike"
