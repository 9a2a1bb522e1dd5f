"""Glyphs: invented characters from pen strokes, so that there is no end of classes and no file is needed.

A class is one to four strokes, each a walk of a few points with a turning heading, smooth or with corners; a later
stroke often starts on an earlier one. An instance is the same strokes by another hand: points and strokes a little
elsewhere, the whole turned, scaled and sheared, the pen thinner or thicker.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Tasks
from metalearn_gui.engine.params import param
from metalearn_gui.engine.tasks.pictures import PictureFamily, chosen_classes
from metalearn_gui.engine.tasks.strokes import Strokes, drawn, invented, written

FIXED_CLASSES = 1_000


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
        num_tasks, ways = named["stretch"].shape[:2]
        pixels = drawn(classes, written(classes, rng), rng, self.image_size)
        return pixels.reshape(num_tasks, per_class, ways, self.image_size, self.image_size, 1)
