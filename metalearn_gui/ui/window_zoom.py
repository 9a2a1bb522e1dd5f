"""How large a window shows everything: what a person chose, and the presenter's type where that is shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QMainWindow

from metalearn_gui.ui.theme import theme
from metalearn_gui.ui.zoom import STEPS, rescale, set_zoom

STAGE, STAGE_ZOOM = QSize(1920, 1080), 1.7  # type for the last row, on a stage's screen; less on a smaller one


class WindowZoom(QObject):
    """No larger than the window has room for: at every zoom it holds what the smallest window holds."""

    changed = Signal()

    def __init__(self, window: QMainWindow, smallest: QSize) -> None:
        super().__init__(window)
        self._window, self._smallest = window, smallest
        self._is_on_stage = False
        self._applied = 1.0
        self.chosen = 1.0
        theme().changed.connect(self._rescale)  # before all others: what they set anew is as large already

    def choose(self, zoom: float) -> None:
        """A person's wish, kept until another one."""
        self.chosen = min(max(zoom, STEPS[0]), STEPS[-1])
        self.follow()

    def step(self, by: int) -> None:
        """The next larger or smaller of STEPS."""
        shown = theme().zoom
        further = [zoom for zoom in STEPS if (zoom - shown) * by > 0.001 and zoom <= self._largest(self._smallest)]
        if further:
            self.choose(min(further) if by > 0 else max(further))

    def set_stage(self, on: bool) -> None:
        """Fill the screen with the presenter's type, or go back to the window as it was."""
        if on != self._is_on_stage:
            self._is_on_stage = on
            self._fill_screen(on)
        self.follow()

    def follow(self) -> None:
        """The window has another size, or should have another zoom."""
        on_stage = STAGE_ZOOM * self._largest(STAGE)
        wanted = on_stage if self._is_on_stage else min(self.chosen, self._largest(self._smallest))
        if max(STEPS[0], wanted) != theme().zoom:
            set_zoom(max(STEPS[0], wanted))
            self.changed.emit()

    def _rescale(self) -> None:
        if self._applied != theme().zoom:
            ratio, self._applied = theme().zoom / self._applied, theme().zoom
            rescale(self._window, ratio)

    def _largest(self, size: QSize) -> float:
        """How often a size goes into the window."""
        return min(self._window.width() / size.width(), self._window.height() / size.height())

    def _fill_screen(self, on: bool) -> None:
        screen = self._window.screen().size()
        has_room = screen.width() >= self._smallest.width() and screen.height() >= self._smallest.height()
        if on and has_room:
            self._window.setWindowState(self._window.windowState() | Qt.WindowState.WindowFullScreen)
        elif not on:
            self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowFullScreen)
