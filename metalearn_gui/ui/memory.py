"""What the window remembers between starts. METALEARN_HOME moves it."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtWidgets import QMainWindow

from metalearn_gui.ui.theme import MODES, theme

FILE_NAME = "window.ini"


def window_memory() -> QSettings:
    """The remembered geometry and theme."""
    home = os.environ.get("METALEARN_HOME")
    location = QStandardPaths.StandardLocation.AppConfigLocation
    folder = Path(home) if home else Path(QStandardPaths.writableLocation(location))
    return QSettings(str(folder / FILE_NAME), QSettings.Format.IniFormat)


def restore_window(window: QMainWindow) -> None:
    """Give the window its last geometry, and the application its theme."""
    memory = window_memory()
    if memory.contains("geometry"):
        window.restoreGeometry(memory.value("geometry"))
    mode = str(memory.value("theme", theme().mode))
    theme().set_mode(mode if mode in MODES else "system")


def keep_window(window: QMainWindow) -> None:
    """Remember geometry and theme."""
    memory = window_memory()
    memory.setValue("geometry", window.saveGeometry())
    memory.setValue("theme", theme().mode)
    memory.sync()
