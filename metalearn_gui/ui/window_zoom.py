"""How large a window shows everything: what a person chose, and the presenter's type where that is shown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QMainWindow, QWidget

from metalearn_gui.ui.lookout import Lookout
from metalearn_gui.ui.theme import theme
from metalearn_gui.ui.zoom import STEPS, fonts_of, rescale, set_zoom

AUTOMATIC = 0.0  # what is chosen where nobody has chosen: by the window's size
ROOMY = QSize(2560, 1440)  # a larger window, on a large screen of many small pixels, is read from further away
STAGE, STAGE_ZOOM = QSize(1920, 1080), 1.7  # type for the last row, on a stage's screen; less on a smaller one


class WindowZoom(QObject):
    """No larger than the window has room for: at every zoom it holds what the smallest window holds."""

    changed = Signal()

    def __init__(self, window: QMainWindow, smallest: QSize) -> None:
        super().__init__(window)
        self._window, self._smallest = window, smallest
        self._is_on_stage = False
        set_zoom(1.0)  # what is built is in pixels of the design, whatever another window has left
        self._applied = 1.0
        self.chosen = AUTOMATIC
        self._fonts: list[tuple[QWidget, QFont]] = []  # while style sheets are exchanged
        Lookout(window, self._look)
        theme().changing.connect(self._keep_fonts)
        theme().changed.connect(self._rescale)  # before all others: what they set anew is as large already

    def choose(self, zoom: float) -> None:
        """A person's wish, kept until another one; AUTOMATIC for none."""
        self.chosen = AUTOMATIC if zoom == AUTOMATIC else min(max(zoom, STEPS[0]), STEPS[-1])
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
        """The window has another size or screen, or should have another zoom."""
        theme().set_pixel_ratio(self._window.devicePixelRatioF())
        on_stage = STAGE_ZOOM * self._largest(STAGE)
        chosen = self.chosen or self._usual
        wanted = on_stage if self._is_on_stage else min(chosen, self._largest(self._smallest))
        if max(STEPS[0], wanted) != theme().zoom:
            set_zoom(max(STEPS[0], wanted))
            self.changed.emit()

    def _look(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.DevicePixelRatioChange):
            self.follow()
        return False

    def _keep_fonts(self) -> None:
        self._fonts = fonts_of(self._window)

    def _rescale(self) -> None:
        for widget, font in self._fonts:
            widget.setFont(font)
        self._fonts = []
        if self._applied != theme().zoom:
            ratio, self._applied = theme().zoom / self._applied, theme().zoom
            rescale(self._window, ratio)

    @property
    def _usual(self) -> float:
        """Of STEPS, so that a window that is being drawn larger is not laid out anew with every pixel."""
        return max(zoom for zoom in STEPS if zoom <= max(STEPS[0], self._largest(ROOMY)))

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
