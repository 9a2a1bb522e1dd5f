"""Where a picture comes from that no hand has drawn here: a file, the clipboard, something dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")


def has_picture(data: QMimeData) -> bool:
    """Whether `picture_in` finds one."""
    return bool(data.hasImage() or _path(data))


def picture_in(data: QMimeData) -> bytes:
    """An image file's contents: of the one file that is named, or of the picture itself.

    Raises:
        OSError: the file cannot be read.
    """
    path = _path(data)
    return Path(path).read_bytes() if path else _as_file(data.imageData())


def ask_picture_path(parent: QWidget) -> str:
    """The image file to take, or "" where the person thought better of it."""
    title = QCoreApplication.translate("PictureSource", "Choose a picture")
    name = QCoreApplication.translate("PictureSource", "Pictures")
    return QFileDialog.getOpenFileName(parent, title, "", f"{name} (*{' *'.join(SUFFIXES)})")[0]


def _path(data: QMimeData) -> str:
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and paths[0].lower().endswith(SUFFIXES) else ""


def _as_file(image: QImage) -> bytes:
    contents = QByteArray()
    buffer = QBuffer(contents)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(contents.data())
