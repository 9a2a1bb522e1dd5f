"""What the cards of the view "Inside" show: computed off the window's thread, and only while it is watched."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.adapter import Adapter
from metalearn_gui.bridge.gradients import GradientsOfTasks
from metalearn_gui.bridge.landscape import LandscapeOfTask
from metalearn_gui.bridge.latest import Latest
from metalearn_gui.bridge.runs import Runs
from metalearn_gui.bridge.starts import ScoreOfStart
from metalearn_gui.bridge.task_space import UnseenSpace
from metalearn_gui.bridge.unseen import UnseenTasks
from metalearn_gui.bridge.way import WayOfTask
from metalearn_gui.engine.training import Options


class Inside(QObject):
    """Each part has a `result`, a signal `changed`, and `watch`."""

    failed = Signal(str)

    def __init__(self, runs: Runs, unseen: UnseenTasks, options: Options, parent: QObject) -> None:
        super().__init__(parent)
        self._latest = Latest("inside", self)
        self._at_hand = Latest("landscape", self)  # of its own: a hand waits for it
        self.landscape = LandscapeOfTask(Adapter(options.compile), unseen, self._at_hand, self)
        self.start = ScoreOfStart(runs, options, unseen, self._latest, self)
        self.space = UnseenSpace(options.compile, unseen, self._latest, self)
        self.gradients = GradientsOfTasks(runs, options.compile, unseen, self._latest, self)
        self.way = WayOfTask(options.compile, unseen, self._at_hand, self)
        self._parts = (self.landscape, self.start, self.space, self.gradients, self.way)
        for part in self._parts:
            part.failed.connect(self.failed)

    def close(self, seconds: float) -> bool:
        """End the workers; wait so long at most. Whether they have ended."""
        for part in self._parts:
            part.stop()
        ended = [latest.close(seconds) for latest in (self._at_hand, self._latest)]
        return all(ended)
