"""Where the program remembers things between two starts. METALEARN_HOME moves all of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

FOLDER = "metalearn-playground"


def home() -> Path:
    """The folder of all remembered state; it may not exist yet."""
    chosen = os.environ.get("METALEARN_HOME")
    return Path(chosen).expanduser() if chosen else _DATA_FOLDERS.get(sys.platform, _xdg_folder)() / FOLDER


def recovery_folder() -> Path:
    """Where unsaved sessions wait for the next start."""
    return home() / "recovery"


def images_folder() -> Path:
    """Images that were read, small, so that no file is read twice."""
    return home() / "images"


def log_file() -> Path:
    """What went wrong, for a report."""
    return home() / "errors.log"


def _xdg_folder() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def _mac_folder() -> Path:
    return Path.home() / "Library" / "Application Support"


def _windows_folder() -> Path:
    return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")


_DATA_FOLDERS: dict[str, Callable[[], Path]] = {"darwin": _mac_folder, "win32": _windows_folder}
