"""What stands in a card of results before there are any."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from metalearn_gui.bridge.session import Session


def waiting_text(session: Session, kind: str) -> str:
    """What a comparison of this kind waits for, once Run has been pressed; "" where it has not."""
    comparing = session.comparing
    if not comparing.is_active or comparing.kind != kind:
        return ""
    text = QCoreApplication.translate("Waiting", "Waits for its turn")
    return " · ".join(filter(None, (text, session.readiness)))
