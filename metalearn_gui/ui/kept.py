"""Pictures that are painted once and kept."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtGui import QImage, QPixmap

Picture = TypeVar("Picture", QImage, QPixmap)


def without_tools(picture: Picture) -> Picture:
    """A copy: what was painted on holds on to what painted it, more than a small one is worth."""
    return picture.copy()
