"""What the window remembers between starts. METALEARN_HOME moves it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths, Qt, QTimer

from metalearn_gui.ui.theme import MODES, theme
from metalearn_gui.ui.window_zoom import AUTOMATIC

if TYPE_CHECKING:
    from metalearn_gui.ui.main_window import MainWindow

FILE_NAME, FLOATING = "window.ini", "floating"


def window_memory() -> QSettings:
    """Where it is remembered."""
    home = os.environ.get("METALEARN_HOME")
    location = QStandardPaths.StandardLocation.AppConfigLocation
    folder = Path(home) if home else Path(QStandardPaths.writableLocation(location))
    return QSettings(str(folder / FILE_NAME), QSettings.Format.IniFormat)


def restore_window(window: MainWindow) -> None:
    """Give the window its last geometry and settings in sight, and the application its theme."""
    memory = window_memory()
    if (geometry := _geometry(memory, "geometry")) is not None:
        window.restoreGeometry(geometry)
    else:
        _fit_first(window)
    window.show_all_settings(bool(memory.value("all_settings", False, bool)))
    zoom = memory.value("zoom", AUTOMATIC, float)
    window.zoom.choose(zoom if isinstance(zoom, float) else AUTOMATIC)
    mode = str(memory.value("theme", theme().mode))
    theme().set_mode(mode if mode in MODES else "system")
    memory.beginGroup(FLOATING)
    found = {key: _geometry(memory, key) for key in memory.childKeys()}
    floating = {key: geometry for key, geometry in found.items() if geometry is not None}
    memory.endGroup()
    QTimer.singleShot(0, window, lambda: _tear_off(window, floating))  # once the window itself is there


def _fit_first(window: MainWindow) -> None:
    """At the first start: as large as it is meant to be, or all of a screen that is smaller."""
    room = window.screen().availableSize()
    if window.size().boundedTo(room) != window.size():
        window.resize(window.size().boundedTo(room))
        window.setWindowState(Qt.WindowState.WindowMaximized)  # who draws the frame knows how much it takes


def _geometry(memory: QSettings, key: str) -> QByteArray | None:
    """A window's place; None where there is none, or a damaged file holds something else."""
    value = memory.value(key)
    return value if isinstance(value, QByteArray) else None


def _tear_off(window: MainWindow, floating: Mapping[str, QByteArray]) -> None:
    for key, geometry in floating.items():
        panel = window.cards.panel(key)
        if panel is not None and (not panel.isHidden() or window.chooses(key)):  # else there is nothing to show in it
            panel.float_at(geometry)


def keep_window(window: MainWindow) -> None:
    """Remember geometry, zoom, theme, mode of settings, and which cards have windows of their own."""
    memory = window_memory()
    memory.setValue("geometry", window.saveGeometry())
    memory.setValue("theme", theme().mode)
    memory.setValue("zoom", window.zoom.chosen)
    memory.setValue("all_settings", window.shows_all_settings)
    memory.remove(FLOATING)
    for key, geometry in window.cards.floating().items():
        memory.setValue(f"{FLOATING}/{key}", geometry)
    memory.sync()
