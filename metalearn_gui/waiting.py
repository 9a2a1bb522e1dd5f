"""Running the event loop until something is so, where nobody sits at the window."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEventLoop, QTimer

from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.session import Session

LOOK_MS = 50
QUIET_SECONDS = 0.5  # nothing new to draw for so long: the picture is complete
PATIENCE_SECONDS = 120.0  # for the import of TensorFlow, and for what is drawn after the last meta-iteration


class Waiting:
    """Waits on a session, and knows since when nothing new has come from it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.is_interrupted = False
        self._changed_at = time.monotonic()
        for changed in (session.advanced, session.scored, session.unseen.adaptedChanged, session.unseen.galleryChanged):
            changed.connect(self._note_change)

    def _note_change(self) -> None:
        self._changed_at = time.monotonic()

    @property
    def is_quiet(self) -> bool:
        return time.monotonic() - self._changed_at >= QUIET_SECONDS

    def until(
        self,
        is_so: Callable[[], bool],
        seconds: float = PATIENCE_SECONDS,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> bool:
        """Until it is so, the time is over, or Ctrl+C; whether it is so."""
        loop, deadline = QEventLoop(), time.monotonic() + seconds

        def look() -> None:
            meanwhile()
            if is_so() or self.is_interrupted or time.monotonic() > deadline:
                loop.quit()

        timer = QTimer(interval=LOOK_MS)
        timer.timeout.connect(look)
        timer.start()
        loop.exec()
        timer.stop()
        return is_so()

    def until_loaded(self) -> None:
        """Until TensorFlow is there.

        Raises:
            RuntimeError: it does not come.
        """
        if not self.until(lambda: self.session.can_run) and not self.is_interrupted:
            raise RuntimeError("TensorFlow could not be loaded")

    def until_complete(self) -> None:
        """Until nothing is left to be computed or drawn."""
        self.until(self._is_complete)

    def _is_complete(self) -> bool:
        session, live = self.session, self.session.live
        is_still = session.run_state in (RunState.IDLE, RunState.PAUSED) and not session.readiness
        scored = live.latest_scores
        is_scored = not live.iteration or (scored is not None and scored.iteration == live.iteration)
        beside = session.unseen.compared & session.unseen.comparable
        is_adapted = {"learner", *beside} <= session.unseen.adaptations.keys()
        has_gallery = len(session.unseen.gallery_adaptations) == len(session.unseen.gallery)
        return is_still and is_scored and is_adapted and has_gallery and self.is_quiet

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Ctrl+C ends the waiting."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        old = signal.signal(signal.SIGINT, lambda *_: setattr(self, "is_interrupted", True))
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, old)
