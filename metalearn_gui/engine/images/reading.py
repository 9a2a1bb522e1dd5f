"""All images of a zip or a folder into one array, a few at a time, so that it can be watched and stopped."""

from __future__ import annotations

import hashlib
import os
import time
import zipfile
import zlib
from collections.abc import Generator
from pathlib import Path

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.images.archive import Refused
from metalearn_gui.engine.images.decoding import FORMATS_TEXT, Unusable, small
from metalearn_gui.engine.images.layout import Layout, layout
from metalearn_gui.engine.images.pictures import Pictures, is_light_paper
from metalearn_gui.engine.images.sources import Entry, Source
from metalearn_gui.engine.read_so_far import ReadSoFar

SHOWN_SECONDS = 0.05  # between two words on how far it is
MAX_BYTES = 2**30  # of all pixels
# What the system, zipfile and zlib raise for a bad file; RuntimeError: encrypted, EOFError: cut short.
UNREADABLE = (OSError, ValueError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError)


Reading = Generator[ReadSoFar, None, Pictures]


class Contents:
    """What is in a file: its classes are known, its images are read by `pictures`."""

    def __init__(self, path: Path, source: Source) -> None:
        self._path, self._source = path, source
        self._layout: Layout = layout(source.entries)
        self._total = len(source.entries)

    def hashing(self) -> Generator[ReadSoFar, None, str]:
        """The digest of all contents."""
        digest, pace = hashlib.sha256(), _Pace()
        for _ in self._source.hashing(digest):
            if pace.is_due():
                yield ReadSoFar(0, self._total)
        return digest.hexdigest()

    def pictures(self, size: int, channels: int, digest: str) -> Reading:
        """Every image, small.

        Raises:
            Refused: no image of a class in it, or more than memory is given to.
            OSError: the file went away meanwhile.
        """
        num_bytes = self._total * size * size * channels
        if num_bytes > MAX_BYTES:
            raise Refused(f"its {self._total:,} images would take {num_bytes / 2**30:.1f} GB: make image_size smaller")
        pixels, counts, pace = np.empty((self._total, size, size, channels), np.uint8), [], _Pace()
        filled = seen = 0
        for entries in self._layout.entries:
            first = filled
            for entry in entries:
                image, seen = self._image(entry, size, channels), seen + 1
                if image is not None:
                    pixels[filled], filled = image, filled + 1
                if pace.is_due():
                    yield ReadSoFar(seen, self._total)
            counts.append(filled - first)
        return self._kept(pixels[:filled], np.array(counts, int), digest)

    def _image(self, entry: Entry, size: int, channels: int) -> Array | None:
        """The image, or None where it is skipped."""
        try:
            return small(self._source.read(entry), size, channels)
        except Unusable as error:
            self._source.skips.add(str(error), entry.name)
        except UNREADABLE:
            if not os.path.exists(self._path):
                raise
            self._source.skips.add("that cannot be read", entry.name)
        return None

    def _kept(self, pixels: Array, counts: Array, digest: str) -> Pictures:
        skipped = self._source.skips.line()
        if not len(pixels):
            why = f"; {skipped}" if skipped else ""
            raise Refused(f"there is no image of a class in it: expected a folder of {FORMATS_TEXT} for a class{why}")
        kept = np.flatnonzero(counts)
        owners = [self._layout.groups[place] for place in kept]
        numbers = {name: number for number, name in enumerate(sorted(set(owners)))}
        return Pictures(
            pixels=pixels,
            counts=counts[kept],
            names=tuple(self._layout.names[place] for place in kept),
            groups=np.array([numbers[name] for name in owners]),
            splits=tuple(self._layout.splits[place] for place in kept) if self._layout.splits else (),
            has_light_paper=is_light_paper(pixels),
            skipped=skipped,
            digest=digest,
        )


class _Pace:
    """Says when it is time for a word."""

    def __init__(self) -> None:
        self._due = 0.0

    def is_due(self) -> bool:
        now = time.monotonic()
        if now < self._due:
            return False
        self._due = now + SHOWN_SECONDS
        return True
