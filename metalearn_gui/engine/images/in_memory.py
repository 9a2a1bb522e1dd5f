"""Images that were read: in memory as long as somebody uses them, and on disk by what the file contained."""

from __future__ import annotations

import collections
import os
import weakref
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import NamedTuple

from metalearn_gui.engine.images import shelf
from metalearn_gui.engine.images.archive import Refused
from metalearn_gui.engine.images.pictures import Pictures
from metalearn_gui.engine.images.reading import UNREADABLE, Contents, Reading
from metalearn_gui.engine.images.sources import opened
from metalearn_gui.engine.params import SettingError
from metalearn_gui.engine.read_so_far import ReadSoFar, finished

KEPT = 4  # files that stay in memory though nobody uses them yet: two settings name as many


class Wanted(NamedTuple):
    """A zip or folder, and what its images are made into: `size` pixels a side, 1 or 3 channels."""

    path: str
    size: int
    channels: int


class ImagesInMemory:
    """Reads every file once.

    What is in memory is found again by its path, whatever has become of the file since; `reading` looks at it anew.
    """

    def __init__(self) -> None:
        self._known: weakref.WeakValueDictionary[Wanted, Pictures] = weakref.WeakValueDictionary()
        self._recent: collections.deque[Pictures] = collections.deque(maxlen=KEPT)
        self._put: dict[Wanted, Pictures] = {}

    def find(self, wanted: Wanted) -> Pictures | None:
        """What is in memory; reads nothing."""
        return self._known.get(wanted)

    def pictures(self, wanted: Wanted) -> Pictures:
        """What is in memory, or read now.

        Raises:
            SettingError: as `reading` does.
        """
        found = self.find(wanted)
        return finished(self._reading(wanted, None)) if found is None else found

    def reading(self, wanted: Wanted, cache: Path | None = None) -> Iterator[ReadSoFar]:
        """Read, piece by piece; whoever stops going on with it stops it.

        Args:
            cache: the folder of images that were read before; None for none.

        Raises:
            SettingError: nothing there, nothing in it that is an image of a class, or more than is read.
        """
        yield from self._reading(wanted, cache)

    def differs(self, path: str, digest: str) -> Generator[ReadSoFar, None, bool]:
        """Whether a zip or folder holds something else now; in a while, so that it can be stopped."""
        place = Path(os.path.expanduser(path))
        with opened(place) as source:
            return (yield from Contents(place, source).hashing()) != digest

    def put(self, path: str, pictures: Pictures) -> None:
        """Know images by this path for good: their file need not be there."""
        wanted = Wanted(path, *pictures.pixels.shape[2:])
        self._known[wanted] = self._put[wanted] = pictures

    def forget(self) -> None:
        """Read everything anew from here on, as a program that has just begun."""
        self._put.clear()
        self._recent.clear()
        self._known.clear()

    def _reading(self, wanted: Wanted, cache: Path | None) -> Reading:
        yield ReadSoFar(0, 0)
        place = Path(os.path.expanduser(wanted.path))  # unlike Path's own it lets an unknown ~person be
        try:
            pictures = yield from self._read(place, wanted, cache)
        except UNREADABLE as error:
            raise SettingError(_refusal(wanted.path, place, error)) from error
        self._known[wanted] = pictures
        self._recent.append(pictures)
        return pictures

    def _read(self, place: Path, wanted: Wanted, cache: Path | None) -> Reading:
        with opened(place) as source:
            contents = Contents(place, source)
            digest = yield from contents.hashing()
            known = self.find(wanted)
            if known is not None and known.digest == digest:
                return known
            size, channels = wanted.size, wanted.channels
            pictures = shelf.taken(cache, digest, size, channels)
            if pictures is None:
                pictures = yield from contents.pictures(size, channels, digest)
                shelf.put(cache, pictures)
            return pictures


def _refusal(path: str, place: Path, error: Exception) -> str:
    shown = path if len(path) <= 60 else f"...{path[-57:]}"
    if not os.path.exists(place):
        return f"Images (data) is {shown!r}, and there is no such file or folder; choose another one"
    if isinstance(error, Refused):
        return f"Images (data) is {shown!r}, which is not read: {error}; choose another zip or folder"
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"Images (data) is {shown!r}, which cannot be read ({reason}); choose a zip or a folder of class folders"


IMAGES = ImagesInMemory()  # of the whole program: what one window has read no other reads again
