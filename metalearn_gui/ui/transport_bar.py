"""The bar at the top of the task and of every view: names, then the transport, at one place in all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.elided_label import ElidedLabel, Hint
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.theme import scaled, theme, ui_font
from metalearn_gui.ui.translated import Translated
from metalearn_gui.ui.transport import ACTIVE_STATES, ROUND, SQUARE, header_button, names_column, show_running

HEIGHT = 62  # 60 and the line of progress
SMALL, USUAL = (1024, 162), (1440, 262)  # widths of a bar, and of its names there
NARROW = 1100


class TransportBar(Translated, QFrame):
    """Where a bar is too narrow for all that it holds, `cuts` are made, in turn, until the rest fits."""

    names: ClassVar[tuple[str, str, str]] = ("", "", "")  # of the three buttons, for scripts

    def __init__(self, session: Session, parent: QWidget | None = None, name: str = "") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._session = session
        self.cuts: list[Callable[[bool], object]] = []  # each leaves something out, or brings it back
        self.setProperty("kind", "bar")
        self.setFixedHeight(HEIGHT)
        self._title, self._subtitle = ElidedLabel("", self), Hint("", self)
        self._subtitle.setFont(ui_font(12))
        self._subtitle.setProperty("tone", "muted")
        run, step, reset = self.names
        self.run = header_button(run, "round", ROUND, self)
        self.step = header_button(step, "square", SQUARE, self)
        self.reset = header_button(reset, "square", SQUARE, self)
        self.line = QHBoxLayout(self)
        self.line.addLayout(names_column(self._title, self._subtitle))
        for button in (self.run, self.step, self.reset):
            self.line.addWidget(button)
        session.stateChanged.connect(self._show_state)
        session.readinessChanged.connect(self._show_state)

    def fit(self) -> None:
        """Leave out what there is no room for at this width and zoom, and nothing else."""
        self._size_names()
        for cut in self.cuts:
            cut(False)
        self.tighten()
        self.line.activate()  # else a view that is shown for the first time is seen to move

    def tighten(self) -> None:
        """Leave out more, where what is in sight has grown."""
        for cut in self.cuts:
            if self._fits():
                return
            cut(True)

    def _fits(self) -> bool:
        for layout in (self.line, *self.line.findChildren(QLayout)):
            layout.invalidate()  # Qt does so only when it lays the bar out
        return self.line.minimumSize().width() <= self.width()

    def _size_names(self) -> None:
        """The column of names depends on the bar's width alone: so the buttons after it stand alike in every view."""
        width = self.width() / theme().zoom
        share = min(1.0, max(0.0, (width - SMALL[0]) / (USUAL[0] - SMALL[0])))
        self._title.setFont(ui_font(14 if width <= NARROW else 16, 700))
        for label in (self._title, self._subtitle):
            label.setFixedWidth(scaled(SMALL[1] + share * (USUAL[1] - SMALL[1])))
        self.line.setContentsMargins(scaled(14 + 6 * share), 0, scaled(8 + 4 * share), 2)
        self.line.setSpacing(scaled(6 + 2 * share))

    def _show_state(self) -> None:
        is_active = self._session.run_state in ACTIVE_STATES
        self.show_running(is_active, is_active or self._session.can_run, self._session.readiness)
        self.step.setEnabled(self._session.can_run)

    def show_running(self, is_active: bool, is_enabled: bool, waits_for: str = "") -> None:
        """What the round button says and whether it answers."""
        show_running(self.run, is_active, waits_for)
        self.run.setEnabled(is_enabled)

    def retranslate(self) -> None:
        """Write every visible text of the transport."""
        texts = {self.step: self.tr("One meta-iteration (S)"), self.reset: self.tr("Back to the same start (R)")}
        for button, text in texts.items():
            button.setToolTip(text)
            button.setAccessibleName(text)
        self._show_state()

    def restyle(self) -> None:
        """Take the theme's colours."""
        for button, name in ((self.step, "step"), (self.reset, "reset")):
            button.setIcon(icon(name))
        self._show_state()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
