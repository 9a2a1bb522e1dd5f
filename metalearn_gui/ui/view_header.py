"""The bar over a view: what it shows, the transport, live numbers, the view's own buttons, and the way back."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.elided_label import ElidedLabel
from metalearn_gui.ui.figure import Figure
from metalearn_gui.ui.header import HEIGHT
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.transport import (
    ACTIVE_STATES,
    ROUND,
    SQUARE,
    header_button,
    names_column,
    paint_progress,
    show_running,
)


class ViewHeader(QFrame):
    """Title and transport at the left, `figures` in the middle, what a view puts in `actions` at the right."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._share = 0.0
        self.setProperty("kind", "bar")
        self.setFixedHeight(HEIGHT)
        self.run = header_button("", "round", ROUND, self)
        self.step = header_button("", "square", SQUARE, self)
        self.reset = header_button("", "square", SQUARE, self)
        self.back = header_button("back_button", "", None, self)
        self.back.setFixedHeight(34)
        self.back.setFont(ui_font(13, 600))
        self._title, self._subtitle = ElidedLabel("", self), ElidedLabel("", self)
        self._subtitle.setFont(ui_font(12))
        self._subtitle.setProperty("tone", "muted")
        self.figures, self.actions = QHBoxLayout(), QHBoxLayout()
        self._arrange()
        theme().changed.connect(self._restyle)
        session.stateChanged.connect(self._show_state)
        session.readinessChanged.connect(self._show_state)
        self._restyle()

    def _arrange(self) -> None:
        self._line = line = QHBoxLayout(self)
        line.setSpacing(8)
        line.addLayout(names_column(self._title, self._subtitle), 1)
        for button in (self.run, self.step, self.reset):
            line.addWidget(button)
        line.addSpacing(10)
        line.addLayout(self.figures)
        line.addStretch(1)
        line.addLayout(self.actions)
        line.addWidget(self.back)
        self.set_compact(False)

    # --- for views --------------------------------------------------------------------------------

    def set_texts(self, title: str, subtitle: str) -> None:
        """What the view is, and of what."""
        self._title.setText(title)
        self._subtitle.setText(subtitle)

    def add_figure(self, name: str) -> Figure:
        """One more live number."""
        figure = Figure(name, self)
        figure.setMinimumWidth(96)
        self.figures.addWidget(figure)
        return figure

    def set_progress(self, share: float) -> None:
        """How far what runs here is, from 0 to 1: the line under the bar."""
        self._share = min(1.0, max(0.0, share))
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Leave out what a narrow window has no room for."""
        self._title.setFont(ui_font(14 if compact else 16, 700))
        for label in (self._title, self._subtitle):
            label.setMinimumWidth(scaled(162 if compact else 262))
        self._line.setContentsMargins(scaled(14 if compact else 20), 0, scaled(8 if compact else 12), 2)

    def show_running(self, is_active: bool, is_enabled: bool, waits_for: str = "") -> None:
        """What the round button says and whether it answers."""
        show_running(self.run, is_active, waits_for)
        self.run.setEnabled(is_enabled)

    # --- inside -------------------------------------------------------------------------------------

    def _show_state(self) -> None:
        is_active = self._session.run_state in ACTIVE_STATES
        self.show_running(is_active, is_active or self._session.can_run, self._session.readiness)
        self.step.setEnabled(self._session.can_run)

    def retranslate(self) -> None:
        """Write every visible text of its own."""
        self.back.setText(self.tr("Back to the task"))
        texts = {
            self.step: self.tr("One meta-iteration (S)"),
            self.reset: self.tr("Back to the same start (R)"),
            self.back: self.tr("Back to the task (Esc)"),
        }
        for button, text in texts.items():
            button.setToolTip(text)
            button.setAccessibleName(text)
        self._show_state()

    def _restyle(self) -> None:
        for button, name in ((self.step, "step"), (self.reset, "reset")):
            button.setIcon(icon(name))
        self._show_state()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar, and under it how far the run is."""
        super().paintEvent(event)
        paint_progress(self, self._share)
