"""Images from folders and zips: splits, turns, fixed classes, one line where there are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from metalearn_gui.engine.episodes import SPLITS
from metalearn_gui.engine.learners.protonet import ProtoNet
from metalearn_gui.engine.networks.mlp import Mlp
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.settings import ExperimentSettings
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
        images.check_data(SPLITS, 2)
    assert "\n" not in str(caught.value)


def test_more_images_than_a_class_has_are_refused_before_anything_is_drawn(folder: Path) -> None:
    settings = ExperimentSettings(family(folder), ProtoNet(), Mlp()).replaced(shots=2, queries=3)
    settings.check_data()
    for values in ({"shots": 3}, {"queries": 4}, {"training_episodes": "2x1x5"}):
        with pytest.raises(SettingError, match="A class has 5 images and an episode takes 6"):
            settings.replaced(**values).check_data()


def test_training_may_have_more_ways_than_there_are_unseen_classes(folder: Path) -> None:
    settings = ExperimentSettings(family(folder), ProtoNet(), Mlp()).replaced(shots=1, queries=1)
    settings.replaced(training_episodes="20x1x1").check_data()
    with pytest.raises(SettingError, match="Ways \\(ways\\) is 99"):
        settings.replaced(training_episodes="99x1x1").check_data()


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("bad.zip", b"PK\x03\x04 and nothing more", "not a zip file"),
        ("notes.txt", b"no images", "not a zip file"),
        ("group/class/1.png", b"no image", "group/class/1.png is no image: PNG, JPEG or BMP expected"),
        ("group/class/2.bmp", b"BM" + bytes(60), "group/class/2.bmp is no image"),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, line: str) -> None:
    damaged = tmp_path / name
    damaged.parent.mkdir(parents=True, exist_ok=True)
    damaged.write_bytes(content)
    with pytest.raises(SettingError, match=line) as caught:
        family(tmp_path if "/" in name else damaged).check_data(SPLITS, 1)
    assert "\n" not in str(caught.value)


def test_an_image_cut_short_is_refused_in_one_line(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    image = copy / "alphabet0" / "character0" / "0.png"
    image.write_bytes(image.read_bytes()[:-30])
    with pytest.raises(SettingError, match=r"alphabet0/character0/0\.png is no image"):
        family(copy).check_data(SPLITS, 1)


def test_more_images_than_a_class_has_are_never_drawn(folder: Path) -> None:
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
