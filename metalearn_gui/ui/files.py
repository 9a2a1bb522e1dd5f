"""The session's file: asking where, opening, saving, and the window's title."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.data_files import dropped_files

SUFFIX, TITLE = ".metalearn", "MetaLearn Playground"


class SessionFile(QObject):
    """What the file commands do for a window."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        session.documents.changed.connect(self.show_title)
        self.show_title()

    def open(self, path: str = "") -> None:
        """Open a path, or ask for one."""
        path = path or ask_open_path(self._window)
        if path:
            self._session.documents.open_soon(path)

    def save(self) -> None:
        """Save where it is, or ask where."""
        if self._session.documents.path:
            self._session.documents.save_soon()
        else:
            self.save_as()

    def save_as(self) -> None:
        """Ask where to save."""
        path = ask_save_path(self._window, self._session.documents.path)
        if path:
            self._session.documents.save_soon(path)

    def show_title(self) -> None:
        """The file's name and the program's in the window's title."""
        name = Path(self._session.documents.path).name
        self._window.setWindowTitle(f"{name} – {TITLE}" if name else TITLE)


def ask_open_path(parent: QWidget) -> str:
    """The session file to open, or "" where the person thought better of it."""
    title = QCoreApplication.translate("Files", "Open a session")
    path, _ = QFileDialog.getOpenFileName(parent, title, "", _pattern())
    return path


def ask_save_path(parent: QWidget, path: str) -> str:
    """Where to save, or ""; the suffix is added where it lacks."""
    title = QCoreApplication.translate("Files", "Save the session")
    path, _ = QFileDialog.getSaveFileName(parent, title, path or f"session{SUFFIX}", _pattern())
    return str(Path(path).with_suffix(SUFFIX)) if path and not Path(path).suffix else path


def dropped_session(data: QMimeData) -> str:
    """The path of the one session file in a drop, or ""."""
    paths = dropped_files(data)
    return paths[0] if len(paths) == 1 and paths[0].endswith(SUFFIX) else ""


def _pattern() -> str:
    return QCoreApplication.translate("Files", "Sessions (*.metalearn)")
