"""The bar over a view: what it shows, the transport, live numbers, the view's own buttons, and the way back."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.figure import Figure
from metalearn_gui.ui.moment_figure import MomentFigure
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.transport import header_button, paint_progress
from metalearn_gui.ui.transport_bar import TransportBar


class ViewHeader(TransportBar):
    """Title and transport at the left, `figures` in the middle, what a view puts in `actions` at the right."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, parent)
        self._share = 0.0
        self.back = header_button("back_button", "", None, self)
        self.back.setFixedHeight(34)
        self.back.setFont(ui_font(13, 600))
        self.figures, self.buttons = QHBoxLayout(), QHBoxLayout()
        self.line.addSpacing(10)
        self.line.addLayout(self.figures)
        self.line.addStretch(1)
        self.line.addLayout(self.buttons)
        self.line.addWidget(self.back)
        theme().changed.connect(self.restyle)
        self.restyle()

    # --- for views --------------------------------------------------------------------------------

    def set_texts(self, title: str, subtitle: str) -> None:
        """What the view is, and of what."""
        self._title.setText(title)
        self._subtitle.setText(subtitle)

    def add_figure(self, name: str) -> Figure:
        """One more live number; the last of them goes first where there is little room."""
        figure = Figure(name, self)
        self._give_place(figure)
        return figure

    def add_moment(self, name: str) -> MomentFigure:
        """The same of the meta-iteration that is shown."""
        figure = MomentFigure(self._session, name, self)
        self._give_place(figure)
        return figure

    def _give_place(self, figure: Figure) -> None:
        figure.set_room(96)
        self.figures.addWidget(figure)
        self.cuts.insert(0, lambda on: figure.setVisible(not on))

    def set_progress(self, share: float) -> None:
        """How far what runs here is, from 0 to 1: the line under the bar."""
        self._share = min(1.0, max(0.0, share))
        self.update()

    # --- inside -------------------------------------------------------------------------------------

    def _size_names(self) -> None:
        super()._size_names()
        for layout in (self.figures, self.buttons):  # told, for a zoom tells them what they have
            layout.setSpacing(self.line.spacing())

    def retranslate(self) -> None:
        super().retranslate()
        self.back.setText(self.tr("Back to the task"))
        self.back.setToolTip(self.tr("Back to the task (Esc)"))
        self.back.setAccessibleName(self.back.text())
        self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar, and under it how far the run is."""
        super().paintEvent(event)
        paint_progress(self, self._share)
