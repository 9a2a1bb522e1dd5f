"""What stands in a card of results before there are any."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from metalearn_gui.bridge.session import Session


class Waiting(QObject):
    """What a comparison of one kind waits for, once Run has been pressed."""

    changed = Signal()  # text

    def __init__(self, session: Session, kind: str, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._kind = session, kind
        self._said = ""
        for signal in (session.readinessChanged, session.comparing.stateChanged):
            signal.connect(self._follow)

    @property
    def text(self) -> str:
        """In a line; "" where nothing waits."""
        comparing = self._session.comparing
        if not comparing.is_active or comparing.kind != self._kind:
            return ""
        return " · ".join(filter(None, (self.tr("Waits for its turn"), self._session.readiness)))

    def _follow(self) -> None:
        if self.text != self._said:
            self._said = self.text
            self.changed.emit()
