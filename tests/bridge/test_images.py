"""Sessions on images from a folder: what is refused leaves everything as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine import imagefiles
from metalearn_gui.engine.settings import ExperimentSettings
from tests.bridge.conftest import Heard, small_settings

CLASSES, COPIES = 8, 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three groups of classes of five images."""
    root, rng = tmp_path / "images", np.random.default_rng(0)
    for group in range(3):
        for label in range(CLASSES):
            place = root / f"group{group}" / f"class{label}"
            place.mkdir(parents=True)
            for copy in range(COPIES):
                Image.fromarray(rng.integers(0, 255, (8, 8), np.uint8)).save(place / f"{copy}.png")
    return root


def on_images(folder: Path, **values: object) -> ExperimentSettings:
    sizes = {"learner": "protonet", "image_size": 8, "ways": 2, "shots": 1, "queries": 2}
    return small_settings().replaced(task_family="images", data=str(folder), **(sizes | values))


def lose(folder: Path) -> None:
    """The folder is gone, for a program that starts now."""
    shutil.rmtree(folder)
    imagefiles.read.cache_clear()


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"data": ""}, "is empty"),
        ({"data": "no/place"}, "no such file"),
        ({"shots": 5}, "A class has 5 images"),
        ({"ways": 90}, "fewer ways"),
    ],
)
def test_what_images_cannot_give_is_refused_and_nothing_changes(qapp, folder, values, line) -> None:
    session = Session(on_images(folder))
    heard, before, task = Heard(session), session.settings, session.touched
    session.change(**values)
    assert [line in message.text for message in heard.messages] == [True]
    assert session.settings is before
    assert session.touched is task
    assert session.undo_stack.count() == 0
    session.change(shots=2)  # the stack still takes a change
    assert session.settings.episodes.shots == 2
    session.close()


def test_images_without_a_file_say_so_in_one_line(qapp) -> None:
    session = Session(small_settings())
    heard, before = Heard(session), session.settings
    session.change(task_family="images", learner="protonet")
    assert [message.text for message in heard.messages] == [
        "Images (data) is empty; choose a zip or a folder with a folder for every class"
    ]
    assert session.settings is before
    session.close()


def test_undoing_back_to_images_that_are_gone_is_refused_in_one_line(qapp, folder) -> None:
    session = Session(on_images(folder))
    heard = Heard(session)
    session.set_settings(small_settings())
    here = session.settings
    lose(folder)
    session.undo()
    assert ["no such file" in message.text for message in heard.messages] == [True]
    assert session.settings is here
    assert not session.undo_stack.canUndo()
    session.change(shots=4)
    session.undo()
    assert session.settings == here
    session.close()


def test_a_saved_session_whose_images_are_gone_is_refused_in_one_line(qapp, folder, tmp_path) -> None:
    first = Session(on_images(folder))
    assert first.save(str(tmp_path / "a.metalearn"))
    first.close()
    lose(folder)
    session = Session(small_settings())
    heard, before = Heard(session), session.settings
    assert not session.open(str(tmp_path / "a.metalearn"))
    assert ["no such file" in message.text for message in heard.messages] == [True]
    assert session.settings is before
    session.close()
