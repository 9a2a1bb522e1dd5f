"""A card of the view "Inside": it has its part of `session.inside` watched only while it can be seen."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import QRectF
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.canvas.axes import draw_words
from metalearn_gui.ui.panel import Panel


class InsidePanel(Panel):
    """A subclass names its `part`, fills the body, and draws in `refresh`."""

    part: ClassVar[str]

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.watched = getattr(session.inside, self.part)
        self.watched.changed.connect(self.refresh)
        self.watched.waited.connect(self.refresh)
        self._is_watching = False
        session.unseen.stepChanged.connect(self.refresh)
        session.shownChanged.connect(self.tell)

    @property
    def result(self) -> Any:
        """What there is to draw; None while it is not there."""
        return self.watched.result

    @property
    def adapts_once(self) -> bool:
        """Whether the shown learner reads a support set in one pass: it takes no steps, and no weight moves."""
        return self.session.shown.settings.learner.adapts_once

    def waiting(self, doing: str) -> str:
        """What stands where the result will: why there is none, or what is done for it, and for how long already."""
        if not self.session.can_run:
            return self.session.readiness
        return self.watched.lack or ", ".join(filter(None, (doing, self.watched.so_far)))

    def tell(self) -> None:
        """Explain the card, in words that are true of the shown learner."""

    def add_content(self, content: QWidget) -> None:
        """What gives its place to a line of words while there is nothing to draw (see `show_content`)."""
        self._words = _Words(content.parentWidget())
        self._drawn = content
        for widget in (self._words, content):
            self.body.addWidget(widget, 1)

    def show_content(self, instead: str) -> None:
        """The content; while there is no result, these words."""
        is_there = self.result is not None
        self._words.show_text("" if is_there else instead)
        self._words.setVisible(not is_there)
        self._drawn.setVisible(is_there)

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


class _Words(QWidget):
    """Lines in the middle that ask for no room: a QLabel that wraps would make its card higher."""

    def show_text(self, text: str) -> None:
        if text != self.accessibleName():
            self.setAccessibleName(text)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_words(QPainter(self), QRectF(self.rect()), self.accessibleName())
