"""What a learner predicts on a slice: a curve, a curve for each class, regions of classes, or values as colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.tables.slices import Slice, Slices
from metalearn_gui.ui.canvas.axes import Range
from metalearn_gui.ui.canvas.curve_drawing import draw_curve
from metalearn_gui.ui.canvas.markers import class_color, faded
from metalearn_gui.ui.canvas.regions import border_pen, boundaries, region_image
from metalearn_gui.ui.canvas.table.panes import Pane
from metalearn_gui.ui.canvas.unit_answers import OPACITY, draw_answers
from metalearn_gui.ui.heat_map import signed_image
from metalearn_gui.ui.theme import rgb, theme

HALF_LEVEL = 0.36  # of a label's slot: a category has levels, not a curve
BAND = 46  # how opaque a band is


def draw_line(
    painter: QPainter, pane: Pane, values: Array, key: str, width: float, color: QColor | None = None
) -> None:
    """Predictions (n,) along a line, in the style of their meaning."""
    x, y = _curve(pane.cut, values)
    draw_curve(painter, pane.axes, x[:, None], y, key, width, color)


def draw_band(painter: QPainter, pane: Pane, values: Array, half: Array) -> None:
    """How sure the learner is of its curve: between values minus and plus half (n,)."""
    x, low = _curve(pane.cut, values - half)
    _, high = _curve(pane.cut, values + half)
    known = np.isfinite(low + high)
    x, low, high = x[known], low[known], high[known]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faded(theme().palette.learner, BAND))
    for polygon in pane.axes.polylines(np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]])):
        painter.drawPolygon(polygon)


def draw_class_lines(painter: QPainter, pane: Pane, probabilities: Array, dashes: list[float] | None = None) -> None:
    """A curve of probability (n, classes) for each class, in its colour."""
    for label in range(probabilities.shape[1]):
        x, y = _curve(pane.cut, probabilities[:, label])
        pen = QPen(class_color(label), 1.4 if dashes else 2.4)
        if dashes:
            pen.setDashPattern(dashes)
        painter.setPen(pen)
        for line in pane.axes.polylines(x, y):
            painter.drawPolyline(line)


def draw_unit(painter: QPainter, panes: Sequence[Pane], looks: Slices, values: Array) -> None:
    """What a unit of the network answers: a curve in a scale of its own in every pane, or colours over a plane.

    values: at the rows of the task, and then at the places of the slices.
    """
    num_places = sum(cut.shape[0] * cut.shape[1] for cut in looks.cuts)
    for pane, part in zip(panes, looks.parted(values[-num_places:, None]), strict=False):
        if pane.cut.up is not None:
            reach = float(np.abs(part).max()) or 1.0
            painter.save()
            painter.setOpacity(OPACITY)
            draw_plane(painter, pane, signed_image(part[::-1, :, 0] / reach))
            painter.restore()
        else:
            x, y = _curve(pane.cut, part[0, :, 0])
            draw_answers(painter, pane.axes, x[:, None], y)


def draw_plane(painter: QPainter, pane: Pane, image: QImage) -> None:
    """The picture of a plane; numbers are smooth between their steps, labels are blocks."""
    labels = pane.cut.across.is_category, pane.cut.up is not None and pane.cut.up.is_category
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not any(labels))
    left, top = (0.0 if is_label else 0.5 for is_label in labels)
    source = QRectF(left, top, image.width() - 2 * left, image.height() - 2 * top)
    painter.drawImage(pane.frame.adjusted(1, 1, -1, -1), image, source)


def draw_borders(painter: QPainter, pane: Pane, table: Array, color: QColor) -> None:
    """Where the largest of (up, across, several) is another one than beside it, the lowest line first."""
    up = pane.cut.up
    down, across = (_to_frame(*side) for side in (
        (table.shape[0], pane.frame.height(), up is not None and up.is_category),
        (table.shape[1], pane.frame.width(), pane.cut.across.is_category),
    ))  # fmt: skip
    painter.save()
    painter.translate(pane.frame.left() + across[1], pane.frame.top() + down[1])
    painter.scale(across[0], down[0])
    painter.strokePath(boundaries(np.nan_to_num(table[::-1])), border_pen(painter, color, 1.6))
    painter.restore()


def _to_frame(count: int, pixels: float, is_category: bool) -> tuple[float, float]:
    """Pixels of a step, and of the first one's middle: as `draw_plane` lays the picture."""
    step = pixels / count if is_category else pixels / max(count - 1, 1)
    return step, step / 2 if is_category else 0.0


def with_level(values: Array, level: float) -> Array:
    """Values (up, across) as what is larger there, they or a level: its border is the line at that level."""
    return np.stack([values, np.full_like(values, level)], axis=-1)


def class_image(probabilities: Array) -> QImage:
    """Regions of classes (up, across, classes), the lowest line first."""
    return region_image(np.nan_to_num(probabilities[::-1]))


def value_image(values: Array, span: Range) -> QImage:
    """Values (up, across) as shares of the learner's colour, the lowest line first."""
    palette = theme().palette
    ground, full = (np.array(rgb(color), float) for color in (palette.background, palette.learner))
    pixels = ground + _shares(values[::-1], span)[..., None] * (full - ground)
    data = np.ascontiguousarray(np.round(pixels), np.uint8)
    height, width = data.shape[:2]
    return QImage(data.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def value_colors(values: Array, span: Range) -> list[QColor]:
    """The colours of values (n,) on that scale."""
    image = value_image(values[None], span) if len(values) else QImage()
    return [image.pixelColor(place, 0) for place in range(len(values))]


def _shares(values: Array, span: Range) -> Array:
    return np.clip(np.nan_to_num((values - span[0]) / (span[1] - span[0])), 0.0, 1.0)


def _curve(cut: Slice, values: Array) -> tuple[Array, Array]:
    """Numbers across and upward: of a category a short level for each label, with gaps between."""
    x = cut.values[0].astype(float)
    if not cut.across.is_category:
        return x, values
    gaps = np.stack([x - HALF_LEVEL, x + HALF_LEVEL, np.full(len(x), np.nan)], axis=1)
    return gaps.ravel(), np.repeat(values, 3)
