"""Every card of the window and of the view inside: what it is called, and how to get to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QTimer
from PySide6.QtWidgets import QScrollArea

from metalearn_gui.ui.focus_ring import FocusRing
from metalearn_gui.ui.lookout import once
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.panels import INSIDE_PANELS
from metalearn_gui.ui.panels.task import TaskPanel
from metalearn_gui.ui.view_stack import ViewStack
from metalearn_gui.ui.views.inside import InsideView, card_names
from metalearn_gui.ui.views.presenter import PresenterView


class Cards:
    """Acts on a window's cards as a hand would: unfolds one, brings it in sight, tears it off."""

    def __init__(self, window: Any) -> None:
        self._window = window

    def names(self) -> dict[str, str]:
        """Title by key. A card of what the learner shows of itself is there only while there is something to show."""
        named = {}
        for key, panel in self._window.panels.items():
            if not panel.isHidden() or self._window.chooses(key):
                panel.ensurePolished()  # a card that was never seen has no title yet
                named[key] = panel.accessibleName()
        return named | card_names()

    def panel(self, key: str) -> Panel | None:
        """A card; for one of the view inside that view is built, and not shown. None where there is no such card."""
        if key in INSIDE_PANELS:
            return self._window.findChild(ViewStack).view(InsideView.key).panels[key]
        return self._window.panels.get(key)

    def floating(self) -> dict[str, QByteArray]:
        """Where each card stands that has a window of its own."""
        inside = self._window.findChild(InsideView)  # absent until it is asked for
        panels = self._window.panels | ({} if inside is None else inside.panels)
        return {key: panel.floats_at for key, panel in panels.items() if panel.is_detached}

    def show(self, key: str) -> None:
        """Bring a card in sight, unfolded, and give it the keyboard."""
        self._reach(key, self._unfold)

    def touch(self) -> None:
        """Give the keyboard to the task under the hand: on the stage, or where one is brought to it."""
        stage = self._window.findChild(PresenterView)  # absent until it is asked for
        if stage is not None and stage.isVisible():
            _give_keyboard(stage.task)
        else:
            self.show(TaskPanel.key)

    def tear_off(self, key: str) -> None:
        """Give a card a window of its own, or bring the one it has to the front."""
        self._reach(key, self._detach)

    def _reach(self, key: str, do: Callable[[Panel], None]) -> None:
        panel = self._window.panels.get(key) or self._inside_panel(key)
        if panel.is_detached:
            panel.window().raise_()
            _give_keyboard(panel)
            return
        if key in self._window.panels:
            self._window.show_task()
            self._window.reveal_card(key)
        QTimer.singleShot(0, panel, lambda: do(panel))  # once it is laid out anew

    def _inside_panel(self, key: str) -> Panel:
        view = self._window.findChild(InsideView)
        if view is None or not view.isVisible():
            self._window.show_view(InsideView.key)
            view = self._window.findChild(InsideView)
        view.chips[key].setChecked(True)
        return view.panels[key]

    def _unfold(self, panel: Panel) -> None:
        if panel.is_collapsed:
            panel.toggle_collapsed()
        area = _scroll_area_of(panel)
        if area is not None:
            area.ensureWidgetVisible(panel)
        _give_keyboard(panel)

    def _detach(self, panel: Panel) -> None:
        if not panel.is_detached:
            panel.toggle_detached()
        _give_keyboard(panel)


def _give_keyboard(panel: Panel) -> None:
    """In the window that the card is in, from whichever has it."""
    window = panel.window()
    if window.isActiveWindow():
        _take_keyboard(panel)
    else:  # which would take it, once it is there, as if by a press
        once(window, QEvent.Type.WindowActivate, lambda: QTimer.singleShot(0, panel, lambda: _take_keyboard(panel)))
        window.activateWindow()


def _take_keyboard(panel: Panel) -> None:
    panel.take_keyboard()
    ring = panel.window().findChild(FocusRing)
    if ring is not None:
        ring.follow()


def _scroll_area_of(panel: Panel) -> QScrollArea | None:
    place = panel.parentWidget()
    while place is not None and not isinstance(place, QScrollArea):
        place = place.parentWidget()
    return place
