"""Soft decision regions: probabilities on a square grid as a small picture, and their values in between."""

from __future__ import annotations

import numpy as np
from pyqtgraph.functions import arrayToQPath
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import Range
from metalearn_gui.ui.canvas.markers import class_color
from metalearn_gui.ui.theme import rgb, theme

FULL = 0.62  # share of a class' colour where the learner is sure of it
LEAST = 0.05  # and where it has no idea


def as_table(grid: Array, probabilities: Array) -> Array:
    """Probabilities (..., side, side, ways) with the top row first, whatever the order of the grid's points.

    Args:
        probabilities: (..., m, ways) on the grid (m, 2).

    Raises:
        ValueError: the grid is not square.
    """
    side = round(len(grid) ** 0.5)
    order = np.lexsort((grid[:, 0], -grid[:, 1]))
    ordered = np.nan_to_num(probabilities[..., order, :])
    return ordered.reshape(*ordered.shape[:-2], side, side, -1)


def region_image(table: Array) -> QImage:
    """One pixel per grid point: class colours mixed by probability, fading to the ground where nothing is sure."""
    ways = table.shape[-1]
    colors = np.array([rgb(class_color(index)) for index in range(ways)], np.float32)
    ground = np.array(rgb(theme().palette.background), np.float32)
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
    planes = np.moveaxis(table, -1, 0)
    leads = [planes[label] - np.delete(planes, label, 0).max(axis=0) for label in range(len(planes) - 1)]
    ends = np.concatenate([_zero_lines(lead) for lead in leads])
    path: QPainterPath = arrayToQPath(ends[:, 0], ends[:, 1], connect="pairs")
    return path


def draw_boundaries(painter: QPainter, frame: QRectF, side: int, path: QPainterPath, color: QColor) -> None:
    """`boundaries` of a table with so many points on a side, laid over the frame."""
    painter.save()
    painter.setClipRect(frame)
    painter.translate(frame.topLeft())
    painter.scale(frame.width() / (side - 1), frame.height() / (side - 1))
    painter.strokePath(path, border_pen(painter, color, 1.4))
    painter.restore()


def border_pen(painter: QPainter, color: QColor, width: float) -> QPen:
    """As wide however the painter scales; on a fine screen no thinner than all else."""
    pen = QPen(color, width * painter.device().devicePixelRatioF())
    pen.setCosmetic(True)
    return pen


def _zero_lines(field: Array) -> Array:
    """Where a field (rows, columns) crosses zero: ends of lines, two by two, (2 * lines, 2), column before row.

    A cell is two triangles, in which the field is linear: a line crosses two of a triangle's sides, or none. Twice
    as fast as pyqtgraph's isocurve, and boundaries follow the hand.
    """
    above = field > 0
    count = above[:-1, :-1] * np.uint8(1) + above[:-1, 1:] + above[1:, :-1] + above[1:, 1:]
    row, column = np.nonzero((count > 0) & (count < 4))  # few of all cells
    corners = [
        np.stack([column + right, row + below, field[row + below, column + right]], axis=-1)
        for right, below in ((0, 0), (1, 0), (0, 1), (1, 1))
    ]
    triangles = np.concatenate([np.stack(corners[:3], axis=1), np.stack(corners[3:0:-1], axis=1)])
    above = triangles[..., 2] > 0
    starts = triangles[above.any(axis=-1) & ~above.all(axis=-1)]
    ends = np.roll(starts, -1, axis=1)
    crossed = (starts[..., 2] > 0) != (ends[..., 2] > 0)
    start, end = starts[crossed], ends[crossed]
    share = start[:, 2:] / (start[:, 2:] - end[:, 2:])
    result: Array = start[:, :2] + share * (end - start)[:, :2]
    return result
