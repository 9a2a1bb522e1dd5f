"""The real window, meta-trained for a while and rendered to a picture."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QTimer

from metalearn_gui.app import build_window
from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.session import Session
from metalearn_gui.cli.command import DONE, INTERRUPTED
from metalearn_gui.cli.parser import BadInput, Options
from metalearn_gui.cli.progress import training_progress
from metalearn_gui.cli.window import DEFAULT_SIZE

LOOK_MS = 50
QUIET_SECONDS = 0.5  # nothing new to draw for so long: the picture is complete
PATIENCE_SECONDS = 120.0  # for the import of TensorFlow, and for what is drawn after the last meta-iteration


def render(options: Options) -> int:
    """Build the window, meta-train, wait until everything is drawn, and save the picture."""
    _check_place(options.screenshot)
    window = build_window(options, remember=False)
    try:
        window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        window.resize(*(options.size or DEFAULT_SIZE))
        window.show()
        waiting = _Waiting(window.session)
        with _interrupting(waiting):
            _meta_train(window.session, options.iterations or 0, waiting)
            waiting.until(lambda: _is_complete(waiting), PATIENCE_SECONDS)
        if waiting.is_interrupted:
            return INTERRUPTED
        if not window.grab().save(options.screenshot, "PNG"):
            raise BadInput(f"The picture {options.screenshot} cannot be written; choose another place")
    finally:
        window.close()
    return DONE


def _check_place(path: str) -> None:
    place = Path(path)
    if place.suffix.lower() != ".png":
        raise BadInput(f"--screenshot {path} is no PNG file; give a name such as {place.stem or 'window'}.png")
    if not place.parent.is_dir() or place.is_dir():
        raise BadInput(f"--screenshot {path} cannot be written: choose a file in a folder that is there")


class _Waiting:
    """Runs the event loop until something is so; knows since when nothing new has come."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.is_interrupted = False
        self._changed_at = time.monotonic()
        for changed in (session.advanced, session.scored, session.adaptedChanged, session.galleryChanged):
            changed.connect(self._change)

    def _change(self) -> None:
        self._changed_at = time.monotonic()

    @property
    def quiet_seconds(self) -> float:
        return time.monotonic() - self._changed_at

    def interrupt(self) -> None:
        self.is_interrupted = True

    def until(self, is_so: Callable[[], bool], seconds: float, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Return when it is so, when the time is over, or when interrupted."""
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


@contextmanager
def _interrupting(waiting: _Waiting) -> Iterator[None]:
    """Ctrl+C ends the waiting."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    old = signal.signal(signal.SIGINT, lambda *_: waiting.interrupt())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, old)


def _meta_train(session: Session, iterations: int, waiting: _Waiting) -> None:
    """Exactly so many more meta-iterations, or fewer where the run ends before."""
    if not iterations:
        return
    waiting.until(lambda: session.can_run, PATIENCE_SECONDS)
    if not session.can_run and not waiting.is_interrupted:
        raise RuntimeError("TensorFlow could not be loaded")
    last = min(session.live.iteration + iterations, session.settings.outer.num_iterations)
    session.advance(iterations)
    with training_progress(session.live, last) as progress:
        waiting.until(lambda: session.live.iteration >= last or session.live.reason != "", math.inf, progress.show)


def _is_complete(waiting: _Waiting) -> bool:
    """Whether nothing is left to be computed or drawn."""
    session = waiting.session
    is_still = session.run_state in (RunState.IDLE, RunState.PAUSED) and not session.readiness
    scored = session.live.latest_scores
    is_scored = not session.live.iteration or (scored is not None and scored.iteration == session.live.iteration)
    is_adapted = {"learner", *session.compared} <= session.adaptations.keys()
    has_gallery = len(session.gallery_adaptations) == len(session.gallery)
    return is_still and is_scored and is_adapted and has_gallery and waiting.quiet_seconds >= QUIET_SECONDS
