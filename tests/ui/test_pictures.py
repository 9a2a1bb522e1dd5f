"""Pictures of the canvas, for every kind of task."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image, ImageSequence
from PySide6.QtCore import SIGNAL, QCoreApplication, QEvent, QMetaMethod
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from metalearn_gui.engine.export import ExportError
from metalearn_gui.engine.presets import preset
from metalearn_gui.ui.canvas.pictures import PicturesCanvas
from metalearn_gui.ui.export.pictures import MARGIN, PICTURES, SIZE, canvas_frames, draw_canvas
from metalearn_gui.ui.theme import theme
from tests.ui.fake_session import FakeSession
from tests.ui.hand import session_for


@pytest.fixture(params=["first-steps", "blobs", "article"])
def shown(request: pytest.FixtureRequest) -> FakeSession:
    """A session whose canvas is a curve, a plane, rows of numbers."""
    return FakeSession(preset(request.param))


def colors_of(image: QImage) -> set[str]:
    """The colours of every third pixel."""
    columns, rows = range(0, image.width(), 3), range(0, image.height(), 3)
    return {image.pixelColor(x, y).name() for x in columns for y in rows}


def read(path: Path) -> QImage:
    """A PNG, an animation's first frame, or an SVG as it is drawn at its own size."""
    if path.suffix != ".svg":
        return QImage(str(path))
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        QSvgRenderer(str(path)).render(painter)
    return image


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize("key", PICTURES)
def test_the_canvas_is_drawn_in_the_themes_colours(shown: FakeSession, key: str, mode: str, tmp_path: Path) -> None:
    theme().set_mode(mode)
    path = tmp_path / PICTURES[key].file_name
    PICTURES[key].write(shown, path)
    image = read(path)
    assert image.width() == SIZE.width() * (2 if key == "png" else 1)
    assert image.pixelColor(2, 2) == theme().palette.card
    assert len(colors_of(image)) > 20


@pytest.mark.parametrize("key", PICTURES)
def test_a_missing_folder_is_refused_in_one_line(key: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="There is no folder"):
        PICTURES[key].write(FakeSession(), tmp_path / "missing" / "canvas.png")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full here")
@pytest.mark.parametrize("key", PICTURES)
def test_a_full_disk_is_named_as_such(key: str, qapp) -> None:
    with pytest.raises(OSError, match="No space left on device"):
        PICTURES[key].draw(FakeSession())(Path("/dev/full"))


@pytest.mark.parametrize("name", ["first-steps", "article", "blobs"])
def test_a_picture_names_the_lines_beside_the_learner(name: str, qapp, tmp_path: Path) -> None:
    session = FakeSession(preset(name))
    PICTURES["svg"].write(session, tmp_path / "canvas.svg")
    words = re.findall(r">([^<>]+)</text>", (tmp_path / "canvas.svg").read_text(encoding="utf-8"))
    assert {"transfer", "scratch"} <= set(words)
    session.unseen.set_compared("transfer", False)
    PICTURES["svg"].write(session, tmp_path / "canvas.svg")
    assert ">transfer</text>" not in (tmp_path / "canvas.svg").read_text(encoding="utf-8")


def words_of_picture(session: FakeSession, path: Path) -> set[str]:
    PICTURES["svg"].write(session, path)
    return set(re.findall(r">([^<>]+)</text>", path.read_text(encoding="utf-8")))


def test_a_picture_has_no_brushes_and_no_words_for_a_hand(qapp, tmp_path: Path) -> None:
    words = words_of_picture(session_for("denoise", form="picture"), tmp_path / "canvas.svg")
    assert {"comes in", "target"} <= words
    assert not {"brush", "grain", "strength"} & words
    rows = "".join(f"{shop},{row},{row % 7}\n" for shop in range(20) for row in range(30))
    (tmp_path / "shops.csv").write_text("shop,price,sold\n" + rows)
    table = session_for("csv", data=str(tmp_path / "shops.csv"), task_column="shop", targets="sold", inputs="price")
    words = words_of_picture(table, tmp_path / "canvas.svg")
    assert {"price", "sold"} <= words
    assert "edit, paste or delete rows" not in words


def test_a_picture_has_the_drawing_pad_but_not_its_buttons(qapp, tmp_path: Path) -> None:
    session = session_for("glyphs")
    PICTURES["gif"].write(session, tmp_path / "canvas.gif")
    canvas = PicturesCanvas(session)
    canvas.resize(SIZE.width() - 2 * MARGIN, SIZE.height() - 2 * MARGIN)
    canvas.grab()
    image = read(tmp_path / "canvas.gif")
    pad, tools = (part.geometry().translated(MARGIN, MARGIN) for part in (canvas.desk.pad, canvas.desk.tools))
    assert len(colors_of(image.copy(pad))) > 2
    assert len(colors_of(image.copy(tools))) == 1


@pytest.mark.parametrize("key", PICTURES)
def test_a_picture_leaves_no_surface_listening(key: str, qapp, tmp_path: Path) -> None:
    session = FakeSession()
    before = listeners(session)
    PICTURES[key].write(session, tmp_path / "canvas")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert listeners(session) == before
    session.set_settings(preset("blobs"))
    session.unseen.set_step(3)
    qapp.processEvents()


def listeners(session: FakeSession) -> int:
    """How many slots hear of the session and its unseen tasks."""
    signals = [
        (owner, SIGNAL(f"{bytes(owner.metaObject().method(index).methodSignature()).decode()}"))
        for owner in (session, session.unseen)
        for index in range(owner.metaObject().methodCount())
        if owner.metaObject().method(index).methodType() is QMetaMethod.MethodType.Signal
    ]
    return sum(owner.receivers(signal) for owner, signal in signals)


def test_an_animation_has_a_frame_for_every_adaptation_step_and_moves_no_slider(qapp, tmp_path: Path) -> None:
    session = FakeSession()
    session.unseen.set_step(3)
    last = session.unseen.adaptations["learner"]
    PICTURES["gif"].write(session, tmp_path / "adapting.gif")
    with Image.open(tmp_path / "adapting.gif") as animation:
        frames = [frame.convert("RGB").tobytes() for frame in ImageSequence.Iterator(animation)]
        assert animation.info["loop"] == 0
    assert len(frames) == len(set(frames)) == len(last.on_grid) > 3
    assert session.unseen.step == 3


def test_a_frame_is_the_canvas_at_its_step(qapp, tmp_path: Path) -> None:
    session = FakeSession()
    session.unseen.set_step(2)
    frames, image = canvas_frames(session), QImage(SIZE, QImage.Format.Format_RGB888)
    with QPainter(image) as painter:
        draw_canvas(session, painter)
    assert frames[2] == image != frames[3]
