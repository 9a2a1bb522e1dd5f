"""Images from a file: an Omniglot zip as published, or a folder of class folders."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable

import numpy as np

from metalearn_gui.engine import imagefiles
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Tasks
from metalearn_gui.engine.params import SettingError, param
from metalearn_gui.engine.tasks.pictures import PictureFamily, chosen_classes, chosen_instances

TURNS = 4
VALIDATION_SHARE = 0.1  # of the classes that are not held out


@dataclasses.dataclass(frozen=True)
class Images(PictureFamily):
    """Classes of real images; training, validation and test classes never meet."""

    key = "images"
    needs_data = True
    label = "Images"
    summary = "Every task is a few classes of real images, each known from one or a few examples."

    data: str = param("", "Images", help="An Omniglot zip, or a folder with a folder of images for every class.")
    test_data: str = param(
        "", "Unseen images", advanced=True,
        help="Images of the same kind that unseen tasks are made of; empty = classes held out from the others.",
    )  # fmt: skip
    split_by: str = param(
        "group", "Split by", choices=("group", "class"), advanced=True,
        help="Whole groups (alphabets) are held out, or single classes.",
    )  # fmt: skip
    held_out: float = param(
        0.3, "Held out", minimum=0.05, maximum=0.9, advanced=True, help="Share of the classes kept for unseen tasks."
    )
    split_seed: int = param(0, "Split's seed", minimum=0, maximum=2**31 - 1, advanced=True, help="Who is held out.")
    turns: bool = param(
        True, "Turned images are classes", advanced=True,
        help="In training every class is four: upright and turned by 90, 180 and 270 degrees.",
    )  # fmt: skip
    inverted: str = param(
        "automatic", "Invert", choices=("automatic", "yes", "no"), advanced=True,
        help="Dark ink on light paper becomes 1 on 0; automatic looks at the borders.",
    )  # fmt: skip

    colour: bool = param(False, "Colour", advanced=True, help="Three numbers a pixel instead of one.")

    @property
    def num_channels_in(self) -> int:
        return 3 if self.colour else 1

    @property
    def num_classes(self) -> int:
        return len(self._classes("train")) * self._num_turns("train")

    def check_data(self, splits: Iterable[str], per_class: int) -> None:
        for split in splits:
            self.tasks(np.random.default_rng(0), 1, split)
            _refuse_small_classes(self._pictures(split).counts[self._classes(split)], per_class)

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        classes, turns = self._classes(split), self._num_turns(split)
        total = len(classes) * turns
        if total < self.ways:
            raise SettingError(f"Ways (ways) is {self.ways}; {split} has {total} classes of images: choose fewer ways")
        chosen = chosen_classes(rng, num_tasks, total, self.ways)
        parameters = {"class": classes[chosen // turns], "turn": chosen % turns}
        parameters["trains"] = np.full(num_tasks, split == "train")
        parameters["file"] = np.full(num_tasks, split == "test" and bool(self.test_data))
        return Tasks(parameters | ({"classes": chosen} if split == "train" else {}))

    def images(self, tasks: Tasks, rng: np.random.Generator, per_class: int) -> Array:
        source = self._pictures("test" if tasks.parameters["file"].any() else "train")
        classes, turns = tasks.parameters["class"], tasks.parameters["turn"]
        counts = source.counts[classes.ravel()]
        _refuse_small_classes(counts, per_class)
        places = chosen_instances(rng, counts, per_class) + source.starts[classes.ravel()][:, None]
        pixels = source.pixels[places]
        for turn in range(1, TURNS):
            is_turned = turns.ravel() == turn
            pixels[is_turned] = np.rot90(pixels[is_turned], turn, axes=(2, 3))
        pixels = pixels.reshape(*classes.shape, per_class, *pixels.shape[2:])
        return np.asarray(np.swapaxes(pixels, 1, 2) / np.float32(255.0))

    def _num_turns(self, split: str) -> int:
        return TURNS if self.turns and split != "test" else 1

    def _pictures(self, split: str) -> imagefiles.Pictures:
        path = self.test_data if self.test_data and split == "test" else self.data
        if not path:
            raise SettingError("Images (data) is empty; choose a zip or a folder with a folder for every class")
        return imagefiles.read(path, self.image_size, self.num_channels_in, self.inverted)

    def _classes(self, split: str) -> Array:
        """The ids of a split's classes in its file."""
        pictures = self._pictures(split)
        if self.test_data and split == "test":
            return np.arange(len(pictures.names))
        held_out = 0.0 if self.test_data else self.held_out
        return _split(pictures, self.split_by, held_out, self.split_seed)[split]


def _refuse_small_classes(counts: Array, per_class: int) -> None:
    if counts.min() < per_class:
        raise SettingError(
            f"A class has {counts.min()} images and an episode takes {per_class}; choose fewer shots or queries"
        )


@functools.lru_cache(maxsize=8)
def _split(pictures: imagefiles.Pictures, by: str, held_out: float, seed: int) -> dict[str, Array]:
    """Class ids by split: whole groups or classes are held out for the test, some of the other classes to choose by."""
    rng = np.random.default_rng(seed)
    owners = pictures.groups if by == "group" else np.arange(len(pictures.names))
    units = rng.permutation(np.unique(owners))
    num_test = max(1, round(held_out * len(units))) if held_out else 0
    is_test = np.isin(owners, units[:num_test])
    others = rng.permutation(np.flatnonzero(~is_test))
    num_validation = max(1, round(VALIDATION_SHARE * len(others))) if len(others) > 1 else 0
    parts = {"test": np.flatnonzero(is_test), "validation": others[:num_validation], "train": others[num_validation:]}
    return {split: np.sort(ids) for split, ids in parts.items()}
