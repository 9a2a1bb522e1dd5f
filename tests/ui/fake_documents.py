"""The session's file, without a disk."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from metalearn_gui.store.link import from_link, to_link


class FakeDocuments(QObject):
    """Behaves like bridge.documents.Documents for a window."""

    changed = Signal()

    def __init__(self, session: QObject) -> None:
        super().__init__(session)
        self._session = session
        self.path, self.is_dirty = "", False

    def link(self) -> str:
        return to_link(self._session.settings)

    def open_link(self, text: str) -> bool:
        self._session.set_settings(from_link(text)[0])
        return True

    def save_soon(self, path: str = "") -> None:
        self._session.calls.append(("save", path))
        self.path = path or self.path
        self.changed.emit()

    def open_soon(self, path: str) -> None:
        self._session.calls.append(("open", path))
