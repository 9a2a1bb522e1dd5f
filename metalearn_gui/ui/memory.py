"""What the window remembers between starts. METALEARN_HOME moves it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QStandardPaths

from metalearn_gui.ui.theme import MODES, theme
from metalearn_gui.ui.window_zoom import AUTOMATIC

if TYPE_CHECKING:
    from metalearn_gui.ui.main_window import MainWindow

FILE_NAME = "window.ini"


def window_memory() -> QSettings:
    """The remembered geometry, theme and mode of settings."""
    home = os.environ.get("METALEARN_HOME")
    location = QStandardPaths.StandardLocation.AppConfigLocation
    folder = Path(home) if home else Path(QStandardPaths.writableLocation(location))
    return QSettings(str(folder / FILE_NAME), QSettings.Format.IniFormat)


def restore_window(window: MainWindow) -> None:
    """Give the window its last geometry and settings in sight, and the application its theme."""
    memory = window_memory()
    if memory.contains("geometry"):
        window.restoreGeometry(memory.value("geometry"))
    window.show_all_settings(memory.value("all_settings", False, bool))
    window.zoom.choose(memory.value("zoom", AUTOMATIC, float))
    mode = str(memory.value("theme", theme().mode))
    theme().set_mode(mode if mode in MODES else "system")


def keep_window(window: MainWindow) -> None:
    """Remember geometry, zoom, theme and mode of settings."""
    memory = window_memory()
    memory.setValue("geometry", window.saveGeometry())
    memory.setValue("theme", theme().mode)
    memory.setValue("zoom", window.zoom.chosen)
    memory.setValue("all_settings", window.shows_all_settings)
    memory.sync()
