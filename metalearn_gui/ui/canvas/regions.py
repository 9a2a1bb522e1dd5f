"""Soft decision regions: probabilities on a square grid as a small picture, and their values in between."""

from __future__ import annotations

import numpy as np
from pyqtgraph.functions import arrayToQPath
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPainterPath

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import Range
from metalearn_gui.ui.canvas.markers import class_color
from metalearn_gui.ui.theme import theme

FULL = 0.62  # share of a class' colour where the learner is sure of it
LEAST = 0.05  # and where it has no idea
FINER = 3  # steps of a boundary in one step of the grid


def as_table(grid: Array, probabilities: Array) -> Array:
    """Probabilities (side, side, ways) with the top row first, whatever the order of the grid's points.

    Raises:
        ValueError: the grid is not square.
    """
    side = round(len(grid) ** 0.5)
    order = np.lexsort((grid[:, 0], -grid[:, 1]))
    return np.nan_to_num(probabilities[order]).reshape(side, side, -1)


def region_image(table: Array) -> QImage:
    """One pixel per grid point: class colours mixed by probability, fading to the ground where nothing is sure."""
    ways = table.shape[-1]
    colors = np.array([class_color(index).getRgb()[:3] for index in range(ways)], np.float32)
    ground = np.array(theme().palette.background.getRgb()[:3], np.float32)
    sureness = np.clip((table.max(axis=-1, keepdims=True) * ways - 1.0) / (ways - 1.0), 0.0, 1.0)
    strength = LEAST + (FULL - LEAST) * sureness
    mixed = ground + strength * (table.astype(np.float32) @ colors - ground)
    pixels = np.full((*table.shape[:2], 4), 255, np.uint8)
    pixels[..., :3] = np.clip(mixed, 0, 255)[..., ::-1]  # blue, green, red in memory
    height, width = table.shape[:2]
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def draw_regions(painter: QPainter, frame: QRectF, image: QImage) -> None:
    """The picture, smoothly enlarged; its outermost grid points lie on the frame's edges."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(frame, image, QRectF(0.5, 0.5, image.width() - 1, image.height() - 1))


def probabilities_at(table: Array, span: Range, points: Array) -> Array:
    """Bilinear values (n, ways) of the table at points (n, 2); the table covers `span` on both axes."""
    side = len(table)
    across = np.clip((points[:, 0] - span[0]) / (span[1] - span[0]), 0, 1) * (side - 1)
    down = np.clip((span[1] - points[:, 1]) / (span[1] - span[0]), 0, 1) * (side - 1)
    column, row = np.minimum(across.astype(int), side - 2), np.minimum(down.astype(int), side - 2)
    right, below = (across - column)[:, None], (down - row)[:, None]
    top = table[row, column] * (1 - right) + table[row, column + 1] * right
    bottom = table[row + 1, column] * (1 - right) + table[row + 1, column + 1] * right
    result: Array = top * (1 - below) + bottom * below
    return result


def boundaries(table: Array) -> QPainterPath:
    """Where the likeliest class changes, as short lines in units of the table's steps, y downward from the top row."""
    labels = _labels(_enlarged(np.ascontiguousarray(np.moveaxis(table, -1, 0), np.float32)))
    scale = (len(table) - 1) / (len(labels) - 1)
    down, across = np.nonzero(labels[:, 1:] != labels[:, :-1])
    beside = np.stack([across + 0.5, down - 0.5, across + 0.5, down + 0.5], axis=1)
    down, across = np.nonzero(labels[1:] != labels[:-1])
    below = np.stack([across - 0.5, down + 0.5, across + 0.5, down + 0.5], axis=1)
    ends = scale * np.concatenate([beside, below]).reshape(-1, 2)
    path: QPainterPath = arrayToQPath(ends[:, 0], ends[:, 1], connect="pairs")
    return path


def _enlarged(planes: Array) -> Array:
    """Bilinear, FINER times as fine: (ways, side, side)."""
    side = planes.shape[1]
    at = np.linspace(0, side - 1, FINER * (side - 1) + 1)
    low = np.minimum(at.astype(int), side - 2)
    share = (at - low).astype(np.float32)
    rows = planes[:, low] * (1 - share)[:, None] + planes[:, low + 1] * share[:, None]
    result: Array = rows[:, :, low] * (1 - share) + rows[:, :, low + 1] * share
    return result


def _labels(planes: Array) -> Array:
    """The likeliest class of every place: faster than argmax over so short an axis."""
    highest, labels = planes[0].copy(), np.zeros(planes.shape[1:], np.int32)
    for label, plane in enumerate(planes[1:], 1):
        labels[plane > highest] = label
        np.maximum(highest, plane, out=highest)
    return labels
