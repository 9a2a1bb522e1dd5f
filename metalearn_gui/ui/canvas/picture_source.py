"""Where a picture comes from that no hand has drawn here: a file, the clipboard, something dropped."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QMimeData
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QWidget

from metalearn_gui.engine.images.archive import MAX_FILE_BYTES
from metalearn_gui.engine.images.decoding import SUFFIXES, TOO_LARGE, Unusable

UNREAD = (".svg", ".heic", ".avif", ".jxl")  # pictures too: reading says what is expected
NO_FILE = "no file"
QUICK = 11  # of 100, zlib's first level: a photograph is packed ten times sooner than by the usual one


def has_picture(data: QMimeData) -> bool:
    """Whether `picture_in` has something to read."""
    return bool(data.hasImage() or _path(data))


def picture_in(data: QMimeData) -> Callable[[], bytes]:
    """What gives an image file's contents, on any thread and later: of the one file that is named, or of the picture.

    It raises as `file_bytes` does.
    """
    path = _path(data)
    return functools.partial(file_bytes, path) if path else functools.partial(_as_file, QImage(data.imageData()))


def file_bytes(path: str) -> bytes:
    """A file's contents.

    Raises:
        OSError: it cannot be read. Unusable: it is too large for an image that would be taken.
    """
    if not Path(path).is_file() and Path(path).exists():  # a pipe would be waited for
        raise Unusable(NO_FILE)
    with open(path, "rb") as file:
        contents = file.read(MAX_FILE_BYTES + 1)
    if len(contents) > MAX_FILE_BYTES:
        raise Unusable(TOO_LARGE)
    return contents


def ask_picture_path(parent: QWidget) -> str:
    """The image file to take, or "" where the person thought better of it."""
    title = QCoreApplication.translate("PictureSource", "Choose a picture")
    name = QCoreApplication.translate("PictureSource", "Pictures")
    return QFileDialog.getOpenFileName(parent, title, "", f"{name} (*{' *'.join(SUFFIXES)})")[0]


def _path(data: QMimeData) -> str:
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and paths[0].lower().endswith(SUFFIXES + UNREAD) else ""


def _as_file(image: QImage) -> bytes:
    contents = QByteArray()
    buffer = QBuffer(contents)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setCompression(QUICK)
    writer.write(image)
    return bytes(contents.data())
