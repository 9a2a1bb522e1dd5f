"""Colours and type: one Theme, whose tokens make the palette, the style sheet and every drawn thing."""

from __future__ import annotations

import dataclasses
import functools
import re
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from metalearn_gui.assets import asset

FONT_FAMILY = "Inter"
MODES = ("system", "dark", "light")
_PIXELS = re.compile(r"(-?\d+)px")


@dataclasses.dataclass(frozen=True)
class Palette:
    """Each colour means one thing in every plot, canvas and table."""

    background: QColor
    panel: QColor
    card: QColor
    line: QColor
    text: QColor
    muted: QColor
    learner: QColor  # also the accent
    before: QColor
    truth: QColor
    unseen: QColor
    scratch: QColor
    transfer: QColor
    error: QColor
    accent_text: QColor
    green_text: QColor
    on_accent: QColor
    series: tuple[QColor, ...]  # runs and classes, each with a shape beside it


def _palette(series: tuple[str, ...], **colors: str) -> Palette:
    named = {name: QColor(value) for name, value in colors.items()}
    return Palette(**named, series=tuple(QColor(value) for value in series))


DARK = _palette(
    background="#14171c", panel="#1b1f27", card="#222732", line="#313846", text="#e7eaf0", muted="#98a2b4",
    learner="#f5a524", before="#5aa9ff", truth="#7d8797", unseen="#2ec4c6", scratch="#3ecf8e", transfer="#b18cff",
    error="#ff6b6b", accent_text="#f5a524", green_text="#3ecf8e", on_accent="#14171c",
    series=("#3fc8e4", "#c6d94a", "#ff7eb6", "#8c98ff", "#ff9a70"),
)  # fmt: skip
LIGHT = _palette(
    background="#f4f5f7", panel="#ffffff", card="#ffffff", line="#dfe3ea", text="#1b2130", muted="#5d677a",
    learner="#e07b00", before="#0877bd", truth="#98a2b3", unseen="#0b7f86", scratch="#12875a", transfer="#6b48c8",
    error="#c8372d", accent_text="#a35900", green_text="#0d7049", on_accent="#14171c",
    series=("#1391ab", "#7b8a00", "#d6408a", "#5c69e6", "#d4602c"),
)  # fmt: skip


class Theme(QObject):
    """The one theme of the program: `theme()`."""

    changed = Signal()
    changing = Signal()  # other style sheets are about to come: with them Qt gives widgets back their first fonts

    def __init__(self) -> None:
        super().__init__()
        self._mode = "system"
        self._palette = DARK
        self._zoom = self._pixel_ratio = 1.0

    @property
    def palette(self) -> Palette:
        return self._palette

    @property
    def is_dark(self) -> bool:
        return self._palette is DARK

    @property
    def mode(self) -> str:
        """One of MODES."""
        return self._mode

    def set_mode(self, mode: str) -> None:
        """Dress the whole application."""
        if mode not in MODES:
            raise ValueError(f"The theme is {mode!r}; choose one of {', '.join(MODES)}")
        self._mode = mode
        self.apply()

    @property
    def zoom(self) -> float:
        """How much larger than designed type is, and what holds it."""
        return self._zoom

    def set_zoom(self, zoom: float) -> None:
        """Larger type from now on; widgets that are there already are zoom.py's."""
        app, is_other, self._zoom = QApplication.instance(), zoom != self._zoom, zoom
        if is_other and isinstance(app, QApplication) and app.styleSheet():
            self.changing.emit()
            self._dress(app)
        self.changed.emit()

    @property
    def pixel_ratio(self) -> float:
        """How many of the screen's pixels one of Qt's is, where the window lies: cosmetic pens are so wide in those."""
        return self._pixel_ratio

    def set_pixel_ratio(self, ratio: float) -> None:
        """Another screen."""
        if ratio != self._pixel_ratio:
            self._pixel_ratio = ratio
            self.changed.emit()

    def color_of(self, key: str) -> QColor:
        """The colour of "learner", "transfer", "scratch", "before", "truth", "unseen", ... (a field of the palette)."""
        color: QColor = getattr(self._palette, key)
        return color

    def apply(self) -> None:
        """Take the mode's colours; in "system" mode also when the desktop's scheme changes."""
        palette = _system_palette() if self._mode == "system" else {"dark": DARK, "light": LIGHT}[self._mode]
        self._palette = palette
        app = QApplication.instance()
        if isinstance(app, QApplication):
            self.changing.emit()
            app.setPalette(_qt_palette(palette))
            self._dress(app)
        self.changed.emit()

    def _dress(self, app: QApplication) -> None:
        """By the style sheet of these colours, as large as the zoom has it."""
        app.setStyleSheet("")  # one sheet in another's place costs Qt five times as much: 1.2 s where all was shown
        app.setStyleSheet(_style_sheet(self._palette, self._zoom))


@functools.cache
def theme() -> Theme:
    """The one Theme."""
    return Theme()


def _system_palette() -> Palette:
    if QGuiApplication.instance() is None:
        return DARK
    return LIGHT if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light else DARK


def _qt_palette(colors: Palette) -> QPalette:
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: colors.background,
        QPalette.ColorRole.WindowText: colors.text,
        QPalette.ColorRole.Base: colors.panel,
        QPalette.ColorRole.AlternateBase: colors.card,
        QPalette.ColorRole.Text: colors.text,
        QPalette.ColorRole.PlaceholderText: colors.muted,
        QPalette.ColorRole.Button: colors.card,
        QPalette.ColorRole.ButtonText: colors.text,
        QPalette.ColorRole.ToolTipBase: colors.card,
        QPalette.ColorRole.ToolTipText: colors.text,
        QPalette.ColorRole.Highlight: colors.learner,
        QPalette.ColorRole.HighlightedText: colors.on_accent,
        QPalette.ColorRole.Accent: colors.learner,
        QPalette.ColorRole.Link: colors.accent_text,
        QPalette.ColorRole.Mid: colors.line,
    }
    for role, color in roles.items():
        result.setColor(role, color)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, colors.muted)
    return result


def _style_sheet(colors: Palette, zoom: float) -> str:
    tokens = {
        field.name: getattr(colors, field.name).name() for field in dataclasses.fields(colors) if field.name != "series"
    }
    tokens["accent_wash"] = _rgba(colors.learner, 0.14)
    tokens["hover"] = _rgba(colors.text, 0.07)
    tokens["pressed"] = _rgba(colors.text, 0.14)
    tokens["inset"] = (colors.background if colors is DARK else QColor("#f7f8fa")).name()
    tokens["checkmark"] = asset("icons", "check.svg").as_posix()
    sheet = Template(asset("style.qss").read_text(encoding="utf-8")).substitute(tokens)
    # Cut off, not rounded: lines stay thin, and a corner that is rounder than half its side would be none.
    return _PIXELS.sub(lambda found: f"{int(int(found[1]) * zoom)}px", sheet)


def _rgba(color: QColor, alpha: float) -> str:
    return f"rgba({color.red()}, {color.green()}, {color.blue()}, {alpha})"


@functools.cache
def register_fonts() -> None:
    """Make the bundled fonts known, before any widget is built."""
    for path in sorted(asset("fonts").glob("*.otf")):
        QFontDatabase.addApplicationFont(str(path))


def rgb(color: QColor) -> tuple[int, int, int]:
    """Red, green and blue, from 0 to 255."""
    return color.red(), color.green(), color.blue()


def scaled(px: float) -> int:
    """Pixels of the design as pixels of the window."""
    return round(px * theme().zoom)


def ui_font(px: float, weight: int = 400) -> QFont:
    """The window's type at a size in pixels of the design, with tabular figures."""
    return QFont(_font(scaled(px), weight))


@functools.cache
def _font(pixels: int, weight: int) -> QFont:
    font = QFont(FONT_FAMILY)
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight(weight))
    tabular = QFont.Tag.fromString("tnum")
    if tabular is not None:
        font.setFeature(tabular, 1)
    return font


def restyle_by_properties(widget: QWidget) -> None:
    """Dress a widget by what its properties say now, in the type it has: Qt would give it back its first one."""
    font = widget.font() if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont) else None
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    if font is not None:
        widget.setFont(font)


def small_capitals_font() -> QFont:
    """The type of card titles."""
    font = ui_font(12, 600)
    font.setCapitalization(QFont.Capitalization.AllUppercase)
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
    return font
