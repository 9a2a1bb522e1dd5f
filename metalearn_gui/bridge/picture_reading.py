"""A picture for a task that has its own already: read and decoded on a thread of its own, whatever its size."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import numpy as np
from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.newest_work import NewestWork
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.images.decoding import Unusable
from metalearn_gui.engine.images.one import picture_like


class PictureReading(QObject):
    """The newest wish wins."""

    made = Signal(object)  # the picture, a row of numbers
    refused = Signal(str)  # why there is none, in words for the middle of a sentence

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work = NewestWork("read_picture", {np.ndarray: self.made.emit, str: self.refused.emit}, self)

    def ask(self, read: Callable[[], bytes], others: Array, pads: bool, inverts: bool = False) -> None:
        """Make a picture like others of an image file's contents.

        Args:
            read: gives the contents, or raises OSError or Unusable; called on the thread.
            others: rows (n, numbers) of the task.
            pads, inverts: see picture_like.
        """
        work = functools.partial(_made, read, others, pads, inverts)
        self._work.ask(self.tr("Reading the picture"), work, self._end)

    def close(self, seconds: float) -> bool:
        """End the thread; wait so long at most. Whether it has ended."""
        return self._work.close(seconds)

    def _end(self, error: str) -> None:
        if error:
            self.refused.emit(error)


def _made(read: Callable[[], bytes], others: Array, pads: bool, inverts: bool) -> Iterator[Array | str]:
    try:
        yield picture_like(others, read(), pads, inverts)
    except (Unusable, OSError) as error:
        yield str(error.strerror or error) if isinstance(error, OSError) else str(error)
