"""A sample of a file of images: one image of each of a few classes, with the class' name."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QWidget

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.images.pictures import Pictures
from metalearn_gui.ui.text import count_text
from metalearn_gui.ui.theme import ui_font

MOST, SIDE, CELL = 120, 56, QSize(104, 96)


class Thumbnails(QListWidget):
    """Icons in rows; the whole name of a class is its tooltip."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("import_thumbnails")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setGridSize(CELL)
        self.setFont(ui_font(11))

    def show_pictures(self, pictures: Pictures, inverts: bool) -> None:
        """The first image of classes all over the file."""
        self.clear()
        places = np.unique(np.linspace(0, len(pictures.names) - 1, MOST).astype(int))
        for place in places.tolist():
            name = pictures.names[place]
            short = self.fontMetrics().elidedText(name.rpartition("/")[2], self.textElideMode(), CELL.width() - 12)
            item = QListWidgetItem(_icon(pictures.pixels[pictures.starts[place]], inverts), short, self)
            item.setToolTip(f"{name} · {count_text(int(pictures.counts[place]))}")


def _icon(pixels: Array, inverts: bool) -> QIcon:
    """uint8 (height, width, channels)."""
    shown = np.ascontiguousarray(255 - pixels if inverts else pixels)
    height, width, channels = shown.shape
    kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
    image = QImage(shown.tobytes(), width, height, channels * width, kind).copy()
    return QIcon(QPixmap.fromImage(image).scaled(SIDE, SIDE))
