"""What families of images share: episodes of pictures by class, turned and distorted; numpy alone."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from typing import ClassVar, NamedTuple

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet, Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.base import TaskFamily

LEAST_WAYS = 2
WARPED_AT_ONCE = 256  # images: what lies between fits the processor's cache
CHOICES_AT_ONCE, KEYS_AT_ONCE = 4096, 2**22  # rows of random keys when instances are chosen, and keys in all


class Distortion(NamedTuple):
    """Half the ranges that small affine distortions are drawn from."""

    rotation: float = np.deg2rad(10.0)
    scale: float = 0.15
    shear: float = 0.1
    shift: float = 2.0 / 28.0  # of the image's side


DISTORTION = Distortion()


@dataclasses.dataclass(frozen=True)
class PictureFamily(TaskFamily):
    """`ways` classes of square images a task; inputs are flat, 0 = background and 1 = ink where the ink is dark."""

    kind = "classification"
    view = "pictures"
    fits_bytes = True
    block_steps: ClassVar[int] = 10

    ways: int = param(5, "Ways", minimum=LEAST_WAYS, maximum=100, unit="classes", help="Classes in an episode.")
    image_size: int = param(
        28, "Image size", minimum=8, maximum=128, unit="pixels", advanced=True, help="Side of the images."
    )
    distorts: bool = param(
        True,
        "Distort",
        advanced=True,
        help="Training images are turned, scaled, sheared and shifted a little every time.",
    )

    @property
    @abstractmethod
    def num_channels_in(self) -> int:
        """1 for grey images, 3 for colour."""

    @property
    def input_dim(self) -> int:
        return self.image_size**2 * self.num_channels_in

    @property
    def output_dim(self) -> int:
        return self.ways

    @property
    def fixed_dims(self) -> str:
        return "an input is an image, and there is one output per class"

    @abstractmethod
    def images(self, tasks: Tasks, rng: np.random.Generator, per_class: int) -> Array:
        """Different pictures of every class: float32 (tasks, per_class, ways, height, width, channels) in [0, 1]."""

    def draw(self, tasks: Tasks, rng: np.random.Generator, shots: int, queries: int) -> Episodes:
        pixels = self.images(tasks, rng, shots + queries)
        ranges = self._distortion(bool(tasks.parameters["trains"].any()))
        if ranges is not None:
            flat = pixels.reshape(-1, *pixels.shape[-3:])
            pixels = distorted(flat, rng, ranges).reshape(pixels.shape)
        classes = tasks.parameters.get("classes")
        support, query = (self._points(part) for part in (pixels[:, :shots], pixels[:, shots:]))
        return Episodes(support, query, None if classes is None else classes.astype(np.int32))

    def _distortion(self, trains: bool) -> Distortion | None:
        """Of training images, and of unseen ones where they are asked to go beyond."""
        if trains:
            return DISTORTION if self.distorts else None
        return Distortion(*((self.beyond - 1.0) * half for half in DISTORTION)) if self.beyond > 1.0 else None

    def input_range(self) -> tuple[float, float]:
        return (0.0, 1.0)

    def _points(self, pixels: Array) -> PointSet:
        """Points in the order class 0, 1, ..., 0, 1, ...: any prefix of whole shots is balanced."""
        num_tasks, per_class, ways = pixels.shape[:3]
        labels = np.tile(np.arange(ways, dtype=np.int32), per_class)
        x = pixels.reshape(num_tasks, per_class * ways, -1)
        return PointSet(np.ascontiguousarray(x), np.tile(labels, (num_tasks, 1)))


def chosen_classes(rng: np.random.Generator, num_tasks: int, total: int, ways: int) -> Array:
    """`ways` different classes out of `total` for every task, in random order: (num_tasks, ways)."""
    keys = rng.random((num_tasks, total))
    return rng.permuted(np.argpartition(keys, ways - 1, axis=1)[:, :ways], axis=1)


def chosen_instances(rng: np.random.Generator, counts: Array, number: int) -> Array:
    """Different places in [0, count) for every count: (len(counts), number)."""
    rows = []
    at_once = min(CHOICES_AT_ONCE, max(1, KEYS_AT_ONCE // int(counts.max())))
    for start in range(0, len(counts), at_once):
        part = counts[start : start + at_once, None]
        keys = rng.random((len(part), int(part.max())))
        keys[np.arange(keys.shape[1]) >= part] = 2.0
        rows.append(np.argpartition(keys, number - 1, axis=1)[:, :number])
    return np.concatenate(rows)


def distorted(images: Array, rng: np.random.Generator, ranges: Distortion = DISTORTION) -> Array:
    """Every image under a small affine map of its own, bilinear, background 0: (n, height, width, channels)."""
    count, side = images.shape[:2]
    turn, shear = (rng.uniform(-half, half, count) for half in (ranges.rotation, ranges.shear))
    scale = rng.uniform(1.0 - ranges.scale, 1.0 + ranges.scale, (count, 2))
    shift = rng.uniform(-ranges.shift * side, ranges.shift * side, (count, 2))
    cosine, sine = np.cos(turn), np.sin(turn)
    rotation = np.stack([np.stack([cosine, -sine], -1), np.stack([sine, cosine], -1)], -2)
    skew = np.zeros((count, 2, 2))
    skew[:, 0, 0], skew[:, 1, 1], skew[:, 0, 1] = scale[:, 0], scale[:, 1], shear
    return warped(images, rotation @ skew, shift)


def warped(images: Array, matrices: Array, shifts: Array) -> Array:
    """Pixel p of the result is the image at matrix (p - centre) + centre + shift, bilinear, 0 outside."""
    result = np.empty(images.shape, np.float32)
    for start in range(0, len(images), WARPED_AT_ONCE):
        part = slice(start, start + WARPED_AT_ONCE)
        result[part] = _warped(images[part], matrices[part], shifts[part])
    return result


def _warped(images: Array, matrices: Array, shifts: Array) -> Array:
    count, height, width, channels = images.shape
    centre = np.array([(height - 1) / 2, (width - 1) / 2], np.float32)
    grid = np.stack(np.meshgrid(np.arange(height), np.arange(width), indexing="ij"), -1).reshape(-1, 2) - centre
    places = grid.astype(np.float32) @ matrices.astype(np.float32).transpose(0, 2, 1)
    places += (centre + shifts.astype(np.float32))[:, None] + 1.0  # 1: the border of background around every image
    np.clip(places, 0.0, (height + 0.999, width + 0.999), out=places)
    low = places.astype(np.int32)
    part = places - low.astype(np.float32)
    framed = np.zeros((count, height + 3, width + 3, channels), np.float32)
    framed[:, 1 : height + 1, 1 : width + 1] = images
    flat = framed.reshape(-1, channels)
    first = (np.arange(count, dtype=np.int32)[:, None] * (height + 3) + low[..., 0]) * (width + 3) + low[..., 1]
    down, right = part[..., :1], part[..., 1:]
    top = flat[first] * (1 - right) + flat[first + 1] * right
    first += width + 3
    bottom = flat[first] * (1 - right) + flat[first + 1] * right
    return np.reshape(top * (1 - down) + bottom * down, images.shape)
