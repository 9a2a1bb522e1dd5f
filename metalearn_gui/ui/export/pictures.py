"""Pictures of the task on the canvas, drawn anew at their own size: no screenshot, nothing of the window around it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.export import ExportSubject
from metalearn_gui.engine.export.whole import write_whole
from metalearn_gui.ui.canvas import CANVASES
from metalearn_gui.ui.canvas.for_hand import is_for_hand
from metalearn_gui.ui.canvas.surface import Surface
from metalearn_gui.ui.export.picture_formats import GifFormat, PictureFormat, PngFormat, SvgFormat
from metalearn_gui.ui.theme import theme

SIZE, MARGIN, RATIO = QSize(960, 540), 16, 2
FRAME_MS, HELD_FIRST_MS, HELD_LAST_MS = 160, 600, 1500
Drawing = Callable[[Path], None]  # writes itself to a path


class Picture(PictureFormat, ABC):
    """A picture format, drawn. Only the GUI's thread may draw; encoding and the disk can wait for another."""

    def write(self, session: Session, path: Path | str) -> None:
        """Draw and write, in one piece.

        Raises:
            ExportError: the path cannot be used.
        """
        write_whole(Path(path), self.draw(session))

    @abstractmethod
    def draw(self, session: Session) -> Drawing:
        """The touched task at the shown adaptation step in the theme's colours; any thread may write it."""

    def snippet(self, subject: ExportSubject, path: Path | str) -> str:
        """Nothing: a picture is looked at."""
        return ""

    @abstractmethod
    def facts(self, subject: ExportSubject) -> dict[str, str]:
        """What is worth knowing before using the file, by name."""


class Png(PngFormat, Picture):
    """Twice the resolution of the canvas."""

    def draw(self, session: Session) -> Drawing:
        image = canvas_image(session)
        return lambda path: _save(image, path)

    def facts(self, subject: ExportSubject) -> dict[str, str]:
        return {"pixels": f"{SIZE.width() * RATIO} × {SIZE.height() * RATIO}"}


class Svg(SvgFormat, Picture):
    """Lines and letters, not pixels."""

    def draw(self, session: Session) -> Drawing:
        buffer, generator = QBuffer(), QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(SIZE)
        generator.setViewBox(QRect(0, 0, SIZE.width(), SIZE.height()))
        generator.setTitle(session.settings.tasks.label)
        with QPainter(generator) as painter:
            draw_canvas(session, painter)
        content = bytes(buffer.data().data())
        return lambda path: _save_bytes(content, path)

    def facts(self, subject: ExportSubject) -> dict[str, str]:
        return {"size": f"{SIZE.width()} × {SIZE.height()}, any scale"}


class Gif(GifFormat, Picture):
    """One frame for each adaptation step, over and over; the start and the end are held longer."""

    def draw(self, session: Session) -> Drawing:
        frames = canvas_frames(session)
        return lambda path: _save_frames(frames, path)

    def facts(self, subject: ExportSubject) -> dict[str, str]:
        return {"pixels": f"{SIZE.width()} × {SIZE.height()}", "frames": "one for each adaptation step"}


def _save(image: QImage, path: Path) -> None:
    """By way of memory: the system says why a file cannot be written, Qt does not."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    _save_bytes(bytes(buffer.data().data()), path)


def _save_bytes(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _save_frames(images: Sequence[QImage], path: Path) -> None:
    """Frames of one size; all get one palette, or colours would flicker."""
    width, height = SIZE.toTuple()
    pixels = b"".join(bytes(image.constBits()) for image in images)  # rows of 960 x 3 bytes need no padding
    sheet = Image.frombytes("RGB", (width, height * len(images)), pixels).quantize()
    first, *others = [sheet.crop((0, top, width, top + height)) for top in range(0, sheet.height, height)]
    times = [HELD_FIRST_MS, *[FRAME_MS] * max(len(images) - 2, 0), HELD_LAST_MS][-len(images) :]
    first.save(path, "GIF", save_all=True, append_images=others, duration=times, loop=0)


PICTURES: Mapping[str, Picture] = {picture.key: picture for picture in (Png(), Svg(), Gif())}


def canvas_image(session: Session) -> QImage:
    """The task under the hand, twice as many pixels as SIZE."""
    image = QImage(SIZE * RATIO, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(RATIO)
    with QPainter(image) as painter:
        draw_canvas(session, painter)
    return image


def canvas_frames(session: Session) -> list[QImage]:
    """The same at every adaptation step, in SIZE pixels; on axes that have room for all of them."""
    surface, frames = _surface(session), []
    steps = range(len(surface.adaptation.on_grid) if surface.adaptation else 1)
    for surface.own_step in steps:
        surface.settle()
    for surface.own_step in steps:
        surface.settle()
        image = QImage(SIZE, QImage.Format.Format_RGB888)
        with QPainter(image) as painter:
            _paint(surface, painter)
        frames.append(image)
    surface.deleteLater()
    return frames


def draw_canvas(session: Session, painter: QPainter) -> None:
    """The task under the hand on a surface of its own, SIZE large with a margin."""
    surface = _surface(session)
    _paint(surface, painter)
    surface.deleteLater()


def _surface(session: Session) -> Surface:
    surface = CANVASES[session.shown.settings.tasks.view](session)
    surface.leave()
    surface.names_others = True
    surface.settle()
    surface.resize(SIZE.width() - 2 * MARGIN, SIZE.height() - 2 * MARGIN)
    surface.grab()  # a widget that was never shown learns its size, and lays out its parts, only now
    return surface


def _paint(surface: Surface, painter: QPainter) -> None:
    for part in filter(is_for_hand, surface.findChildren(QWidget)):
        part.hide()
    painter.fillRect(QRect(0, 0, SIZE.width(), SIZE.height()), theme().palette.card)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(MARGIN, MARGIN)
    # Not QWidget.render: the surface keeps its static layer in the pixels of the screen.
    surface.paint_static(painter)
    surface.paint_live(painter)
    for part in surface.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if not part.isHidden():
            part.render(painter, part.pos(), QRegion(), QWidget.RenderFlag.DrawChildren)
