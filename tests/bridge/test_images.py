"""Sessions on images from a folder: read off the window's thread; what is refused leaves everything as it was."""

from __future__ import annotations

import dataclasses
import shutil
import threading
import unittest.mock
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from metalearn_gui.bridge.session import Session
from metalearn_gui.bridge.threads import busy_threads
from metalearn_gui.engine.images import IMAGES, in_memory, reading
from metalearn_gui.engine.presets import PRESETS
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.engine.switching import _preset_settings
from tests.bridge.conftest import Heard, small_settings

CLASSES, COPIES = 8, 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three groups of classes of five images."""
    return written(tmp_path)


def written(tmp_path: Path) -> Path:
    """A folder of images of random pixels."""
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
    IMAGES.forget()


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads that looked at a file of images."""
    names: list[str] = []
    opened = in_memory.opened

    def watched(path: Path):
        names.append(threading.current_thread().name)
        return opened(path)

    monkeypatch.setattr(in_memory, "opened", watched)
    return names


@pytest.fixture
def session(qapp, qtbot) -> Iterator[Session]:
    """A session on sinusoids."""
    IMAGES.forget()
    made = Session(small_settings())
    yield made
    made.close()
    qtbot.waitUntil(lambda: not busy_threads(), timeout=10_000)


def test_chosen_images_are_read_on_another_thread_and_then_taken(session, folder, readers, qtbot) -> None:
    heard, before = Heard(session), session.settings
    session.change(**asked_for(folder))
    assert session.settings is before
    qtbot.waitUntil(lambda: session.settings.tasks.key == "images")
    assert session.unseen.touched.support.x.shape == (2, 64)
    assert readers
    assert threading.main_thread().name not in readers
    assert not [message for message in heard.messages if message.text]


def asked_for(folder: Path, **values: object) -> dict[str, object]:
    sizes = {"learner": "protonet", "image_size": 8, "ways": 2, "shots": 1, "queries": 2}
    return {"task_family": "images", "data": str(folder), **sizes, **values}


def test_a_folder_too_small_for_a_learners_training_episodes_is_trained_as_it_is_tried(session, folder, qtbot) -> None:
    session.change(**asked_for(folder))
    qtbot.waitUntil(lambda: session.settings.tasks.key == "images")
    assert session.settings.learner.key == "protonet"  # tuned with 60 ways
    assert session.settings.value("training_episodes") == ""


def test_one_undo_takes_pictures_back_with_all_that_they_brought(session) -> None:
    before = session.settings
    session.change(task_family="glyphs", learner="protonet", image_size=8)
    assert session.settings.network.key == "conv4"
    assert session.settings.value("training_episodes") == "60x1x5"
    session.undo()
    assert session.settings == before
    session.redo()
    assert session.settings.network.key == "conv4"


def test_all_that_follows_reads_nothing_again(session, folder, readers, qtbot) -> None:
    session.change(**asked_for(folder))
    qtbot.waitUntil(lambda: session.settings.tasks.key == "images")
    readers.clear()
    shutil.rmtree(folder)
    session.change(shots=2)
    session.change(meta_learning_rate=0.01)
    session.unseen.new_task()
    for _ in range(4):
        session.undo()
    assert session.settings.tasks.key == "sinusoid"
    session.redo()
    session.change(held_out=0.5)
    session.show_run(session.runs[0].run_id)
    assert session.settings.tasks.key == "images"
    assert readers == []


def test_another_size_of_the_images_is_read_off_the_window(session, folder, readers, qtbot) -> None:
    session.change(**asked_for(folder))
    qtbot.waitUntil(lambda: session.settings.tasks.key == "images")
    session.change(image_size=9)
    qtbot.waitUntil(lambda: session.unseen.touched.support.x.shape == (2, 81))
    assert threading.main_thread().name not in readers


def test_a_changed_folder_is_read_anew_when_it_is_chosen_again(session, folder, qtbot) -> None:
    heard = Heard(session)
    session.change(**asked_for(folder, shots=3, queries=3))
    qtbot.waitUntil(lambda: bool(heard.messages) and "fewer than the 6 images" in heard.messages[-1].text)
    for place in folder.glob("*/*"):
        shutil.copy(place / "0.png", place / "more.png")
    session.change(**asked_for(folder, shots=3, queries=3))
    qtbot.waitUntil(lambda: session.settings.tasks.key == "images")


def test_a_preset_of_images_takes_its_file_along_and_keeps_its_name(session, folder, qtbot) -> None:
    values = {"training_episodes": "", "ways": 2, "shots": 1, "queries": 2, "image_size": 8}
    session.change(**asked_for(folder))
    qtbot.waitUntil(lambda: session.settings.tasks.key == "images")
    small = dataclasses.replace(PRESETS["protonet"], values={**PRESETS["protonet"].values, **values})
    with unittest.mock.patch.dict(PRESETS, protonet=small):
        _preset_settings.cache_clear()
        session.load_preset("protonet")
        assert session.settings.tasks.data == str(folder)
        assert session.preset_key == "protonet"
    _preset_settings.cache_clear()


@pytest.mark.parametrize("key", ["protonet", "maml-images"])
def test_a_preset_on_few_classes_of_few_images_takes_as_many_as_there_are(session, folder, qtbot, key) -> None:
    for place in sorted(folder.glob("group*/*"))[:-8]:
        shutil.rmtree(place)
    session.load_preset(key, str(folder))
    qtbot.waitUntil(lambda: session.settings.tasks.key == "images", timeout=10_000)
    settings = session.settings
    assert (settings.tasks.data, settings.tasks.ways) == (str(folder), 2)
    assert settings.episodes.shots + settings.episodes.queries == COPIES
    settings.check_data()


def test_what_was_left_out_is_said_in_one_line(session, folder, qtbot) -> None:
    (folder / "group0" / "class0" / "0.png").write_bytes(b"no image")
    heard = Heard(session)
    session.change(**asked_for(folder))
    qtbot.waitUntil(lambda: session.settings.tasks.key == "images")
    line = "1 file was left out: 1 damaged or no PNG, JPEG, BMP, GIF, TIFF or WebP (group0/class0/0.png)"
    assert heard.messages[-1].text == line  # on a slow machine how far the reading is comes before


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Reading waits for this before its first image, and shows itself at once."""
    may_go_on = threading.Event()
    small = reading.small

    def waiting(*arguments):
        may_go_on.wait(10.0)
        return small(*arguments)

    monkeypatch.setattr(reading, "small", waiting)
    monkeypatch.setattr(reading, "SHOWN_SECONDS", 0.0)
    monkeypatch.setattr("metalearn_gui.bridge.reading.QUIET_SECONDS", 0.0)
    yield may_go_on
    may_go_on.set()


def test_reading_shows_how_far_it_is_and_can_be_cancelled(session, folder, slow, qtbot) -> None:
    heard, before = Heard(session), session.settings
    session.change(**asked_for(folder))
    qtbot.waitUntil(lambda: bool(heard.messages))
    assert (heard.messages[0].action_label, heard.messages[0].action) == ("Cancel", "cancel_reading")
    session.cancel_reading()
    slow.set()
    qtbot.waitUntil(lambda: not session._reading._work._runner._outstanding)
    assert session.settings is before
    assert heard.messages[-1].text == ""


def test_a_change_while_images_are_read_stays(session, folder, slow, qtbot) -> None:
    session.change(task_family="images", data=str(folder), learner="protonet", image_size=8, ways=2)
    session.change(shots=1, queries=4)
    assert session.settings.episodes.queries == 4
    slow.set()
    qtbot.waitUntil(lambda: session.settings.tasks.key == "images")
    assert session.settings.episodes.queries == 4


def test_another_family_chosen_meanwhile_wins(session, folder, slow, qtbot) -> None:
    session.change(**asked_for(folder))
    session.change(task_family="waves")
    slow.set()
    qtbot.waitUntil(lambda: not session._reading._work._runner._outstanding)
    assert session.settings.tasks.key == "waves"


def test_closing_while_images_are_read_takes_nothing(session, folder, slow) -> None:
    before = session.settings
    session.change(**asked_for(folder))
    session.close()
    slow.set()
    assert session.settings is before


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"data": ""}, "is empty"),
        ({"data": "no/place"}, "no such file"),
        ({"shots": 5}, "fewer than the 7 images"),
        ({"ways": 90}, "fewer ways"),
    ],
)
def test_what_images_cannot_give_is_refused_and_nothing_changes(qapp, qtbot, folder, values, line) -> None:
    session = Session(on_images(folder))
    heard, before, task = Heard(session), session.settings, session.unseen.touched
    session.change(**values)
    qtbot.waitUntil(lambda: bool(heard.messages))
    assert [line in message.text for message in heard.messages] == [True]
    assert session.settings is before
    assert session.unseen.touched is task
    assert session.undo_stack.count() == 0
    session.change(shots=2)  # the stack still takes a change
    assert session.settings.episodes.shots == 2
    session.close()


def test_images_without_a_file_say_so_in_one_line(session) -> None:
    heard, before = Heard(session), session.settings
    session.change(task_family="images", learner="protonet")
    assert [message.text for message in heard.messages] == [
        "Images (data) is empty; choose a zip or a folder with a folder for every class"
    ]
    assert session.settings is before


def test_a_saved_session_on_images_is_opened_once_they_are_read(session, folder, tmp_path, readers, qtbot) -> None:
    first = Session(on_images(folder, keep_data="never"))
    assert first.documents.save(str(tmp_path / "a.metalearn"))
    first.close()
    IMAGES.forget()
    readers.clear()
    assert not session.documents.open(str(tmp_path / "a.metalearn"))
    qtbot.waitUntil(lambda: session.settings.tasks.key == "images")
    assert session.documents.path == str(tmp_path / "a.metalearn")
    assert threading.main_thread().name not in readers


def test_a_saved_session_whose_images_are_gone_is_refused_in_one_line(session, folder, tmp_path, qtbot) -> None:
    first = Session(on_images(folder, keep_data="never"))
    assert first.documents.save(str(tmp_path / "a.metalearn"))
    first.close()
    lose(folder)
    heard, before = Heard(session), session.settings
    assert not session.documents.open(str(tmp_path / "a.metalearn"))
    qtbot.waitUntil(lambda: bool(heard.messages))
    assert ["no such file" in message.text for message in heard.messages] == [True]
    assert session.settings is before


def test_a_saved_session_holds_its_images_where_they_are_gone(session, folder, tmp_path, qtbot) -> None:
    first = Session(on_images(folder))
    assert first.documents.save(str(tmp_path / "a.metalearn"))
    drawn = first.unseen.touched.support.x
    first.close()
    lose(folder)
    heard = Heard(session)
    assert session.documents.open(str(tmp_path / "a.metalearn"))
    assert (session.unseen.touched.support.x == drawn).all()
    qtbot.waitUntil(lambda: any("is not where it was" in message.text for message in heard.messages))
