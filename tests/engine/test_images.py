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
from metalearn_gui.engine.tasks.images import Images
from metalearn_gui.engine.tasks.pictures import WARPED_AT_ONCE, warped

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
        ({"data": "~nobody/" + 300 * "x" + "\0"}, "there is no such file or folder"),
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
        with pytest.raises(
            SettingError, match=r"fewer than the 6 images that an episode takes: .*0 .5., .*choose fewer"
        ):
            settings.replaced(**values).check_data()


def test_training_may_have_more_ways_than_there_are_unseen_classes(folder: Path) -> None:
    settings = ExperimentSettings(family(folder), ProtoNet(), Mlp()).replaced(shots=1, queries=1)
    settings.replaced(training_episodes="20x1x1").check_data()
    with pytest.raises(SettingError, match="Ways \\(ways\\) is 99"):
        settings.replaced(training_episodes="99x1x1").check_data()


def test_more_images_than_a_class_has_are_never_drawn(folder: Path) -> None:
    images = family(folder)
    with pytest.raises(SettingError, match=r"fewer than the 6 images that an episode takes: .*choose fewer"):
        images.draw(images.tasks(np.random.default_rng(0), 1, "test"), np.random.default_rng(0), 1, 5)


def test_classes_with_too_few_images_are_named_but_not_all_of_them(tmp_path: Path) -> None:
    for label in range(12):
        write_class(tmp_path / f"class{label:02}", 2)
    with pytest.raises(
        SettingError, match=r"classes have fewer than the 3 images .*: class\d\d \(2\), .*, \.\.\.; "
    ) as caught:
        family(tmp_path).check_data(["train"], 3)
    assert str(caught.value).count("class") <= 8


def test_a_folder_of_classes_without_groups_is_split_by_class(tmp_path: Path) -> None:
    for label in range(10):
        write_class(tmp_path / f"class{label}", 2)
    splits = [classes_of(family(tmp_path), split) for split in ("train", "validation", "test")]
    assert list(map(len, splits)) == [6, 1, 3]
    assert family(tmp_path).pictures.folder_names == tuple(f"class{label}" for label in range(10))
    assert len(set.union(*splits)) == 10


def test_whole_alphabets_are_kept_for_validation_where_there_are_many(tmp_path: Path) -> None:
    for alphabet in range(15):
        for label in range(2):
            write_class(tmp_path / f"alphabet{alphabet:02}" / f"character{label}", 1)
    splits = {split: classes_of(family(tmp_path), split) for split in ("train", "validation", "test")}
    alphabets = {split: {label // 2 for label in labels} for split, labels in splits.items()}
    assert [len(alphabets[split]) for split in ("train", "validation", "test")] == [10, 1, 4]
    assert len(set.union(*alphabets.values())) == 15


def test_folders_named_after_splits_are_followed(tmp_path: Path) -> None:
    for part, number in (("images_background", 6), ("val", 2), ("Test", 3)):
        for label in range(number):
            write_class(tmp_path / "python" / part / f"{part}{label}", 1)
    images = family(tmp_path, held_out=0.9)
    names = images._own.names
    given = {split: {names[one] for one in classes_of(images, split)} for split in ("train", "validation", "test")}
    assert {split: len(found) for split, found in given.items()} == {"train": 6, "validation": 2, "test": 3}
    assert all("/Test/" in name for name in given["test"])


def test_a_class_that_lies_in_train_and_test_is_one_class(tmp_path: Path) -> None:
    for part, copies in (("train", 3), ("test", 2)):
        for label in "abcd":
            write_class(tmp_path / part / label, copies)
    pictures = family(tmp_path)._own
    assert pictures.names == ("a", "b", "c", "d")
    assert pictures.counts.tolist() == [5] * 4
    assert pictures.splits == ()


@pytest.mark.parametrize(
    ("mode", "paper", "ink", "has_light_paper"),
    [
        ("L", 255, 0, True),
        ("L", 0, 255, False),
        ("1", 1, 0, True),
        ("RGB", (250, 250, 240), (0, 0, 90), True),
        ("RGBA", (0, 0, 0, 0), (0, 0, 0, 255), True),
        ("RGBA", (0, 0, 0, 0), (255, 255, 255, 255), False),
        ("I;16", 65_000, 300, True),
    ],
)
def test_every_kind_of_paper_and_ink_becomes_ink_on_nothing(tmp_path, mode, paper, ink, has_light_paper) -> None:
    for label in "abc":
        place = tmp_path / label
        place.mkdir()
        image = Image.new(mode, (40, 40), paper)
        image.paste(ink, (15, 10, 25, 30))
        for copy in range(2):
            image.save(place / f"{copy}.png")
    images = family(tmp_path, distorts=False)
    assert images._own.has_light_paper is has_light_paper
    drawn = images.draw(images.tasks(np.random.default_rng(0), 1, "train"), np.random.default_rng(0), 1, 1)
    picture = drawn.support.x[0, 0].reshape(10, 10)
    assert picture[0].max() < 0.1
    assert picture[5, 5] > 0.7


def test_colour_has_three_numbers_a_pixel(tmp_path: Path) -> None:
    for label, ink in zip("abc", ("red", "green", "blue"), strict=True):
        (tmp_path / label).mkdir()
        for copy in range(2):
            Image.new("RGB", (12, 12), ink).save(tmp_path / label / f"{copy}.png")
    images = family(tmp_path, colour=True, inverted="no", distorts=False, turns=False)
    assert images.input_dim == 300
    assert images._own.pixels[images._own.starts[2], 0, 0].tolist() == [0, 0, 255]


@pytest.mark.parametrize(("inverted", "expected"), [("automatic", 1.0), ("no", 1.0), ("yes", 0.0)])
def test_pictures_in_colour_are_no_negatives_unless_that_is_asked_for(tmp_path: Path, inverted, expected) -> None:
    for label in "abc":
        (tmp_path / label).mkdir()
        image = Image.new("RGB", (12, 12), (255, 250, 230))
        image.paste((200, 0, 0), (4, 4, 8, 8))
        for copy in range(2):
            image.save(tmp_path / label / f"{copy}.png")
    images = family(tmp_path, colour=True, inverted=inverted, distorts=False)
    assert images.inverts is (inverted == "yes")
    drawn = images.draw(images.tasks(np.random.default_rng(0), 1, "train"), np.random.default_rng(0), 1, 1)
    assert drawn.support.x[0, 0].reshape(10, 10, 3)[0, 0, 0] == expected


def test_a_large_image_is_made_small_without_jagged_edges(tmp_path: Path) -> None:
    stripes = np.zeros((400, 400), np.uint8)
    stripes[:, ::2] = 255  # no single pixel of these is grey
    for label in "ab":
        (tmp_path / label).mkdir()
        Image.fromarray(stripes).save(tmp_path / label / "1.png")
    pixels = family(tmp_path)._own.pixels
    assert pixels.min() > 100
    assert pixels.max() < 155


def write_class(place: Path, copies: int) -> None:
    place.mkdir(parents=True)
    for copy in range(copies):
        Image.new("L", (12, 12), 17 * copy).save(place / f"{copy}.png")


def test_pictures_are_distorted_a_few_at_a_time_and_each_as_if_it_were_alone() -> None:
    rng = np.random.default_rng(0)
    count = WARPED_AT_ONCE + 3
    pictures = rng.random((count, 6, 6, 1), np.float32)
    matrices, shifts = np.eye(2) + rng.normal(0.0, 0.1, (count, 2, 2)), rng.normal(0.0, 1.0, (count, 2))
    made = warped(pictures, matrices, shifts)
    for one in (0, WARPED_AT_ONCE - 1, WARPED_AT_ONCE, count - 1):
        part = slice(one, one + 1)
        np.testing.assert_array_equal(made[part], warped(pictures[part], matrices[part], shifts[part]))
    np.testing.assert_allclose(
        warped(pictures, np.tile(np.eye(2), (count, 1, 1)), np.zeros((count, 2))), pictures, atol=1e-6
    )


def test_one_class_of_images_is_said_to_be_too_few_whatever_the_ways(tmp_path: Path) -> None:
    place = tmp_path / "only"
    place.mkdir()
    for copy in range(3):
        Image.fromarray(np.full((20, 20), 40 * copy, np.uint8)).save(place / f"{copy}.png")
    with pytest.raises(SettingError, match="of 1 class of images train gets 0: give more classes"):
        family(tmp_path).check_data(SPLITS, 2)
