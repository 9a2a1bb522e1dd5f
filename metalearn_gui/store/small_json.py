"""Small files of what is remembered from one session to the next; without them nothing is lost but convenience."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

LARGEST = 2**22  # bytes: a larger file is no file of ours


def read_object(place: Path) -> dict[str, Any]:
    """What a file holds; empty where there is none, or it holds something else."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        if place.stat().st_size <= LARGEST:
            value = json.loads(place.read_text(encoding="utf-8"))
            if isinstance(value, dict):
                return value
    return {}


def write_object(place: Path, value: dict[str, Any], most: int) -> None:
    """Write the newest entries, at most so many, at once; a full or forbidden disk is no matter."""
    newest = dict(list(value.items())[-most:])
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=place.parent, suffix=".part", delete=False, encoding="utf-8") as part:
            part.write(json.dumps(newest, ensure_ascii=False, indent=1))
        os.replace(part.name, place)
