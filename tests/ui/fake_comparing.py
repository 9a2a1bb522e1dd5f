"""Nothing is compared: what a card reads of the session's `comparing`, with its signals."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.engine.compare import Comparison, Outcome
from metalearn_gui.engine.compare.contenders import Lane
from metalearn_gui.store.records import RunRecord


class FakeComparing(QObject):
    """Set `is_active`, `lanes` and `comparison`, then emit."""

    planned = Signal()
    progressed = Signal()
    contenderFinished = Signal(str)
    finished = Signal()
    failed = Signal(str)
    stateChanged = Signal()
    keptChanged = Signal()
    reopened = Signal()
    reported = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.kind = "compare"
        self.state = RunState.IDLE
        self.is_active = False
        self.eta_seconds: float | None = None
        self.compiling_text = ""
        self.lanes: tuple[Lane, ...] = ()
        self.records: dict[str, RunRecord] = {}
        self.comparison = Comparison((), ())
        self.outcome: Outcome | None = None

    def take_state(self, state: RunState) -> None:
        """As if something were compared; IDLE: nothing is."""
        self.state, self.is_active = state, state is not RunState.IDLE
        self.stateChanged.emit()

    def pause(self) -> None:
        self.take_state(RunState.PAUSED)

    def resume(self) -> None:
        self.take_state(RunState.RUNNING)

    def cancel(self) -> None:
        self.take_state(RunState.IDLE)
