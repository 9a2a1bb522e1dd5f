"""The whole of a run again in ten seconds: each moment that it has kept is shown in turn, and then now."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from metalearn_gui.bridge.messages import Message
from metalearn_gui.store.records import RunRecord

SECONDS = 10.0
SHORTEST_MS = 100  # that a moment is shown


class HasMoments(Protocol):
    """What is used of the session here."""

    @property
    def shown(self) -> RunRecord: ...

    @property
    def moment(self) -> int | None: ...

    def show_moment(self, iteration: int | None) -> None: ...


class Replay(QObject):
    """Ends of itself where a hand shows something else."""

    changed = Signal()  # is_playing
    said = Signal(object)  # Message

    def __init__(self, session: HasMoments, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._last: tuple[str, int | None] = ("", None)  # the run and the moment that were shown last
        self.timer = QTimer(self)
        self.timer.timeout.connect(self._play_on)

    @property
    def is_playing(self) -> bool:
        return self.timer.isActive()

    def toggle(self) -> None:
        """Begin at the start, or stop where it is."""
        num_moments = len(self._session.shown.moments)
        if self.is_playing:
            self.stop()
        elif num_moments:
            self.timer.start(max(SHORTEST_MS, round(1000 * SECONDS / (num_moments + 1))))
            self._show(0)
            self.changed.emit()
        else:
            text = self.tr("There is nothing to replay yet: a run keeps moments each time it is tried on unseen tasks.")
            self.said.emit(Message(text))

    def stop(self) -> None:
        """Leave what is shown as it is."""
        if self.is_playing:
            self.timer.stop()
            self.changed.emit()

    def _play_on(self) -> None:
        shown, moment = self._session.shown, self._session.moment
        if (shown.run_id, moment) != self._last or moment is None:
            self.stop()
            return
        later = [state.iteration for state in shown.moments if state.iteration > moment]
        self._show(later[0] if len(later) > 1 else None)  # the last one is now
        if len(later) <= 1:
            self.stop()

    def _show(self, iteration: int | None) -> None:
        self._session.show_moment(iteration)
        self._last = (self._session.shown.run_id, self._session.moment)
