"""Which class, group and split each image of a file belongs to, as its folders say."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from metalearn_gui.engine.images.sources import Entry

SPLIT_FOLDERS = {
    "train": ("train", "training", "images_background"),
    "validation": ("val", "valid", "validation"),
    "test": ("test", "testing", "images_evaluation"),
}  # Omniglot's published parts are called background and evaluation
SPLIT_OF = {folder: split for split, folders in SPLIT_FOLDERS.items() for folder in folders}


@dataclasses.dataclass(frozen=True)
class Layout:
    """entries: of each class in turn; names, groups, splits: of the classes. splits is empty where none are named."""

    entries: tuple[list[Entry], ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    splits: tuple[str, ...]


def layout(entries: Sequence[Entry]) -> Layout:
    """A class is a folder, its group the folder around it.

    Folders named train, validation or test around every class say the split. Where the same class lies in two of
    them, that is a split of images and not of classes: it is not followed, and its parts are one class.
    """
    splits = {entry.folder: _split_of(entry.folder) for entry in entries}
    has_splits = all(splits.values()) and {"train", "test"} <= set(splits.values())
    plain = {folder: _without_split(folder) if has_splits else folder for folder in splits}
    is_of_images = len(set(plain.values())) < len(plain)
    classes: dict[str, list[Entry]] = {}
    for entry in entries:
        classes.setdefault(plain[entry.folder] if is_of_images else entry.folder, []).append(entry)
    names = sorted(classes)
    return Layout(
        tuple(classes[name] for name in names),
        tuple(names),
        tuple(name.rpartition("/")[0] for name in names),
        tuple(splits[name] for name in names) if has_splits and not is_of_images else (),
    )


def _split_of(folder: str) -> str:
    """What the folders around a class say; "" for nothing."""
    around = folder.lower().split("/")[:-1]
    return next((SPLIT_OF[part] for part in around if part in SPLIT_OF), "")


def _without_split(folder: str) -> str:
    parts = folder.split("/")
    place = next(place for place, part in enumerate(parts) if part.lower() in SPLIT_OF)
    return "/".join(parts[:place] + parts[place + 1 :])
