"""Pictures without a person: the real window after a while of meta-training, or a saved run's task alone."""

from __future__ import annotations

import math
from pathlib import Path

from PySide6.QtCore import Qt

from metalearn_gui.app import build_window, let_go
from metalearn_gui.bridge.session import Session
from metalearn_gui.cli.command import DONE, INTERRUPTED
from metalearn_gui.cli.output import check_place
from metalearn_gui.cli.parser import BadInput, Options
from metalearn_gui.cli.progress import training_progress
from metalearn_gui.cli.window_options import DEFAULT_SIZE, parser
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.ui.export.pictures import PICTURES
from metalearn_gui.waiting import Waiting


def render(options: Options, settings: ExperimentSettings | None) -> int:
    """Build the window, meta-train, wait until everything is drawn, and save the picture."""
    _check_place(options.screenshot)
    window = build_window(options, settings, remember=False)
    waiting = Waiting(window.session)
    try:
        window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        window.resize(*(options.size or DEFAULT_SIZE))
        window.show()
        with waiting.interruptible():
            waiting.until_loaded()
            _meta_train(window.session, options.iterations or 0, waiting)
            waiting.until_complete()
        if not waiting.is_interrupted and not window.grab().save(options.screenshot, "PNG"):
            raise BadInput(f"The picture {options.screenshot} cannot be written; choose another place")
    finally:
        let_go(window)
    return INTERRUPTED if waiting.is_interrupted else DONE


def draw_task(session_path: str, key: str, path: str) -> None:
    """The task under the hand of a saved session, as one of PICTURES.

    Raises:
        BadInput: there is no such picture, or no such session.
        ExportError: the path cannot be used.
    """
    window = build_window(parser().parse_args([session_path]), None, remember=False)
    try:
        window.session.start(offers_recovery=False)
        waiting = Waiting(window.session)
        waiting.until_loaded()
        waiting.until_complete()
        PICTURES[key].write(window.session, path)
    finally:
        let_go(window)


def _check_place(path: str) -> None:
    place = Path(path)
    if place.suffix.lower() != ".png":
        raise BadInput(f"--screenshot {path} is no PNG file; give a name such as {place.stem or 'window'}.png")
    check_place(path, "window.png", "--screenshot")


def _meta_train(session: Session, iterations: int, waiting: Waiting) -> None:
    """Exactly so many more meta-iterations, or fewer where the run ends before."""
    if not iterations or waiting.is_interrupted:
        return
    last = min(session.live.iteration + iterations, session.settings.outer.num_iterations)
    session.advance(iterations)
    with training_progress(session.live, last) as progress:
        waiting.until(lambda: session.live.iteration >= last or session.live.reason != "", math.inf, progress.show)
