"""A network of convolutions as it sees one image: its most active channels, and the filters that they begin with."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.markers import faded
from metalearn_gui.ui.heat_map import signed_image
from metalearn_gui.ui.theme import rgb, theme, ui_font

CHANNELS_DRAWN = 4
CAPTION, GAP, LARGEST = 16.0, 6.0, 44.0
BESIDE = 6.0  # free on both sides of a caption within its 48 pixels


@dataclasses.dataclass(frozen=True)
class Column:
    """A block's drawn channels: which, out of how many, and their maps (n, height, width) from 0 to 1.

    is_filters: maps are the weights that make each channel of the next column, from -1 to 1.
    """

    channels: tuple[int, ...]
    size: int
    maps: Array
    is_filters: bool = False

    @property
    def side(self) -> int:
        return int(self.maps.shape[1])

    def map_of(self, channel: int) -> Array:
        """The map of a drawn channel, (height, width)."""
        values: Array = self.maps[self.channels.index(channel)]
        return values


def columns_of(maps: Mapping[str, Array], filters: Array | None = None) -> list[Column]:
    """What is drawn of a view "maps": the image in grey, then the channels that vary most.

    filters: of the first block, (height, width, channels of the image, channels); those of its drawn channels stand
        before it.
    """
    columns = [_column(np.nan_to_num(values), is_image=place == 0) for place, values in enumerate(maps.values())]
    if filters is not None and len(columns) > 1:
        columns.insert(1, _filters(np.nan_to_num(filters).mean(axis=2), columns[1]))
    return columns


def _filters(weights: Array, block: Column) -> Column:
    drawn = np.moveaxis(weights[..., list(block.channels)], -1, 0)
    return Column(block.channels, block.size, drawn / max(float(np.abs(drawn).max()), 1e-9), is_filters=True)


def _column(values: Array, is_image: bool) -> Column:
    if is_image:
        return Column((0,), 1, values.mean(axis=-1)[None])
    activity = values.max(axis=(0, 1))
    chosen = tuple(sorted(np.argsort(-activity, kind="stable")[:CHANNELS_DRAWN].tolist()))
    drawn = np.moveaxis(values[..., list(chosen)], -1, 0)
    return Column(chosen, values.shape[-1], drawn / max(float(values.max()), 1e-9))


def tiles(area: QRectF, columns: list[Column]) -> list[list[QRectF]]:
    """A square for each drawn channel, column by column."""
    lines = max(len(column.channels) for column in columns)
    side = min((area.width() - GAP) / len(columns) - GAP, (area.height() - CAPTION) / lines - GAP, LARGEST)
    pitch = (area.width() - side) / max(len(columns) - 1, 1)
    middle = area.top() + (area.height() - CAPTION) / 2
    return [
        [
            QRectF(area.left() + place * pitch, middle + (line - len(column.channels) / 2) * (side + GAP), side, side)
            for line in range(len(column.channels))
        ]
        for place, column in enumerate(columns)
    ]


def draw_columns(painter: QPainter, area: QRectF, columns: list[Column], pointed: tuple[int, int] = (-1, -1)) -> None:
    """The image at the left, every block beside it, the side of its maps below. pointed: a column and its channel."""
    palette, boxes = theme().palette, tiles(area, columns)
    painter.setPen(QPen(faded(palette.truth, 70), 1))
    for column, (before, after) in zip(columns, itertools.pairwise(boxes), strict=False):
        pairs = zip(before, after, strict=True) if column.is_filters else itertools.product(before, after)
        for start, end in pairs:
            painter.drawPath(_wire(start, end))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.setFont(ui_font(11))
    for place, (column, squares) in enumerate(zip(columns, boxes, strict=True)):
        for channel, values, box in zip(column.channels, column.maps, squares, strict=True):
            color = palette.learner if place else palette.text
            painter.drawImage(
                box, signed_image(values) if column.is_filters else _heat(values, palette.background, color)
            )
            painter.setPen(QPen(palette.text, 2) if (place, channel) == pointed else QPen(palette.line, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
        painter.setPen(palette.muted)
        line = QRectF(squares[0].center().x() - 24, area.bottom() - CAPTION, 48, CAPTION)
        line.translate(max(area.left() - line.left() - BESIDE, 0.0), 0.0)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, f"{column.side}\N{MULTIPLICATION SIGN}{column.side}")


def _wire(start: QRectF, end: QRectF) -> QPainterPath:
    first, last = QPointF(start.right(), start.center().y()), QPointF(end.left(), end.center().y())
    path, bend = QPainterPath(first), (last.x() - first.x()) / 2
    path.cubicTo(first + QPointF(bend, 0), last - QPointF(bend, 0), last)
    return path


def _heat(values: Array, low: QColor, high: QColor) -> QImage:
    """Numbers from 0 to 1 as one pixel each, from one colour to the other."""
    ends = np.array([rgb(low), rgb(high)], float)
    levels = ends[0] + np.clip(values, 0.0, 1.0)[..., None] * (ends[1] - ends[0])
    colors = np.ascontiguousarray(np.rint(levels).astype(np.uint8))
    height, width = values.shape
    return QImage(colors.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
