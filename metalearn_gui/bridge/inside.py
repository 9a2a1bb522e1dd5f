"""What the cards of the view "Inside" show: all of it computed on one thread, and only while it is watched."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.landscape import LandscapeOfTask
from metalearn_gui.bridge.latest import Latest
from metalearn_gui.bridge.touches import Adapter
from metalearn_gui.bridge.unseen import UnseenTasks


class Inside(QObject):
    """Each part has a `result`, a signal `changed`, and `watch`."""

    failed = Signal(str)

    def __init__(self, unseen: UnseenTasks, compile: bool, parent: QObject) -> None:
        super().__init__(parent)
        self._latest = Latest("inside", self)
        adapter = Adapter(compile)
        self.landscape = LandscapeOfTask(adapter, unseen, self._latest, self)
        self._parts = (self.landscape,)
        for part in self._parts:
            part.failed.connect(self.failed)

    def close(self, seconds: float) -> bool:
        """End the worker; wait so long at most. Whether it has ended."""
        for part in self._parts:
            part.stop()
        return self._latest.close(seconds)
