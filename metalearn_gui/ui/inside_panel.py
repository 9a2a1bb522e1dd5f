"""A card of the view "Inside": it has its part of `session.inside` watched only while it can be seen."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.panel import Panel


class InsidePanel(Panel):
    """A subclass names its `part`, fills the body, and draws in `refresh`."""

    part: ClassVar[str]

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.watched = getattr(session.inside, self.part)
        self.watched.changed.connect(self.refresh)
        self._is_watching = False
        session.unseen.stepChanged.connect(self.refresh)

    @property
    def result(self) -> Any:
        """What there is to draw; None while it is not there."""
        return self.watched.result

    def refresh(self) -> None:
        """Draw the result."""
        raise NotImplementedError

    def restyle(self) -> None:
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._watch(False)

    def _watch(self, on: bool) -> None:
        if on != self._is_watching:
            self._is_watching = on
            self.watched.watch(on)
