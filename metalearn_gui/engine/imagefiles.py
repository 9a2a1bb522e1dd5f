"""Images of classes from a zip or a folder, as one array of small pictures."""

from __future__ import annotations

import dataclasses
import functools
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.params import SettingError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")
FORMATS = ("PNG", "JPEG", "BMP")  # no other decoder is reached, whatever a file is called
FORMATS_TEXT = "PNG, JPEG or BMP"
DAMAGED = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)  # what Pillow raises for a bad file
UNREADABLE = (OSError, ValueError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError)  # encrypted too
MODES = {1: "L", 3: "RGB"}


@dataclasses.dataclass(frozen=True, eq=False)
class Pictures:
    """All images of a file, class by class.

    pixels: uint8 (images, height, width, channels), 0 = background; starts, counts: (classes,) where a class lies;
    names: of the classes; groups: (classes,) the number of the group (alphabet) each belongs to.
    """

    pixels: Array
    starts: Array
    counts: Array
    names: tuple[str, ...]
    groups: Array


@functools.lru_cache(maxsize=4)
def read(path: str, size: int, channels: int, inverted: str) -> Pictures:
    """Every image of a zip or folder whose images lie in a folder for each class.

    Args:
        size: pixels of a side, by antialiased resizing.
        channels: 1 or 3.
        inverted: "yes", "no", or "automatic": where the borders are lighter than the middle.

    Raises:
        SettingError: nothing there, or nothing in it that is an image of a class.
    """
    source = Path(path).expanduser()
    if not source.exists():
        raise SettingError(f"Images (data) is {path!r}, and there is no such file or folder; choose another one")
    by_class: dict[PurePosixPath, list[Array]] = {}
    try:
        for name, data in _files(source):
            by_class.setdefault(name.parent, []).append(_small(name, data, size, channels))
    except UNREADABLE as error:
        raise SettingError(f"Images (data) is {path!r}, which cannot be read ({error}); choose another one") from error
    classes = sorted(by_class)
    if not classes:
        raise SettingError(f"Images (data) is {path!r}; no images of classes in it: expected a folder for every class")
    counts = np.array([len(by_class[name]) for name in classes])
    pixels = np.concatenate([np.stack(by_class[name]) for name in classes])
    groups = sorted({name.parent for name in classes})
    return Pictures(
        _with_dark_background(pixels, inverted),
        np.cumsum(counts) - counts,
        counts,
        tuple(str(name) for name in classes),
        np.array([groups.index(name.parent) for name in classes]),
    )


def _files(source: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Names and contents of the images, in the order of their names."""
    if source.is_dir():
        for found in sorted(source.rglob("*")):
            if found.suffix.lower() in SUFFIXES and found.is_file():
                yield PurePosixPath(found.relative_to(source).as_posix()), found.read_bytes()
        return
    with zipfile.ZipFile(source) as archive:
        for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
            name = PurePosixPath(entry.filename)
            if name.suffix.lower() in SUFFIXES and "__MACOSX" not in name.parts:
                yield name, archive.read(entry)


def _small(name: PurePosixPath, data: bytes, size: int, channels: int) -> Array:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            small = image.convert(MODES[channels]).resize((size, size), Image.Resampling.BILINEAR)
    except DAMAGED as error:
        raise ValueError(f"{name} is no image: {FORMATS_TEXT} expected") from error
    return np.asarray(small).reshape(size, size, channels)


def _with_dark_background(pixels: Array, inverted: str) -> Array:
    borders = np.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]], axis=1)
    is_light = borders.mean() > pixels.mean()
    return 255 - pixels if inverted == "yes" or (inverted == "automatic" and is_light) else pixels
