"""Lake's one-shot classification test: in every run, one image each of some characters, and one more of each to name.

The folder is as published with Omniglot: run01, run02, ..., each with class_labels.txt, whose lines name a test image
and the training image of the same character, from the folder of the runs on. A folder around it will do.

Lake, Salakhutdinov, Tenenbaum (2015), Science 350, 1332-1338; errors of others as given there.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import Episodes, PointSet
from metalearn_gui.engine.images.archive import MAX_FILE_BYTES
from metalearn_gui.engine.images.decoding import Unusable, small
from metalearn_gui.engine.images.pictures import is_light_paper
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.tasks.pictures import PictureFamily

LABELS = "class_labels.txt"
MAX_RUNS, MAX_LABEL_BYTES = 1_000, 2**16
PUBLISHED_ERRORS = {"people": 0.045, "bpl": 0.033, "hausdorff": 0.388}


@dataclasses.dataclass(frozen=True, eq=False)
class OneShotRuns:
    """episodes: a run is a task, with one support and one query image of every class; names: of the runs."""

    episodes: Episodes
    names: tuple[str, ...]
    ways: int


def read_runs(folder: str, family: PictureFamily) -> OneShotRuns:
    """The runs of a folder as tasks for a learner of this family's images.

    Raises:
        SettingError: no runs there, or one that is not as published.
    """
    root = Path(folder)
    if not os.path.isdir(root):
        raise SettingError(f"There is no folder {folder}; give the one that holds run01, run02, ...")
    root = next((place.parent.parent for place in sorted(root.glob(f"*/run01/{LABELS}"))), root)
    names = sorted(place.name for place in root.glob("run*") if (place / LABELS).is_file())[:MAX_RUNS]
    if not names:
        raise SettingError(f"{folder} holds no run01/{LABELS}; give the folder of the runs, as published")
    try:
        runs = [_run(root, name, family) for name in names]
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"The runs in {folder} cannot be read ({error}); give them as published") from error
    ways = {len(support) for support, _, _ in runs}
    if len(ways) > 1:
        raise SettingError(f"The runs in {folder} have {min(ways)} to {max(ways)} classes; expected the same in each")
    support, query, labels = (np.stack(column) for column in zip(*runs, strict=True))
    number = ways.pop()
    if is_light_paper(np.concatenate([support, query]).reshape(-1, *support.shape[2:])):
        support, query = 255 - support, 255 - query
    known = np.tile(np.arange(number, dtype=np.int32), (len(names), 1))
    return OneShotRuns(Episodes(_points(support, known), _points(query, labels)), tuple(names), number)


def _run(root: Path, name: str, family: PictureFamily) -> tuple[Array, Array, Array]:
    """Images (classes, height, width, channels) to learn from, others to name, and the numbers of their classes."""
    with (root / name / LABELS).open(encoding="utf-8") as file:
        lines = file.read(MAX_LABEL_BYTES).splitlines()
    pairs = [line.split() for line in lines if line.strip()]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise SettingError(f"{name}/{LABELS} has other lines than two names each; give the runs as published")
    known = sorted({training for _, training in pairs})
    if len(known) != len(pairs):
        raise SettingError(f"{name}/{LABELS} names a training image twice; expected every class once")
    read = [[_image(root, place, family) for place in places] for places in (known, [test for test, _ in pairs])]
    labels = np.array([known.index(training) for _, training in pairs], np.int32)
    return np.stack(read[0]), np.stack(read[1]), labels


def _image(root: Path, name: str, family: PictureFamily) -> Array:
    place = root / name
    if not place.resolve().is_relative_to(root.resolve()) or not place.is_file():
        raise SettingError(f"{LABELS} names {name}, which is no file among the runs; give them as published")
    with place.open("rb") as file:
        data = file.read(MAX_FILE_BYTES)
    try:
        return small(data, family.image_size, family.num_channels_in)
    except Unusable as error:
        raise SettingError(f"{name} is {error}; give the runs as published") from error


def _points(pixels: Array, labels: Array) -> PointSet:
    flat = pixels.reshape(*pixels.shape[:2], -1)
    return PointSet((flat / np.float32(255.0)).astype(np.float32), labels)
