"""Invented characters: how a pen moves to write one, how hands differ, and the ink it leaves; numpy and Pillow alone.

A character is one to four strokes. A stroke is a few arcs, each with a length and an angle turned along it, joined
smoothly or at corners: lines, bows, rings, hooks, zigzags and waves. Every stroke after the first is hung on an earlier
one: begun on it, crossed with it, ended on it, beside it, or elsewhere. Another hand changes all of these numbers a
little, so that joints stay joints. In the spirit of Lake, Salakhutdinov, Tenenbaum (2015), doi:10.1126/science.aab3050,
whose program learned its strokes from real ones; here shares and spreads were set by hand, after looking at some.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from metalearn_gui.engine.backend import Array

MAX_STROKES, MAX_ARCS = 4, 4
STROKE_SHARES = (0.18, 0.32, 0.3, 0.2)  # of characters with 1, 2, 3, 4 strokes
ARC_SHARES = (0.45, 0.25, 0.17, 0.13)  # of strokes with 1, 2, 3, 4 arcs
PLACES = (0.0, 0.5, 1.0)  # along a stroke, where others are hung more often than elsewhere
POINTS = 6  # of the polyline that stands for an arc
EXTENT = (0.5, 0.8)  # of a character's longer side, of the frame
CANDIDATES, GRID = 1.6, 14
CANVAS = 105  # pixels that characters are drawn at, before they are shrunk


class Hand(NamedTuple):
    """How far instances of a class differ: standard deviations, angles in radians, lengths in halves of the frame."""

    heading: float = 0.08
    turn: float = 0.11  # of every arc and corner, and the same share of its angle
    length: float = 0.11  # of its logarithm
    place: float = 0.05
    offset: float = 0.05
    rotation: float = 0.08
    shear: float = 0.10
    scale: float = 0.10  # of its logarithm
    aspect: float = 0.08
    shift: float = 0.08
    pen: tuple[float, float] = (3.8, 5.6)  # pixels of CANVAS


HAND = Hand()


class Strokes(NamedTuple):
    """Characters: every array begins (n, strokes); arcs of length 0 are not there.

    A stroke's point at `anchor` lies at its owner's point at `place`, plus `offset`. `stretch` (n, 2) and `centre`
    (n, 2) bring the whole into the frame, which is [-1, 1] on both axes, y downwards.
    """

    heading: Array
    lengths: Array
    turns: Array
    corners: Array
    owner: Array
    place: Array
    anchor: Array
    offset: Array
    stretch: Array
    centre: Array


def invented(rng: np.random.Generator, count: int) -> Strokes:
    """New characters, centred, their longer sides as EXTENT says: the most legible of CANDIDATES times as many."""
    candidates = _candidates(rng, round(CANDIDATES * count))
    kept = np.sort(np.argsort(_scribble(candidates), kind="stable")[:count])
    return Strokes(*(values[kept] for values in candidates))


def _scribble(strokes: Strokes) -> Array:
    """How much of a character is written over what is written already: its length by the cells of a grid it visits."""
    places = np.clip((paths(strokes) + 1.0) * (GRID / 2), 0, GRID - 1).astype(int)
    is_real = _is_drawn(strokes)
    visited = np.zeros((len(places), GRID * GRID), bool)
    rows = np.broadcast_to(np.arange(len(places))[:, None, None], is_real.shape)
    visited[rows[is_real], (places[..., 0] * GRID + places[..., 1])[is_real]] = True
    length = (strokes.lengths.sum(axis=(1, 2))) * strokes.stretch.mean(axis=1)
    return np.asarray(length / visited.sum(axis=1))


def _candidates(rng: np.random.Generator, count: int) -> Strokes:
    shape = (count, MAX_STROKES)
    num_strokes = rng.choice(np.arange(1, MAX_STROKES + 1), count, p=STROKE_SHARES)
    num_arcs = rng.choice(np.arange(1, MAX_ARCS + 1), shape, p=ARC_SHARES)
    num_arcs[num_strokes == 1] += num_arcs[num_strokes == 1] == 1  # a line alone would be like every other
    num_arcs[np.arange(MAX_STROKES) >= num_strokes[:, None]] = 0
    lengths, turns, corners = _arcs(rng, num_arcs)
    place, anchor, offset = _joints(rng, shape)
    new = Strokes(_headings(rng, shape), lengths, turns, corners, _owners(rng, shape), place, anchor, offset,
                  np.exp(rng.normal(0.0, 0.2, (count, 2))), np.zeros((count, 2)))  # fmt: skip
    return _framed(_with_pairs(rng, new), rng)


def _headings(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Often along an axis, sometimes along a diagonal, else anywhere."""
    kind = rng.random(shape)
    anywhere = rng.uniform(0.0, 2 * np.pi, shape)
    axes = rng.integers(0, 4, shape) * (np.pi / 2)
    return np.where(kind < 0.55, axes, np.where(kind < 0.68, axes + np.pi / 4, anywhere))


def _arcs(rng: np.random.Generator, num_arcs: Array) -> tuple[Array, Array, Array]:
    """Lengths, angles turned along arcs, angles of the corners before them: (n, strokes, arcs) each."""
    shape = (*num_arcs.shape, MAX_ARCS)
    is_real = np.arange(MAX_ARCS) < num_arcs[..., None]
    repeats = rng.random(num_arcs.shape) < 0.5  # the same arc again and again: waves, zigzags, boxes

    def values(drawn: Array) -> Array:
        return np.where(repeats[..., None], drawn[..., :1], drawn)

    size = np.exp(rng.normal(-0.4, 0.3, num_arcs.shape)) / np.maximum(num_arcs, 1) ** 0.4
    lengths = size[..., None] * values(np.exp(rng.normal(0.0, 0.35, shape)))
    curved_share = rng.choice([0.0, 0.5, 1.0], num_arcs.shape, p=[0.42, 0.2, 0.38])
    is_curved = values(rng.random(shape) < curved_share[..., None])
    signs = np.where(rng.random(num_arcs.shape) < 0.5, 1.0, -1.0)[..., None]
    alternates = rng.random(num_arcs.shape) < 0.4
    signs = signs * np.where(alternates[..., None], (-1.0) ** np.arange(MAX_ARCS), 1.0)
    bows = rng.choice([1.6, 3.1, 4.4, 6.3], shape, p=[0.42, 0.38, 0.08, 0.12]) * rng.uniform(0.7, 1.1, shape)
    turns = np.where(is_curved, signs * values(bows), rng.normal(0.0, 0.12, shape))
    lengths = lengths * np.where(is_curved, 1.35, 1.0)
    cornered = values(rng.random(shape) < 0.45) | ~(is_curved | np.roll(is_curved, 1, axis=-1))
    sharp = rng.choice([1.57, 2.1, 2.6], shape, p=[0.68, 0.2, 0.12]) + rng.normal(0.0, 0.12, shape)
    corner_signs = np.where(rng.random(num_arcs.shape) < 0.5, 1.0, -1.0)[..., None] * signs
    corners = np.where(cornered, corner_signs * values(sharp), 0.0)
    corners[..., 0] = 0.0
    return np.where(is_real, lengths, 0.0), turns, corners


def _owners(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    later = np.maximum(np.arange(shape[1]), 1)
    return (rng.random(shape) * later).astype(int)


def _joints(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[Array, Array, Array]:
    """Where strokes hang: the place on the owner, the own place that lies there, and how far off."""
    anywhere = rng.random(shape) < 0.35
    place = np.where(anywhere, rng.random(shape), rng.choice(PLACES, shape))
    anchor = rng.choice(PLACES, shape, p=[0.68, 0.2, 0.12])
    apart = rng.random(shape) < 0.12
    offset = np.where(apart[..., None], rng.normal(0.0, 0.4, (*shape, 2)), 0.0)
    return place, anchor, offset


def _with_pairs(rng: np.random.Generator, strokes: Strokes) -> Strokes:
    """Some strokes are their owner again, beside it or mirrored."""
    count, number = (int(size) for size in strokes.heading.shape)
    rows = np.arange(count)
    heading, anchor, place, offset = (values.copy() for values in
                                      (strokes.heading, strokes.anchor, strokes.place, strokes.offset))  # fmt: skip
    lengths, turns, corners = strokes.lengths.copy(), strokes.turns.copy(), strokes.corners.copy()
    for stroke in range(1, number):
        owner = strokes.owner[:, stroke]
        paired = (rng.random(count) < 0.22) & (lengths[:, stroke, 0] > 0)
        mirrored = paired & (rng.random(count) < 0.3)
        for values in (lengths, turns, corners, heading):
            values[paired, stroke] = values[rows, owner][paired]
        turns[mirrored, stroke] *= -1.0
        corners[mirrored, stroke] *= -1.0
        side = heading[:, stroke] + np.where(mirrored, 0.0, np.pi / 2)
        beside = rng.uniform(0.25, 0.6, count)[:, None] * np.stack([np.cos(side), np.sin(side)], axis=-1)
        place[paired, stroke] = anchor[paired, stroke] = rng.choice(PLACES, count)[paired]
        offset[paired, stroke] = np.where(mirrored[:, None], 0.0, beside)[paired]
    return strokes._replace(
        heading=heading, lengths=lengths, turns=turns, corners=corners, anchor=anchor, place=place, offset=offset
    )


def _framed(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    points = paths(strokes)
    is_real = _is_drawn(strokes)[..., None]
    low = np.where(is_real, points, np.inf).min(axis=(1, 2))
    high = np.where(is_real, points, -np.inf).max(axis=(1, 2))
    size = np.maximum(np.max(high - low, axis=-1), 1e-3)
    scale = 2.0 * rng.uniform(*EXTENT, len(points)) / size
    return strokes._replace(stretch=strokes.stretch * scale[:, None], centre=(low + high) / 2 * scale[:, None])


def _is_drawn(strokes: Strokes) -> Array:
    """Which points of `paths` there are: (n, strokes, points)."""
    is_real = np.repeat(strokes.lengths > 0, POINTS, axis=-1)
    return np.concatenate([is_real[..., :1], is_real], axis=-1)


def paths(strokes: Strokes) -> Array:
    """Where the pen goes, in the frame: (n, strokes, 1 + arcs * POINTS, 2)."""
    shape = strokes.lengths.shape
    bends = np.repeat(strokes.turns[..., None] / POINTS, POINTS, axis=-1)
    heading = np.cumsum(bends.reshape(*shape[:2], -1), axis=-1) - bends.reshape(*shape[:2], -1) / 2
    heading += np.repeat(np.cumsum(strokes.corners, axis=-1), POINTS, axis=-1) + strokes.heading[..., None]
    steps = np.stack([np.cos(heading), np.sin(heading)], axis=-1)
    steps *= np.repeat(strokes.lengths / POINTS, POINTS, axis=-1)[..., None]
    points = np.zeros((*shape[:2], steps.shape[2] + 1, 2))
    np.cumsum(steps, axis=2, out=points[:, :, 1:])
    rows = np.arange(shape[0])
    last = (strokes.lengths > 0).sum(axis=-1) * POINTS
    for stroke in range(shape[1]):
        own = points[rows, stroke, np.rint(strokes.anchor[:, stroke] * last[:, stroke]).astype(int)]
        owner = strokes.owner[:, stroke]
        there = np.rint(np.clip(strokes.place[:, stroke], 0.0, 1.0) * last[rows, owner]).astype(int)
        target = points[rows, owner, there] + strokes.offset[:, stroke] if stroke else 0.0
        points[:, stroke] += (target - own)[:, None]
    return np.asarray(points * strokes.stretch[:, None, None] - strokes.centre[:, None, None])


def written(classes: Strokes, rng: np.random.Generator, hand: Hand = HAND) -> Array:
    """One instance of every character by another hand each: the pen's way, as `paths`."""
    count = len(classes.heading)

    def near(values: Array, deviation: float) -> Array:
        return values + rng.normal(0.0, deviation, values.shape)

    stretch = np.exp(near(np.log(classes.stretch), hand.aspect) + rng.normal(0.0, hand.scale, (count, 1)))
    ratio = stretch / classes.stretch
    points = paths(classes._replace(
        heading=near(classes.heading, hand.heading),
        lengths=classes.lengths * np.exp(rng.normal(0.0, hand.length, classes.lengths.shape)),
        turns=near(classes.turns, hand.turn) * near(np.ones_like(classes.turns), hand.turn),
        corners=near(classes.corners, hand.turn),
        place=near(classes.place, hand.place),
        offset=near(classes.offset, hand.offset),
        stretch=stretch, centre=classes.centre * ratio,
    ))  # fmt: skip
    turn, shear = rng.normal(0.0, hand.rotation, count), rng.normal(0.0, hand.shear, count)
    cosine, sine = np.cos(turn), np.sin(turn)
    matrix = np.stack([np.stack([cosine, shear - sine], -1), np.stack([sine, cosine], -1)], -2)
    moved = np.einsum("nij,nspj->nspi", matrix, points)
    return np.asarray(moved + rng.normal(0.0, hand.shift, (count, 1, 1, 2)))


def drawn(strokes: Strokes, points: Array, rng: np.random.Generator, size: int, hand: Hand = HAND) -> Array:
    """Ink of every character, float32 (n, size, size) in [0, 1]."""
    pens = np.rint(rng.uniform(*hand.pen, len(points))).astype(int).tolist()
    places = ((np.clip(points, -1.2, 1.2) + 1.0) * (CANVAS / 2)).reshape(*points.shape[:2], -1)
    ends = ((strokes.lengths > 0).sum(axis=-1) * POINTS * 2 + 2).tolist()
    pixels = np.empty((len(pens), size, size), np.uint8)
    for row, pen in enumerate(pens):
        image = Image.new("L", (CANVAS, CANVAS))
        draw = ImageDraw.Draw(image)
        for line, end in zip(places[row].tolist(), ends[row], strict=True):  # of all at once: 6 kB a character
            if end > 2:
                draw.line(line[:end], fill=255, width=pen)
        pixels[row] = np.asarray(image.resize((size, size), Image.Resampling.BILINEAR))
    return pixels.astype(np.float32) / 255.0
