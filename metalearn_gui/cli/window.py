"""`metalearn-gui` without a command: opens the window, or renders it to a picture."""

from __future__ import annotations

import os

from metalearn_gui import display
from metalearn_gui.cli.parser import Options
from metalearn_gui.cli.window_options import DEFAULT_SIZE, check, parser, refuse_a_missing_screen, start_settings

__all__ = ["parser", "run"]

PICTURE, PICTURE_ITERATIONS = "metalearn-playground.png", 2000  # where there is no display


def run(options: Options) -> int:
    """Open the window and stay until it is closed, or render it."""
    check(options)
    settings = start_settings(options)  # refused before anything is said or shown
    if display.is_absent() and not options.screenshot:
        print(f"There is no display here, so the window is rendered to {PICTURE} instead.", flush=True)
        options.screenshot, options.size = PICTURE, options.size or DEFAULT_SIZE
        options.iterations = PICTURE_ITERATIONS if options.iterations is None else options.iterations
    if options.screenshot:
        # The same picture everywhere, of exactly the size that was asked for, and no window that flashes up.
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    refuse_a_missing_screen()
    from metalearn_gui import app, screenshot  # Qt, now that it can be loaded

    return screenshot.render(options, settings) if options.screenshot else app.run_window(options, settings)
