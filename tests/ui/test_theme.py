"""Colours that can be read, figures that stand under each other, icons that can be drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QImage, QPainter, QPalette, QRawFont
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog, QLineEdit, QToolButton

import metalearn_gui
from metalearn_gui.assets import asset
from metalearn_gui.ui import icons
from metalearn_gui.ui.canvas.markers import class_color, draw_class_number
from metalearn_gui.ui.colors import for_words
from metalearn_gui.ui.icons import icon
from metalearn_gui.ui.theme import DARK, LIGHT, Palette, register_fonts, theme, ui_font

PALETTES = [pytest.param(DARK, id="dark"), pytest.param(LIGHT, id="light")]


def luminance(color: QColor) -> float:
    parts = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in color.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.2's contrast ratio."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("name", ["text", "muted", "accent_text", "green_text", "error"])
def test_text_has_a_contrast_of_four_and_a_half_on_every_ground(palette: Palette, name: str):
    grounds = (palette.background, palette.panel, palette.card)
    assert min(contrast(getattr(palette, name), ground) for ground in grounds) >= 4.5


@pytest.mark.parametrize("palette", PALETTES)
def test_series_stand_out_from_the_card(palette: Palette):
    assert min(contrast(color, palette.card) for color in palette.series) >= 3.0
    assert contrast(palette.on_accent, palette.learner) >= 4.5


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_words_in_the_colour_of_a_line_can_be_read_on_every_ground(qapp, mode: str):
    theme().set_mode(mode)
    palette = theme().palette
    colors = (palette.learner, palette.before, palette.truth, palette.unseen, palette.scratch, palette.transfer)
    for color in (*colors, *(class_color(index) for index in range(10))):
        for ground in (palette.background, palette.panel, palette.card):
            assert contrast(for_words(color), ground) >= 4.5, color.name()


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_what_an_empty_line_asks_for_can_be_read(qtbot, mode: str):
    theme().set_mode(mode)
    line = QLineEdit()
    qtbot.addWidget(line)
    line.ensurePolished()
    assert line.palette().color(QPalette.ColorRole.PlaceholderText) == theme().palette.muted


@pytest.mark.parametrize("label", range(10))
def test_a_class_number_can_be_read_in_the_light_theme(qapp, label: int):
    register_fonts()
    theme().set_mode("light")
    ground, image = theme().palette.background, QImage(80, 60, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(4)  # fine enough for strokes that have their own colour
    image.fill(ground)
    with QPainter(image) as painter:
        draw_class_number(painter, QRectF(0, 0, 20, 15), label)
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    assert max(contrast(pixel, ground) for pixel in pixels) >= 4.5


def test_a_change_of_mode_is_announced_and_dresses_the_application(qapp, qtbot):
    with qtbot.waitSignal(theme().changed):
        theme().set_mode("light")
    assert theme().palette is LIGHT
    assert not theme().is_dark
    assert LIGHT.card.name() in qapp.styleSheet()
    assert "$" not in qapp.styleSheet()
    theme().set_mode("dark")
    assert DARK.card.name() in qapp.styleSheet()


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="choose one of system, dark, light"):
        theme().set_mode("sepia")


@pytest.mark.parametrize("weight", [400, 500, 600, 700])
def test_the_bundled_type_is_used_and_its_figures_are_equally_wide(qapp, weight):
    font = ui_font(16, weight)
    assert QFontInfo(font).family() == "Inter"
    metrics = QFontMetrics(font)
    assert len({metrics.horizontalAdvance(digit * 10) for digit in "0123456789"}) == 1
    glyphs = QRawFont.fromFont(font).glyphIndexesForString("ηα≤±−–—\u2009·")
    assert len(glyphs) == 9
    assert all(glyphs)


@pytest.mark.parametrize("path", sorted(asset("icons").glob("*.svg")), ids=lambda path: path.stem)
def test_every_icon_can_be_drawn(qapp, path: Path):
    assert QSvgRenderer(str(path)).isValid()
    assert not icon(path.stem).isNull()


def test_no_icon_is_drawn_twice_between_themes_and_on_and_off_a_stage(qapp, monkeypatch):
    looks = [(mode, zoom) for mode in ("dark", "light") for zoom in (1.0, 1.7)]
    shown = []
    icons._kept.cache_clear()
    for mode_shown, zoom in (*looks, *looks):
        monkeypatch.setattr(theme(), "_palette", {"dark": DARK, "light": LIGHT}[mode_shown])
        monkeypatch.setattr(theme(), "_zoom", zoom)
        shown.append(icon("export").cacheKey())
    assert shown[:4] == shown[4:]
    assert len(set(shown)) == 4


def test_every_icon_named_in_the_code_exists():
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in Path(metalearn_gui.__file__).parent.rglob("ui/**/*.py")
    )
    names = set(re.findall(r'(?:\bicon|pixmap|svg|add_header_action|add_icon_action)\(\s*"(\w+)"', source))
    assert "detach" in names
    assert [name for name in sorted(names) if not asset("icons", f"{name}.svg").is_file()] == []


def test_a_file_dialog_of_qts_own_shows_the_icons_of_its_buttons(qapp, qtbot):
    theme().apply()
    dialog = QFileDialog(options=QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    dialog.show()
    image = dialog.findChild(QToolButton, "newFolderButton").grab().toImage()
    inner = image.rect().adjusted(3, 3, -3, -3)  # without the frame
    places = [(x, y) for x in range(inner.left(), inner.right()) for y in range(inner.top(), inner.bottom())]
    drawn = [x for x, y in places if image.pixelColor(x, y) != image.pixelColor(inner.topLeft())]
    assert max(drawn) - min(drawn) >= 9
