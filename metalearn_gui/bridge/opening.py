"""A session file that is read on a thread of its own, while the window goes on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.messages import OPENING, REFUSAL, Message
from metalearn_gui.bridge.newest_work import QUIET_SECONDS, Hear, NewestWork
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.store import session_file
from metalearn_gui.store.session_file import SavedSession, StoreError

Take = Callable[[SavedSession], object]


class Opening(QObject):
    """The newest wish wins; until its file is read nothing changes."""

    said = Signal(object)  # Message

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._take: Take = lambda saved: None
        hear: Hear = {ReadSoFar: self._show, SavedSession: self._hand_over, StoreError: self._refuse}
        self._work = NewestWork("open_session", hear, self)

    def begin(self, path: str, take: Take) -> None:
        """Read a file and hand it over, or say why not."""
        self._take = take
        self._work.ask(self.tr("Opening"), functools.partial(_read, path), self._end)

    def cancel(self) -> None:
        """Stay with the session that is there."""
        if self._work.forget():
            self.said.emit(Message("", about=OPENING))

    def close(self, seconds: float) -> None:
        """End the thread; wait so long at most."""
        self._work.close(seconds)

    def _show(self, so_far: ReadSoFar) -> None:
        if self._work.seconds >= QUIET_SECONDS and so_far.total:
            text = self.tr("Opening: {percent} %").format(percent=100 * so_far.done // so_far.total)
            way_out = self.tr("Cancel"), "documents.cancel_opening"
            self.said.emit(Message(text, "info", *way_out, stays=True, about=OPENING))

    def _hand_over(self, saved: SavedSession) -> None:
        self.said.emit(Message("", about=OPENING))
        self._take(saved)

    def _refuse(self, error: StoreError) -> None:
        self.said.emit(Message("", about=OPENING))
        self.said.emit(Message(str(error), "warning", about=REFUSAL))

    def _end(self, error: str) -> None:
        if error:
            self.said.emit(Message(error, "error", about=REFUSAL))


def _read(path: str) -> Iterator[ReadSoFar | SavedSession | StoreError]:
    """How far it is, and at last what came of it."""
    try:
        saved = yield from session_file.reading(path)
    except StoreError as error:
        yield error
    else:
        yield saved
