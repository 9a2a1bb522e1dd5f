"""What is done to the run of a comparison that has its turn, in a word."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from metalearn_gui.bridge.comparison import Comparing
from metalearn_gui.bridge.session import RunState


def busy_word(comparing: Comparing) -> str:
    """It compiles, trains, or stands still; a compilation goes on through a pause."""
    if comparing.is_compiling:
        return QCoreApplication.translate("Busy", "compiles")
    if comparing.state is RunState.PAUSED:
        return QCoreApplication.translate("Busy", "paused")
    return QCoreApplication.translate("Busy", "trains")
