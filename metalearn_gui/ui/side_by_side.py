"""A button beside the task, while several runs train in place of its run: how far they are, and the ways on."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from metalearn_gui.bridge.run_state import RunState
from metalearn_gui.bridge.session import Session
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.named import named
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.translated import Translated


class SideBySideButton(Translated, QPushButton):
    """Hidden while nothing is compared."""

    appeared = Signal()  # or is hidden, or has another width
    openAsked = Signal(str)  # the view they belong to, by its key

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("side_by_side_button")
        self._comparing = session.comparing
        self._is_short = False
        self.setFixedHeight(34)
        self.setFont(ui_font(12.5, 600))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setVisible(False)
        self.clicked.connect(self._open_menu)
        for signal in (self._comparing.stateChanged, self._comparing.planned, self._comparing.finished):
            signal.connect(self._follow)
        self._comparing.contenderFinished.connect(lambda _run_id: self._follow())
        theme().changed.connect(self._follow)
        self._follow()

    def shorten(self, on: bool) -> None:
        """The icon alone, where there is little room."""
        self._is_short = on
        self.setText("" if on else self._text())

    def menu_of_ways(self) -> QMenu:
        """What can be done with them; deleted when it closes."""
        comparing, menu = self._comparing, named(QMenu(self), "side_by_side_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Show them"), lambda: self.openAsked.emit(comparing.kind))
        if comparing.state is not RunState.STOPPING:
            if comparing.state is RunState.PAUSED:
                menu.addAction(self.tr("Go on"), comparing.resume)
            else:
                menu.addAction(self.tr("Pause"), comparing.pause)
            menu.addAction(self.tr("End it; what is over stays"), comparing.cancel)
        return menu

    def _open_menu(self) -> None:
        self.menu_of_ways().popup(self.mapToGlobal(QPoint(0, self.height())))

    def _follow(self) -> None:
        is_paused = self._comparing.state is RunState.PAUSED
        self.setIcon(icon("pause" if is_paused else "compare", theme().palette.text))
        text = self._text()
        self.setText("" if self._is_short else text)
        self.setAccessibleName(self.tr("Runs side by side: {text}").format(text=text))
        self.setToolTip(self.accessibleName())
        self.setVisible(self._comparing.is_active)
        self.appeared.emit()

    def _text(self) -> str:
        outcome, is_paused = self._comparing.outcome, self._comparing.state is RunState.PAUSED
        if outcome is None or not outcome.num_runs:
            return self.tr("Paused") if is_paused else self.tr("Waits")
        text = self.tr("Paused, {done} of {count}") if is_paused else self.tr("{done} of {count} done")
        return text.format(done=outcome.num_done, count=outcome.num_runs)

    def retranslate(self) -> None:
        """Write the text."""
        self._follow()
