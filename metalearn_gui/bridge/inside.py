"""What the cards of the view "Inside" show: all of it computed on one thread, and only while it is watched."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.gradients import GradientsOfTasks
from metalearn_gui.bridge.landscape import LandscapeOfTask
from metalearn_gui.bridge.latest import Latest
from metalearn_gui.bridge.runs import Runs
from metalearn_gui.bridge.starts import ScoreOfStart
from metalearn_gui.bridge.task_space import UnseenSpace
from metalearn_gui.bridge.touches import Adapter
from metalearn_gui.bridge.unseen import UnseenTasks
from metalearn_gui.engine.training import Options


class Inside(QObject):
    """Each part has a `result`, a signal `changed`, and `watch`."""

    failed = Signal(str)

    def __init__(self, runs: Runs, unseen: UnseenTasks, options: Options, parent: QObject) -> None:
        super().__init__(parent)
        self._latest = Latest("inside", self)
        adapter = Adapter(options.compile)
        self.landscape = LandscapeOfTask(adapter, unseen, self._latest, self)
        self.start = ScoreOfStart(runs, options, unseen, self._latest, self)
        self.space = UnseenSpace(options.compile, unseen, self._latest, self)
        self.gradients = GradientsOfTasks(runs, options.compile, unseen, self._latest, self)
        self._parts = (self.landscape, self.start, self.space, self.gradients)
        for part in self._parts:
            part.failed.connect(self.failed)

    def close(self, seconds: float) -> bool:
        """End the worker; wait so long at most. Whether it has ended."""
        for part in self._parts:
            part.stop()
        return self._latest.close(seconds)
