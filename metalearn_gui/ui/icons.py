"""Icons and small pictures from SVG files, drawn in the theme's colours."""

from __future__ import annotations

import functools
import re

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from metalearn_gui.assets import asset
from metalearn_gui.ui.kept import without_tools
from metalearn_gui.ui.theme import theme

# Logical pixels that icons are shown at; each is rendered for the scale of every screen, so that none is scaled.
SIZES = (12, 14, 16, 18, 20, 22, 24, 28)
_TOKEN = re.compile(r"var\(--(\w+)\)")


def icon(name: str, color: QColor | None = None) -> QIcon:
    """The icon assets/icons/NAME.svg in a colour (the text's, if none), muted while disabled."""
    ratios = frozenset(screen.devicePixelRatio() * theme().zoom for screen in QGuiApplication.screens())
    kept = _kept(theme().is_dark, ratios)
    key = (name, (color or theme().palette.text).name())
    if key not in kept:
        kept[key] = _drawn(*key, theme().palette.muted.name(), ratios)
    return kept[key]


def has_icon(name: str) -> bool:
    """Whether there is such a file."""
    return asset("icons", f"{name}.svg").is_file()


def svg(name: str, color: QColor | None = None) -> QSvgRenderer:
    """A renderer of the icon or picture in the theme's colours, for painting at any size."""
    return _renderer(name, (color or theme().palette.text).name())


def pixmap(name: str, width: int, height: int, ratio: float, color: QColor | None = None) -> QPixmap:
    """The picture at a size in logical pixels, sharp at that device pixel ratio."""
    result = QPixmap(round(width * ratio), round(height * ratio))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    svg(name, color).render(painter, QRectF(0, 0, result.width(), result.height()))
    painter.end()
    result.setDevicePixelRatio(ratio)
    return without_tools(result)


@functools.lru_cache(maxsize=4)
def _kept(is_dark: bool, ratios: frozenset[float]) -> dict[tuple[str, str], QIcon]:
    """Icons by name and colour, of one theme and scale: people go to and fro between two, and on and off a stage."""
    return {}


def _drawn(name: str, color: str, disabled: str, ratios: frozenset[float]) -> QIcon:
    result = QIcon()
    device_sizes = sorted({round(size * ratio) for size in SIZES for ratio in ratios})
    for mode, tint in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, disabled)):
        renderer = _renderer(name, tint)
        for size in device_sizes:
            image = QPixmap(size, size)
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            renderer.render(painter, QRectF(0, 0, size, size))
            painter.end()
            result.addPixmap(without_tools(image), mode)
    return result


def _renderer(name: str, color: str) -> QSvgRenderer:
    source = _source(name).replace("currentColor", color)
    source = _TOKEN.sub(lambda match: theme().color_of(match.group(1)).name(), source)
    return QSvgRenderer(QByteArray(source.encode()))


@functools.cache
def _source(name: str) -> str:
    return asset("icons", f"{name}.svg").read_text(encoding="utf-8")
