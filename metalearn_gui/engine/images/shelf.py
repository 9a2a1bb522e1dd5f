"""Images on disk, small and all together, under the digest of the file that they were read from."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.images.pictures import Pictures

VERSION = 2  # of which images are read and how they are made small: what an older one made is not found
SUFFIX = ".images.npz"
MAX_BYTES = 2**31  # the least recently used go first
DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)


def taken(folder: Path | None, digest: str, size: int, channels: int) -> Pictures | None:
    """What lies there and is whole; None otherwise."""
    if folder is None:
        return None
    place = _place(folder, digest, size, channels)
    try:
        with place.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            pictures = _pictures(json.loads(str(saved["texts"])), saved["pixels"], saved["counts"], saved["groups"])
        os.utime(place)  # used of late
    except DAMAGED:
        return None
    is_asked = pictures.pixels.shape[1:] == (size, size, channels) and pictures.digest == digest
    return pictures if is_asked and pictures.is_whole else None


def _pictures(texts: dict[str, Any], pixels: Array, counts: Array, groups: Array) -> Pictures:
    return Pictures(
        pixels, counts, tuple(texts["names"]), groups, tuple(texts["splits"]),
        texts["has_light_paper"], texts["skipped"], texts["digest"],
    )  # fmt: skip


def put(folder: Path | None, pictures: Pictures) -> None:
    """Keep them; a full or forbidden disk costs nothing but the next reading."""
    if folder is None:
        return
    size, channels = pictures.pixels.shape[2:]
    texts = {name: getattr(pictures, name) for name in ("names", "splits", "has_light_paper", "skipped", "digest")}
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
            try:
                np.savez(
                    part, pixels=pictures.pixels, counts=pictures.counts, groups=pictures.groups,
                    texts=np.array(json.dumps(texts)),
                )  # fmt: skip
                part.close()
                os.replace(part.name, _place(folder, pictures.digest, size, channels))
            except BaseException:
                os.unlink(part.name)
                raise
        _make_room(folder)


def _make_room(folder: Path) -> None:
    """Delete what was not used for longest until the rest is small enough."""
    kept = 0
    for place in sorted(folder.glob(f"*{SUFFIX}"), key=lambda place: place.stat().st_mtime, reverse=True):
        kept += place.stat().st_size
        if kept > MAX_BYTES:
            place.unlink()


def _place(folder: Path, digest: str, size: int, channels: int) -> Path:
    key = hashlib.sha256(f"{VERSION} {digest} {size} {channels}".encode()).hexdigest()[:32]
    return folder / f"{key}{SUFFIX}"
