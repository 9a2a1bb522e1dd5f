"""Larger type, and larger places for it, in widgets that are there already.

What is painted and what is built from now on asks the theme (`ui_font`, `scaled`); fonts and sizes that widgets
were given before are taken along here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractButton, QApplication, QGridLayout, QLayout, QWidget

from metalearn_gui.ui.steady_label import SteadyLabel
from metalearn_gui.ui.theme import theme

W = TypeVar("W", bound=QWidget)
STEPS = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5)
UNBOUNDED = 16_777_215  # Qt's word for no maximum


def set_zoom(zoom: float) -> None:
    """Everything of the application at another size; each window takes its own widgets along."""
    application = QApplication.instance()
    if zoom != theme().zoom and isinstance(application, QApplication):
        application.setFont(_rescaled(application.font(), zoom / theme().zoom))
        theme().set_zoom(zoom)


def rescale(window: QWidget, ratio: float) -> None:
    """All that a window holds, and the windows that belong to it."""
    # Not the application's list of all widgets: Python would remember those that Qt made for itself beyond their end.
    widgets = [window, *window.findChildren(QWidget)]
    for widget in widgets:
        if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont):
            widget.setFont(_rescaled(widget.font(), ratio))
        _rescale_places(widget, ratio)
    for widget in widgets:
        widget.updateGeometry()


def fonts_of(window: QWidget) -> list[tuple[QWidget, QFont]]:
    """The fonts that were set for widgets of a window and of those that belong to it."""
    widgets = (window, *window.findChildren(QWidget))
    return [(widget, widget.font()) for widget in widgets if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont)]


def fit_new(widget: W) -> W:
    """Take a widget along that was built at this zoom: its fonts are as large already, its places are not."""
    if theme().zoom != 1.0:
        widgets: list[QWidget] = [widget, *widget.findChildren(QWidget)]
        for one in widgets:
            if not isinstance(one, SteadyLabel):  # as large as its text, which is as large already
                _rescale_places(one, theme().zoom)
    return widget


def _rescaled(font: QFont, ratio: float) -> QFont:
    if font.pixelSize() > 0:
        font.setPixelSize(round(font.pixelSize() * ratio))
    return font


def _rescale_places(widget: QWidget, ratio: float) -> None:
    if isinstance(widget, QAbstractButton):
        widget.setIconSize(widget.iconSize() * ratio)
    if not widget.isWindow():
        least, most = widget.minimumSize(), widget.maximumSize()
        widget.setMinimumSize(QSize(round(least.width() * ratio), round(least.height() * ratio)))
        widget.setMaximumSize(QSize(_bound(most.width(), ratio), _bound(most.height(), ratio)))
    if (top := widget.layout()) is not None:
        _rescale_gaps([top, *top.findChildren(QLayout)], ratio)


def _bound(pixels: int, ratio: float) -> int:
    return pixels if pixels >= UNBOUNDED else round(pixels * ratio)


def _rescale_gaps(layouts: Sequence[QLayout], ratio: float) -> None:
    """All are read before any is set: a layout without gaps of its own has those of the one around it."""
    found = [(layout.contentsMargins(), _spacings(layout)) for layout in layouts]
    for layout, (margins, spacings) in zip(layouts, found, strict=True):
        sides = (margins.left(), margins.top(), margins.right(), margins.bottom())
        layout.setContentsMargins(*(round(side * ratio) for side in sides))
        wanted = [round(pixels * ratio) if pixels > 0 else pixels for pixels in spacings]
        if isinstance(layout, QGridLayout):
            layout.setHorizontalSpacing(wanted[0])
            layout.setVerticalSpacing(wanted[1])
        else:
            layout.setSpacing(wanted[0])


def _spacings(layout: QLayout) -> tuple[int, ...]:
    """A grid has two, and its common one tells neither where they differ."""
    if isinstance(layout, QGridLayout):
        return layout.horizontalSpacing(), layout.verticalSpacing()
    return (layout.spacing(),)
