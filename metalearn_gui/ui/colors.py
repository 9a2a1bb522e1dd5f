"""Colours made of others: mixed, and with contrast enough for words."""

from __future__ import annotations

import functools

from PySide6.QtGui import QColor

from metalearn_gui.ui.theme import theme

LEAST = 4.5  # contrast of words with their ground, as WCAG 2.2 asks; lines and markers need 3
SHARES = 20  # as finely as the text's colour is mixed in


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """The first colour with `share` of the second."""
    pairs = zip(_parts(first), _parts(second), strict=True)
    return QColor.fromRgbF(*((1 - share) * a + share * b for a, b in pairs))


def for_words(color: QColor) -> QColor:
    """A line's or marker's colour with as much of the text's as makes words of it readable on every ground."""
    palette = theme().palette
    named = {palette.learner.rgb(): palette.accent_text, palette.scratch.rgb(): palette.green_text}
    return QColor(named.get(color.rgb()) or _for_words(color.rgb(), theme().is_dark))


@functools.lru_cache(maxsize=64)
def _for_words(color: int, is_dark: bool) -> QColor:
    """Kept by theme: its palette is the theme's that is now."""
    palette = theme().palette
    grounds = (palette.background, palette.panel, palette.card)
    shares = (share / SHARES for share in range(SHARES))
    tried = (QColor.fromRgb(mixed(QColor.fromRgb(color), palette.text, share).rgb()) for share in shares)  # as painted
    return next((one for one in tried if min(_contrast(one, ground) for ground in grounds) >= LEAST), palette.text)


def _contrast(one: QColor, other: QColor) -> float:
    """From 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: QColor) -> float:
    linear = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(color))
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _parts(color: QColor) -> tuple[float, float, float]:
    return color.redF(), color.greenF(), color.blueF()
