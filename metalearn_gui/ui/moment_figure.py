"""The meta-iteration that is shown, in the bar of every layout: of the past, it says so and leads back to now."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.figure import Figure
from metalearn_gui.ui.text import count_text
from metalearn_gui.ui.translated import Translated


class MomentFigure(Translated, Figure):
    """A press on it shows the run as it is now, where it shows a moment of the past."""

    def __init__(self, session: Session, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self._session = session
        self.retranslate()

    def show_moment(self, unit: str = "") -> None:
        """The shown run's; unit: what follows the number of now."""
        is_past = self._session.moment is not None  # must be said even where there is little room
        self.show_value(count_text(self._session.shown_iteration), self.tr("past") if is_past else unit)
        self.set_tone("accent" if is_past else "muted")
        help = self.tr("The run as it was then; a press leads back to now (Ctrl+K, Back to now)")
        self.setToolTip(help if is_past else "")
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_past else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._session.moment is not None:
            self._session.show_now()
        else:
            super().mousePressEvent(event)

    def retranslate(self) -> None:
        """Write the caption."""
        self.set_caption(self.tr("meta-iteration"))
