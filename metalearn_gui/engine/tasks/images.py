"""Images from a file: an Omniglot zip as published, or a folder of class folders."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import SPLITS, Tasks
from metalearn_gui.engine.images import IMAGES, Pictures, Wanted
from metalearn_gui.engine.own_data import DataFile, keep_param, kept
from metalearn_gui.engine.params import SettingError, param
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.engine.tasks.pictures import LEAST_WAYS, PictureFamily, chosen_classes, chosen_instances

TURNS = 4
VALIDATION_SHARE = 0.1  # of what is not held out
MANY_GROUPS = round(1.0 / VALIDATION_SHARE)  # as many can spare a whole group for validation
FEWEST_CLASSES = 3  # that cannot be parted, whatever is held out
NAMED_CLASSES = 5  # in the line about classes with too few images


@dataclasses.dataclass(frozen=True)
class Images(PictureFamily):
    """Classes of real images; training, validation and test classes never meet."""

    key = "images"
    needs_data = True
    label = "Images"
    summary = "Every task is a few classes of real images, each known from one or a few examples."

    data: str = param(
        "", "Images", is_path=True, help="An Omniglot zip, or a folder with a folder of images for every class."
    )
    test_data: str = param(
        "", "Unseen images", is_path=True, advanced=True,
        help="Images of the same kind that unseen tasks are made of; empty = classes held out from the others.",
    )  # fmt: skip
    split_by: str = param(
        "group", "Split by", choices=("group", "class"), advanced=True,
        help="Whole groups (alphabets) are held out, or single classes. Folders named train, validation and test win.",
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
        help="Dark ink on light paper becomes 1 on 0; automatic looks at the borders of grey images.",
    )  # fmt: skip

    colour: bool = param(False, "Colour", advanced=True, help="Three numbers a pixel instead of one.")
    keep_data: str = keep_param()

    @property
    def num_channels_in(self) -> int:
        return 3 if self.colour else 1

    @property
    def num_classes(self) -> int:
        return len(self._classes("train")) * self._num_turns("train")

    @classmethod
    def reads(cls, path: str) -> bool:
        return os.path.isdir(path) or (os.path.isfile(path) and path.lower().endswith(".zip"))

    @property
    def is_read(self) -> bool:
        return all(IMAGES.find(wanted) for wanted in self._wanted())

    def reading(self, cache: Path | None = None) -> Iterator[ReadSoFar]:
        for wanted in self._wanted():
            yield from IMAGES.reading(wanted, cache)

    @property
    def pictures(self) -> Pictures:
        """All images of the file, as they were read."""
        return self._own

    def classes_of(self, split: str) -> Array:
        """The numbers of a split's classes in its file, before any is turned."""
        return self._classes(split)

    @property
    def inverts(self) -> bool:
        """Whether dark and light change places."""
        return self._inverts(self._own)

    def _inverts(self, source: Pictures) -> bool:
        """A picture in colour is what it shows, and no ink on paper."""
        return self.inverted == "yes" or (self.inverted == "automatic" and source.has_light_paper and not self.colour)

    def remark(self) -> str:
        return "; ".join(dict.fromkeys(one.skipped for one in (self._own, self._unseen) if one.skipped))

    def files(self) -> tuple[DataFile, ...]:
        found = [(wanted.path, IMAGES.find(wanted)) for wanted in self._wanted()]
        return kept([DataFile("images", path, pictures) for path, pictures in found if pictures], self.keep_data)

    def fitted(self) -> Self:
        most = min(map(self._total, SPLITS))
        return self.replaced(ways=most) if LEAST_WAYS <= most < self.ways else self

    def least_per_class(self) -> int:
        return int(min(one.counts.min() for one in (self._own, self._unseen)))

    def check_data(self, splits: Iterable[str], per_class: int) -> None:
        for split in sorted(splits, key=self._total):  # whoever chooses fewer ways for the first has done so for all
            self.tasks(np.random.default_rng(0), 1, split)
        for split in splits:
            _refuse_small_classes(self._pictures(split), self._classes(split), per_class)

    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        classes, turns, total = self._classes(split), self._num_turns(split), self._total(split)
        if total < self.ways:
            raise self._too_few_classes(split, total)
        chosen = chosen_classes(rng, num_tasks, total, self.ways)
        parameters = {"class": classes[chosen // turns], "turn": chosen % turns}
        parameters["trains"] = np.full(num_tasks, split == "train")
        parameters["file"] = np.full(num_tasks, split == "test" and bool(self.test_data))
        return Tasks(parameters | ({"classes": chosen} if split == "train" else {}))

    def _too_few_classes(self, split: str, total: int) -> SettingError:
        given, skipped = len(self._pictures(split).names), self._pictures(split).skipped
        more = "give more classes, each in a folder of its own"  # an episode has two at least
        more = f"change what is held out (held_out), or {more}" if given > FEWEST_CLASSES else more
        remedy = "choose fewer ways" if total > 1 else more
        return SettingError(
            f"Ways (ways) is {self.ways}; of {given} class{'es' * (given > 1)} of images {split} gets {total}: {remedy}"
            f"{'; ' * bool(skipped)}{skipped}"
        )

    def images(self, tasks: Tasks, rng: np.random.Generator, per_class: int) -> Array:
        source = self._unseen if tasks.parameters["file"].any() else self._own
        classes, turns = tasks.parameters["class"], tasks.parameters["turn"]
        _refuse_small_classes(source, np.unique(classes), per_class)
        counts = source.counts[classes.ravel()]
        places = chosen_instances(rng, counts, per_class) + source.starts[classes.ravel()][:, None]
        pixels = source.pixels[places]
        if self._inverts(source):
            np.subtract(255, pixels, out=pixels)
        for turn in range(1, TURNS):
            is_turned = turns.ravel() == turn
            pixels[is_turned] = np.rot90(pixels[is_turned], turn, axes=(2, 3))
        pixels = pixels.reshape(*classes.shape, per_class, *pixels.shape[2:])
        return np.asarray(np.swapaxes(pixels, 1, 2) / np.float32(255.0))

    def _num_turns(self, split: str) -> int:
        return TURNS if self.turns and split != "test" else 1

    def _total(self, split: str) -> int:
        """Classes of a split, turned ones too."""
        return len(self._classes(split)) * self._num_turns(split)

    @functools.cached_property
    def _own(self) -> Pictures:
        """Held here: what a family has drawn from once is not read again while that family is in use."""
        if not self.data:
            raise SettingError("Images (data) is empty; choose a zip or a folder with a folder for every class")
        return IMAGES.pictures(self._wanted()[0])

    @functools.cached_property
    def _unseen(self) -> Pictures:
        return IMAGES.pictures(self._wanted()[-1]) if self.test_data else self._own

    def _wanted(self) -> list[Wanted]:
        return [Wanted(path, self.image_size, self.num_channels_in) for path in (self.data, self.test_data) if path]

    def _pictures(self, split: str) -> Pictures:
        return self._unseen if split == "test" else self._own

    def _classes(self, split: str) -> Array:
        """The ids of a split's classes in its file."""
        pictures = self._pictures(split)
        if self.test_data and split == "test":
            return np.arange(len(pictures.names))
        return self._own_classes[split]

    @functools.cached_property
    def _own_classes(self) -> dict[str, Array]:
        """Class ids by split of the images that are not all for unseen tasks."""
        return _split(self._own, self.split_by, 0.0 if self.test_data else self.held_out, self.split_seed)


def _refuse_small_classes(pictures: Pictures, classes: Array, per_class: int) -> None:
    small = classes[pictures.counts[classes] < per_class]
    if not len(small):
        return
    named = ", ".join(f"{pictures.names[one]} ({pictures.counts[one]})" for one in small[:NAMED_CLASSES])
    more = ", ..." if len(small) > NAMED_CLASSES else ""
    have = "classes have" if len(small) > 1 else "class has"
    raise SettingError(
        f"{len(small)} {have} fewer than the {per_class} images that an episode takes: {named}{more}; "
        f"choose fewer shots or queries, or add images"
    )


def _split(pictures: Pictures, by: str, held_out: float, seed: int) -> dict[str, Array]:
    """Class ids by split: whole groups or classes are held out for the test, and some of the others to choose by."""
    if pictures.splits:
        return _given_split(pictures, seed)
    rng = np.random.default_rng(seed)
    has_groups = by == "group" and pictures.num_groups > 1
    owners = pictures.groups if has_groups else np.arange(len(pictures.names))
    test, others = _parted(rng, owners, max(1, round(held_out * len(np.unique(owners)))) if held_out else 0)
    return {"test": test} | _with_validation(rng, others, owners)


def _given_split(pictures: Pictures, seed: int) -> dict[str, Array]:
    """As the folders say; where none says validation, some of the training classes are taken."""
    given = {name: np.flatnonzero(np.array(pictures.splits) == name) for name in ("train", "validation", "test")}
    if len(given["validation"]):
        return given
    rng, owners = np.random.default_rng(seed), np.arange(len(pictures.names))
    return {"test": given["test"]} | _with_validation(rng, given["train"], owners)


def _with_validation(rng: np.random.Generator, classes: Array, owners: Array) -> dict[str, Array]:
    """Classes for training and for validation: by whole owners where there are many of them."""
    is_many = len(np.unique(owners[classes])) >= MANY_GROUPS
    units = owners[classes] if is_many else np.arange(len(classes))
    number = max(1, round(VALIDATION_SHARE * len(np.unique(units)))) if len(classes) > 1 else 0
    validation, train = _parted(rng, units, number)
    return {"validation": classes[validation], "train": classes[train]}


def _parted(rng: np.random.Generator, owners: Array, number: int) -> tuple[Array, Array]:
    """Places of everything that `number` random owners have, and of the rest."""
    is_chosen = np.isin(owners, rng.permutation(np.unique(owners))[:number])
    return np.flatnonzero(is_chosen), np.flatnonzero(~is_chosen)
