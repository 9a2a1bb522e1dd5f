"""Glyphs: invented characters from pen strokes, so that there is no end of classes and no file is needed.

A class is one to four strokes, each a walk of a few points with a turning heading, smooth or with corners; a later
stroke often starts on an earlier one. An instance is the same strokes by another hand: points and strokes a little
elsewhere, the whole turned, scaled and sheared, the pen thinner or thicker.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.pictures import PictureFamily, chosen_classes

MAX_STROKES, MAX_POINTS = 4, 6
STROKE_SHARES = (0.2, 0.35, 0.3, 0.15)  # of characters with 1, 2, 3, 4 strokes
SMOOTH_SHARE, ATTACHED_SHARE = 0.65, 0.6
CURVE_POINTS = 8  # drawn between two points of a smooth stroke
CANVAS = 105  # pixels that characters are drawn at, before they are shrunk
FIXED_CLASSES = 1_000


class Hand(NamedTuple):
    """How far instances of a class differ; lengths in halves of the frame."""

    jitter: float = 0.06
    shift: float = 0.04
    rotation: float = 0.12
    scale: float = 0.15
    shear: float = 0.12
    pen: tuple[float, float] = (2.0, 5.0)  # pixels of CANVAS


HAND = Hand()


class Strokes(NamedTuple):
    """Characters: points (n, strokes, points, 2) in [-1, 1], lengths (n, strokes), is_smooth (n, strokes)."""

    points: Array
    lengths: Array
    is_smooth: Array


@dataclasses.dataclass(frozen=True)
class Glyphs(PictureFamily):
    """Every class is new unless `num_glyphs` says how many there are."""

    key = "glyphs"
    label = "Glyphs"
    summary = "Every task is a few invented characters, drawn by pens that nobody holds."

    num_glyphs: int = param(
        0, "Characters", minimum=10, maximum=100_000, off=0, log=True, advanced=True, unit="classes",
        help="How many different characters there are to learn from; 0 = unlimited.",
    )  # fmt: skip

    @property
    def num_channels_in(self) -> int:
        return 1

    @property
    def num_classes(self) -> int:
        return self.num_glyphs

    def with_fixed_classes(self) -> Glyphs:
        return self if self.num_glyphs else dataclasses.replace(self, num_glyphs=FIXED_CLASSES)

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        trains = {"trains": np.full(num_tasks, split == "train")}
        if split != "train" or not self.num_glyphs:
            drawn = invented(rng, num_tasks * self.ways)
            return Tasks({name: values.reshape(num_tasks, self.ways, *values.shape[1:])
                          for name, values in drawn._asdict().items()} | trains)  # fmt: skip
        alphabet = invented(np.random.default_rng(0), self.num_glyphs)
        classes = chosen_classes(rng, num_tasks, self.num_glyphs, self.ways)
        return Tasks({name: values[classes] for name, values in alphabet._asdict().items()}
                     | trains | {"classes": classes})  # fmt: skip

    def images(self, tasks: Tasks, rng: np.random.Generator, per_class: int) -> Array:
        named = {name: tasks.parameters[name] for name in Strokes._fields}
        classes = Strokes(**{name: np.repeat(values[:, None], per_class, axis=1).reshape(-1, *values.shape[2:])
                             for name, values in named.items()})  # fmt: skip
        num_tasks, ways = named["lengths"].shape[:2]
        pixels = drawn(written(classes, rng), rng, self.image_size)
        return pixels.reshape(num_tasks, per_class, ways, self.image_size, self.image_size, 1)


def invented(rng: np.random.Generator, count: int) -> Strokes:
    """New characters, each scaled to 60 to 90 % of the frame and centred."""
    num_strokes = rng.choice(np.arange(1, MAX_STROKES + 1), count, p=STROKE_SHARES)
    lengths = rng.integers(2, MAX_POINTS + 1, (count, MAX_STROKES))
    lengths[np.arange(MAX_STROKES) >= num_strokes[:, None]] = 0
    points = _walks(rng, count)
    for stroke in range(1, MAX_STROKES):
        attached = rng.random(count) < ATTACHED_SHARE
        owner = rng.integers(0, stroke, count)
        place = (rng.random(count) * lengths[np.arange(count), owner]).astype(int)
        target = points[np.arange(count), owner, place]
        moved = points[:, stroke] - points[:, stroke, :1] + target[:, None]
        points[attached, stroke] = moved[attached]
    return Strokes(_framed(points, lengths, rng), lengths, rng.random((count, MAX_STROKES)) < SMOOTH_SHARE)


def _walks(rng: np.random.Generator, count: int) -> Array:
    """Strokes as walks: (count, strokes, points, 2)."""
    shape = (count, MAX_STROKES, MAX_POINTS - 1)
    heading = rng.uniform(0.0, 2 * np.pi, shape[:2])[..., None] + np.cumsum(rng.normal(0.0, 0.9, shape), axis=-1)
    length = rng.uniform(0.25, 0.8, shape)
    steps = np.stack([np.cos(heading), np.sin(heading)], axis=-1) * length[..., None]
    start = rng.uniform(-0.7, 0.7, (*shape[:2], 1, 2))
    return np.concatenate([start, start + np.cumsum(steps, axis=2)], axis=2)


def _framed(points: Array, lengths: Array, rng: np.random.Generator) -> Array:
    is_real = np.arange(MAX_POINTS) < lengths[..., None]
    low = np.where(is_real[..., None], points, np.inf).min(axis=(1, 2))
    high = np.where(is_real[..., None], points, -np.inf).max(axis=(1, 2))
    size = np.maximum((high - low).max(axis=-1), 1e-3)
    scale = 2.0 * rng.uniform(0.6, 0.9, len(points)) / size
    return np.asarray((points - ((low + high) / 2)[:, None, None]) * scale[:, None, None, None])


def written(classes: Strokes, rng: np.random.Generator, hand: Hand = HAND) -> Strokes:
    """One instance of every character, by another hand each."""
    count = len(classes.points)
    points = classes.points + rng.normal(0.0, hand.jitter, classes.points.shape)
    points = points + rng.normal(0.0, hand.shift, (count, MAX_STROKES, 1, 2))
    turn, shear = rng.normal(0.0, hand.rotation, count), rng.normal(0.0, hand.shear, count)
    scale = np.exp(rng.normal(0.0, hand.scale, (count, 2)))
    cosine, sine = np.cos(turn), np.sin(turn)
    matrix = np.stack([np.stack([cosine, -sine], -1), np.stack([sine, cosine], -1)], -2) * scale[:, None]
    matrix[:, 0, 1] += shear
    return classes._replace(points=np.einsum("nij,nspj->nspi", matrix, points))


def drawn(strokes: Strokes, rng: np.random.Generator, size: int, hand: Hand = HAND) -> Array:
    """Ink of every character, float32 (n, size, size) in [0, 1]."""
    pens = rng.uniform(*hand.pen, len(strokes.points))
    curves = _smoothed(strokes.points)
    places = (np.clip(curves, -1.2, 1.2) + 1.0) * (CANVAS / 2)
    corners = (np.clip(strokes.points, -1.2, 1.2) + 1.0) * (CANVAS / 2)
    pixels = np.empty((len(pens), size, size), np.uint8)
    for row, pen in enumerate(pens):
        image = Image.new("L", (CANVAS, CANVAS))
        draw = ImageDraw.Draw(image)
        for stroke in range(MAX_STROKES):
            length = strokes.lengths[row, stroke]
            if not length:
                break
            if strokes.is_smooth[row, stroke]:
                line = places[row, stroke, : (length - 1) * CURVE_POINTS + 1]
            else:
                line = corners[row, stroke, :length]
            draw.line(line.ravel().tolist(), fill=255, width=round(pen), joint="curve")
        pixels[row] = np.asarray(image.resize((size, size), Image.Resampling.BILINEAR))
    return pixels.astype(np.float32) / 255.0


def _smoothed(points: Array) -> Array:
    """Catmull-Rom curves through the points of every stroke: CURVE_POINTS for each of them, and the last."""
    before = np.concatenate([2 * points[:, :, :1] - points[:, :, 1:2], points[:, :, :-1]], axis=2)[:, :, :-1]
    after = np.concatenate([points[:, :, 2:], 2 * points[:, :, -1:] - points[:, :, -2:-1]], axis=2)
    here, there = points[:, :, :-1], points[:, :, 1:]
    t = (np.arange(CURVE_POINTS) / CURVE_POINTS)[:, None]
    before, here, there, after = (values[:, :, :, None] for values in (before, here, there, after))
    curve = 0.5 * (2 * here + (there - before) * t + (2 * before - 5 * here + 4 * there - after) * t**2
                   + (3 * here - before - 3 * there + after) * t**3)  # fmt: skip
    flat = curve.reshape(*points.shape[:2], -1, 2)
    return np.concatenate([flat, points[:, :, -1:]], axis=2)
