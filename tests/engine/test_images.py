"""Images from folders and zips: splits, turns, fixed classes, one line where there are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.tasks.glyphs import Glyphs
from metalearn_gui.engine.tasks.images import Images

ALPHABETS, CLASSES, COPIES = 3, 4, 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dark strokes on white paper, alphabets of class folders."""
    root, rng = tmp_path_factory.mktemp("images") / "python", np.random.default_rng(0)
    for alphabet in range(ALPHABETS):
        for label in range(CLASSES):
            place = root / f"alphabet{alphabet}" / f"character{label}"
            place.mkdir(parents=True)
            for copy in range(COPIES):
                pixels = np.full((20, 20), 255, np.uint8)
                pixels[5:15, rng.integers(4, 16)] = 0
                Image.fromarray(pixels).save(place / f"{copy}.png")
    (root / "notes.txt").write_text("no image")
    return root


def family(data: Path, **values: object) -> Images:
    return Images(data=str(data), image_size=10, ways=2, **values)


def classes_of(images: Images, split: str) -> set[int]:
    tasks = images.tasks(np.random.default_rng(0), 200, split)
    return set(tasks.parameters["class"].ravel().tolist())


def test_whole_alphabets_are_held_out_and_no_class_is_in_two_splits(folder: Path) -> None:
    splits = [classes_of(family(folder, split_by="group"), split) for split in ("train", "validation", "test")]
    assert sum(map(len, splits)) == len(set.union(*splits)) == ALPHABETS * CLASSES
    assert len({place // CLASSES for place in splits[2]}) * CLASSES == len(splits[2])


def test_ink_is_one_and_paper_nothing(folder: Path) -> None:
    images = family(folder, distorts=False)
    tasks = images.tasks(np.random.default_rng(0), 3, "train")
    episodes = images.draw(tasks, np.random.default_rng(1), 1, 2)
    assert episodes.support.x.shape == (3, 2, 100)
    assert episodes.query.x.shape == (3, 4, 100)
    assert 0.0 <= episodes.query.x.min() < episodes.query.x.mean() < 0.3 < episodes.query.x.max() <= 1.0


def test_training_classes_are_four_by_turning_and_numbered(folder: Path) -> None:
    images = family(folder)
    tasks = images.tasks(np.random.default_rng(0), 500, "train")
    assert set(tasks.parameters["classes"].ravel().tolist()) == set(range(images.num_classes))
    assert images.num_classes == 4 * len(classes_of(images, "train"))
    assert "classes" not in images.tasks(np.random.default_rng(0), 5, "test").parameters


def test_a_zip_gives_what_its_folder_gives(folder: Path, tmp_path: Path) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", folder))
    one, other = (
        family(data).draw(family(data).tasks(np.random.default_rng(0), 4, "test"), np.random.default_rng(1), 1, 1)
        for data in (folder, packed)
    )
    np.testing.assert_array_equal(one.support.x, other.support.x)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"data": ""}, "is empty; choose a zip or a folder"),
        ({"data": "no/such/place"}, "there is no such file or folder"),
        ({"ways": 90}, "choose fewer ways"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_line(folder: Path, values: dict[str, object], line: str) -> None:
    images = family(folder).replaced(**values)
    with pytest.raises(SettingError, match=line) as caught:
        images.check_data()
    assert "\n" not in str(caught.value)


def test_more_images_than_a_class_has_are_refused(folder: Path) -> None:
    images = family(folder)
    with pytest.raises(SettingError, match="A class has 5 images and an episode takes 6"):
        images.draw(images.tasks(np.random.default_rng(0), 1, "test"), np.random.default_rng(0), 1, 5)


def test_the_same_seed_writes_the_same_glyphs_and_another_one_others() -> None:
    glyphs = Glyphs(image_size=16, distorts=False)

    def written(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return glyphs.draw(glyphs.tasks(rng, 2, "test"), rng, 1, 1).query.x

    np.testing.assert_array_equal(written(0), written(0))
    assert not np.array_equal(written(0), written(1))


def test_a_fixed_alphabet_has_its_number_of_classes() -> None:
    glyphs = Glyphs(image_size=8, num_glyphs=12)
    tasks = glyphs.tasks(np.random.default_rng(0), 200, "train")
    assert set(tasks.parameters["classes"].ravel().tolist()) == set(range(12))
    assert Glyphs().with_fixed_classes().num_classes == 1_000
