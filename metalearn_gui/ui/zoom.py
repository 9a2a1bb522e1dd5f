"""Larger type, and larger places for it, in widgets that are there already.

What is painted and what is built from now on asks the theme (`ui_font`, `scaled`); fonts and sizes that widgets
were given before are taken along here.
"""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractButton, QApplication, QLayout, QWidget

from metalearn_gui.ui.theme import theme

W = TypeVar("W", bound=QWidget)
STEPS = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5)
UNBOUNDED = 16_777_215  # Qt's word for no maximum


def set_zoom(zoom: float) -> None:
    """Everything of the application at another size."""
    ratio = zoom / theme().zoom
    application = QApplication.instance()
    if ratio == 1.0 or not isinstance(application, QApplication):
        return
    widgets = application.allWidgets()
    fonts = [(one, one.font()) for one in widgets if one.testAttribute(Qt.WidgetAttribute.WA_SetFont)]
    for widget in widgets:
        _rescale_places(widget, ratio)
    application.setFont(_rescaled(application.font(), ratio))
    theme().set_zoom(zoom)
    for widget, font in fonts:  # as they were before: some are set anew where the theme changes
        widget.setFont(_rescaled(font, ratio))
    for widget in widgets:
        widget.updateGeometry()


def fit_new(widget: W) -> W:
    """Take a widget along that was built at this zoom: its fonts are as large already, its places are not."""
    if theme().zoom != 1.0:
        for one in (widget, *widget.findChildren(QWidget)):
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
    if widget.layout() is not None:
        _rescale_gaps(widget.layout(), ratio)


def _bound(pixels: int, ratio: float) -> int:
    return pixels if pixels >= UNBOUNDED else round(pixels * ratio)


def _rescale_gaps(layout: QLayout, ratio: float) -> None:
    margins = layout.contentsMargins()
    sides = (margins.left(), margins.top(), margins.right(), margins.bottom())
    layout.setContentsMargins(*(round(side * ratio) for side in sides))
    layout.setSpacing(round(layout.spacing() * ratio) if layout.spacing() > 0 else layout.spacing())
    for inner in layout.children():  # not by itemAt: see tests/test_layers.py
        if isinstance(inner, QLayout):
            _rescale_gaps(inner, ratio)
