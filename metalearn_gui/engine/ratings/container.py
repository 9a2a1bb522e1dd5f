"""A folder or zip of text files: found by their names, opened within bounds. Nothing is unpacked to disk."""

from __future__ import annotations

import os
import zipfile
import zlib
from abc import ABC, abstractmethod
from pathlib import Path
from typing import BinaryIO, cast

from metalearn_gui.engine.images.archive import BoundedFile, Refused
from metalearn_gui.engine.images.sources import MAX_RATIO, PLAIN, SMALL_BYTES

MAX_BYTES = 2**31  # of one text file
# What the system and zipfile raise for a bad file; RuntimeError: encrypted, EOFError: cut short.
UNREADABLE = (OSError, ValueError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError)


class Container(ABC):
    """Files by the last part of their names; of several of one name the one nearest to the top."""

    sizes: dict[str, int]

    @abstractmethod
    def open(self, name: str) -> BinaryIO:
        """For reading; raises UNREADABLE."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what is open."""


class Folder(Container):
    """The files of a folder, or of the one folder in it. Links are not followed."""

    def __init__(self, root: str) -> None:
        self._places: dict[str, str] = {}
        self.sizes = {}
        for folder in (root, *(place for place in _entries(root) if os.path.isdir(place))):
            for place in _entries(folder):
                name = os.path.basename(place)
                if os.path.isfile(place) and name not in self._places:
                    self._places[name], self.sizes[name] = place, os.path.getsize(place)

    def open(self, name: str) -> BinaryIO:
        return Path(self._places[name]).open("rb")

    def close(self) -> None:
        """Nothing is: every file is closed by who opened it."""


class Zip(Container):
    """The entries of a zip. Bombs are known by what its directory says."""

    def __init__(self, path: str) -> None:
        self._file = BoundedFile(Path(path))
        try:
            self._archive = zipfile.ZipFile(self._file)
        except BaseException:
            self._file.close()
            raise
        found = sorted(self._archive.infolist(), key=lambda one: one.filename.count("/"), reverse=True)
        self._infos = {one.filename.rpartition("/")[2]: one for one in found if not one.is_dir()}
        self.sizes = {name: info.file_size for name, info in self._infos.items()}

    def open(self, name: str) -> BinaryIO:
        info = self._infos[name]
        if info.flag_bits & 1 or info.compress_type not in PLAIN:
            raise Refused("it is encrypted, or packed in a way that is not read")
        if info.file_size > max(SMALL_BYTES, MAX_RATIO * info.compress_size):
            raise Refused(f"it unpacks to more than {MAX_RATIO} times its size")
        return cast(BinaryIO, self._archive.open(info))

    def close(self) -> None:
        self._archive.close()
        self._file.close()


def opened(path: str) -> Container:
    """The container at a path, or the folder of a file in one.

    Raises:
        UNREADABLE: what is wrong with it.
    """
    if os.path.isdir(path):
        return Folder(path)
    return Zip(path) if path.lower().endswith(".zip") else Folder(os.path.dirname(os.path.abspath(path)))


def _entries(folder: str) -> list[str]:
    with os.scandir(folder) as found:
        return sorted(one.path for one in found if not one.is_symlink())
