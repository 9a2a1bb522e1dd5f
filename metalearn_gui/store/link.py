"""`metalearn:` links: what is set, and the task under the hand, as a line of text that can be mailed.

metalearn:VERSION:DATA, where DATA is JSON, compressed by zlib, in base64 for URLs. What is read may come from
anybody: it is parsed, never executed, and every size is bounded before anything is unpacked.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from typing import Any

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store import documents
from metalearn_gui.store.documents import Document, SavedTask
from metalearn_gui.store.saved_session import StoreError
from metalearn_gui.store.session_reading import DAMAGE
from metalearn_gui.store.session_tables import DTYPES

SCHEME, VERSION = "metalearn:", 1
LONGEST_LINK, LARGEST_CONTENT = 1 << 20, 1 << 23  # letters, and bytes once unpacked
MOST_ARRAYS, MOST_DIMENSIONS = 64, 6


def is_link(text: str) -> bool:
    """Whether a text says that it is one."""
    return text.strip().lower().startswith(SCHEME)


def to_link(settings: ExperimentSettings, task: SavedTask | None = None) -> str:
    """The link that `from_link` reads.

    Raises:
        StoreError: the task is too large for a line of text; save the session instead.
    """
    document: Document = {"settings": settings.to_dict()}
    if task is not None:
        head, arrays = documents.task_document(task)
        document["task"] = head | {"arrays": {name: _packed(values) for name, values in arrays.items()}}
    content = json.dumps(document, separators=(",", ":")).encode()
    text = base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")
    if len(text) > LONGEST_LINK or len(content) > LARGEST_CONTENT:
        raise StoreError("This task is too large for a link; save the session as a file instead")
    return f"{SCHEME}{VERSION}:{text}"


def from_link(text: str) -> tuple[ExperimentSettings, SavedTask | None]:
    """What a link holds.

    Raises:
        StoreError: what is wrong with it, in one line.
    """
    text = "".join(text.split())  # a mail may have broken its line
    version, sign, data = text[len(SCHEME) :].partition(":")
    if not is_link(text) or not sign or not (version.isascii() and version.isdigit()):
        raise StoreError(f"{text[:40]!r} is no link; expected {SCHEME}{VERSION}:... as Copy link gives it")
    if len(version) > 9 or int(version) != VERSION:
        raise StoreError(f"The link is of version {version[:9]}; this program reads {VERSION}: update it")
    try:
        document = json.loads(_unpacked(data))
        return ExperimentSettings.from_dict(document["settings"]), _task(document.get("task"))
    except (zlib.error, binascii.Error):  # what they say is for programmers
        came = f"of its {len(text)} letters some lack or are others"
        raise StoreError(f"The link is damaged ({came}); copy it again, all of it") from None
    except DAMAGE as error:
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise StoreError(f"The link is damaged ({reason}); copy it again, all of it") from None


def _unpacked(data: str) -> bytes:
    if len(data) > LONGEST_LINK:
        raise ValueError(f"it is longer than {LONGEST_LINK} letters")
    packed = base64.b64decode(data + "=" * (-len(data) % 4), altchars=b"-_", validate=True)
    reader = zlib.decompressobj()
    content = reader.decompress(packed, LARGEST_CONTENT)
    if not reader.eof:
        raise ValueError("it ends too soon" if len(content) < LARGEST_CONTENT else "it unpacks to too much")
    return content


def _task(document: Any) -> SavedTask | None:
    if document is None:
        return None
    arrays = document["arrays"]
    if len(arrays) > MOST_ARRAYS:
        raise ValueError(f"it has {len(arrays)} arrays")
    return documents.task_from(document, {str(name): _array(*values) for name, values in arrays.items()})


def _packed(values: Array) -> tuple[str, tuple[int, ...], str]:
    values = values.astype(values.dtype.newbyteorder("<"), copy=False)
    return values.dtype.str, values.shape, base64.b64encode(values.tobytes()).decode()


def _array(dtype: str, shape: list[int], data: str) -> Array:
    sizes = [size for size in shape if type(size) is int and 0 <= size <= LARGEST_CONTENT]
    content = base64.b64decode(data, validate=True)
    if dtype not in DTYPES or len(sizes) != len(shape) or len(sizes) > MOST_DIMENSIONS:
        raise ValueError("an array of it is none")
    if math.prod(sizes) * np.dtype(dtype).itemsize != len(content):
        raise ValueError("an array of it has another size than it says")
    values = np.frombuffer(content, np.dtype(dtype)).reshape(sizes)
    return values.astype(values.dtype.newbyteorder("="), copy=True)
