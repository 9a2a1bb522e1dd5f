"""A part of a widget's picture, kept while it stays the same: for what takes longer to paint than a frame has."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from metalearn_gui.ui.theme import theme


class Layer:
    """As large as its widget; another size, theme or zoom has it painted anew, as `forget` has."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._picture = QPixmap()
        self._key: tuple[object, ...] = ()

    def forget(self) -> None:
        """What it shows has changed."""
        self._key = ()

    def draw(self, painter: QPainter, paint: Callable[[QPainter], None]) -> None:
        """The picture, which `paint` draws where there is none that holds."""
        widget, ratio = self._widget, self._widget.devicePixelRatioF()
        key = (widget.size(), ratio, theme().is_dark, theme().zoom)
        if key != self._key:
            self._key = key
            self._picture = QPixmap(widget.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            own = QPainter(self._picture)
            own.setRenderHints(painter.renderHints())
            paint(own)
            own.end()
        painter.drawPixmap(0, 0, self._picture)
