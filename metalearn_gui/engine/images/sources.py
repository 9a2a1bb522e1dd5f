"""The files of a zip or a folder, listed with bounds and read one at a time; nothing is ever unpacked to disk."""

from __future__ import annotations

import contextlib
import hashlib
import operator
import os
import stat
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from metalearn_gui.engine.images.archive import MAX_ENTRIES, MAX_FILE_BYTES, BoundedFile, Refused
from metalearn_gui.engine.images.decoding import SUFFIXES
from metalearn_gui.engine.images.skips import Skips

MAX_RATIO = 100
SMALL_BYTES = 2**20  # a blank page shrinks by any ratio; below this size that does no harm
HARMLESS_BYTES = 2**26  # and a whole zip that unpacks to no more than this
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
HASHED_AT_ONCE = 2**22
_name = operator.attrgetter("name")


class Digest(Protocol):
    """What hashlib makes."""

    def update(self, data: bytes, /) -> None: ...


class Entry(NamedTuple):
    """One image file: its name in the zip or folder, with slashes, and its place in the list of all files."""

    name: str
    place: int

    @property
    def folder(self) -> str:
        return self.name.rpartition("/")[0]


class Source(ABC):
    """A zip or a folder: its image files in the order of their names."""

    entries: list[Entry]
    skips: Skips

    @abstractmethod
    def read(self, entry: Entry) -> bytes:
        """A file's contents, at most MAX_FILE_BYTES of them; raises what the system or zipfile raises."""

    @abstractmethod
    def hashing(self, digest: Digest) -> Iterator[None]:
        """Put all contents into the digest, a piece at a time."""

    def _take(self, name: str, place: int) -> None:
        """List a file, or count why not."""
        folders = name.split("/")[:-1]
        if not name.lower().endswith(SUFFIXES) or "__MACOSX" in folders:
            self.skips.add("other files", name)
        elif ".." in folders or name.startswith("/") or ":" in name or "\\" in name:
            self.skips.add("with unsafe names", name)
        elif not folders:
            self.skips.add("outside a class's folder", name)
        else:
            self.entries.append(Entry(name, place))


class ZipSource(Source):
    """Entries of a zip. Bombs are known by what the directory says, before anything is unpacked."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.entries, self.skips = [], Skips()
        self._path, self._archive, self._infos = path, archive, archive.infolist()
        for place, info in enumerate(self._infos):
            if not info.is_dir():
                reason = _unfit(info)
                if reason:
                    self.skips.add(reason, info.filename)
                else:
                    self._take(info.filename.replace("\\", "/"), place)  # PowerShell wrote paths so
        self.entries.sort(key=_name)  # entries themselves take three times as long, and hold the window up
        self._refuse_bomb()

    def _refuse_bomb(self) -> None:
        """Many entries may share the same packed bytes, each of them innocent alone."""
        unpacked = sum(self._infos[entry.place].file_size for entry in self.entries)
        if unpacked > max(HARMLESS_BYTES, MAX_RATIO * self._path.stat().st_size):
            raise Refused(f"it unpacks to {unpacked:,} bytes, more than {MAX_RATIO} times its size")

    def read(self, entry: Entry) -> bytes:
        return self._archive.read(self._infos[entry.place])

    def hashing(self, digest: Digest) -> Iterator[None]:
        with self._path.open("rb") as file:
            while piece := file.read(HASHED_AT_ONCE):
                digest.update(piece)
                yield


def _unfit(info: zipfile.ZipInfo) -> str:
    """Why an entry is not even looked at; "" if it is."""
    if stat.S_ISLNK(info.external_attr >> 16):
        return "links"
    if info.flag_bits & 1:
        return "encrypted"
    if info.compress_type not in PLAIN:
        return "packed in a way that is not read"
    is_bomb = info.file_size > max(SMALL_BYTES, MAX_RATIO * info.compress_size)
    return "too large" if info.file_size > MAX_FILE_BYTES or is_bomb else ""


class FolderSource(Source):
    """Files below a folder. Links are not followed, so that nothing outside is read and no circle entered."""

    def __init__(self, root: Path) -> None:
        self.entries, self.skips = [], Skips()
        self._root, self._count = root, 0
        folders = [""]
        while folders:
            folders += self._listed(folders.pop())
        self.entries.sort(key=_name)

    def _listed(self, folder: str) -> list[str]:
        """Take in the files of a folder; returns the folders in it."""
        inner = []
        try:
            listed = os.scandir(self._root / folder)
        except OSError:
            if not folder:
                raise
            self.skips.add("folders that cannot be opened", folder)
            return []
        with listed as found:
            for one in found:
                self._count += 1
                if self._count > MAX_ENTRIES:
                    raise Refused(f"it holds more than {MAX_ENTRIES:,} files")
                name = f"{folder}/{one.name}" if folder else one.name
                if one.is_symlink():
                    self.skips.add("links", name)
                elif one.is_dir():
                    inner.append(name)
                elif one.is_file():
                    self._take(name, self._count)
                else:  # a pipe would be waited for
                    self.skips.add("other files", name)
        return inner

    def read(self, entry: Entry) -> bytes:
        with (self._root / entry.name).open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise OSError("too large")
        return data

    def hashing(self, digest: Digest) -> Iterator[None]:
        for entry in self.entries:
            digest.update(entry.name.encode(errors="surrogateescape"))
            with contextlib.suppress(OSError):  # `read` will say so
                digest.update(hashlib.sha256(self.read(entry)).digest())
            yield


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The source at a path, for as long as it is read.

    Raises:
        Refused: too many entries, or a zip that unpacks to too much.
        OSError, zipfile.BadZipFile, ...: what the system or zipfile finds wrong.
    """
    if os.path.isdir(path):  # unlike Path's own it takes any text
        yield FolderSource(path)
        return
    if not os.path.isfile(path):
        raise Refused("it is neither a file nor a folder")
    with BoundedFile(path) as file, zipfile.ZipFile(file) as archive:
        yield ZipSource(path, archive)
