"""The box in a canvas that says which curve is which."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.curve_drawing import curve_pen
from metalearn_gui.ui.canvas.markers import faded
from metalearn_gui.ui.theme import scaled, theme, ui_font

SAMPLE, HEIGHT = 22, 22
EDGE = 10.0  # between the box and the frame
REACH = 8.0  # around the box: a point so near would be half hidden
LOWEST_FRAME = 140


def draw_legend_box(painter: QPainter, frame: QRectF, labels: Mapping[str, str], points: Array) -> None:
    """Samples of curves with their names, in a corner; nothing where there is no room. points: pixels (n, 2)."""
    palette, sample = theme().palette, scaled(SAMPLE)
    painter.setFont(ui_font(12))
    widths = {key: painter.fontMetrics().horizontalAdvance(text) + sample + 30 for key, text in labels.items()}
    width = sum(widths.values()) + 4
    if not labels or width > frame.width() - 16 or frame.height() < LOWEST_FRAME:
        return
    box = _emptiest(frame, width, scaled(HEIGHT), points)
    painter.setPen(QPen(palette.line, 1))
    painter.setBrush(faded(palette.background, 225))
    painter.drawRoundedRect(box, 5, 5)
    left = box.left() + 10
    for key, text in labels.items():
        painter.setPen(curve_pen(key, 2.4 if key == "learner" else 2.0))
        painter.drawLine(QPointF(left, box.center().y()), QPointF(left + sample, box.center().y()))
        painter.setPen(palette.text)
        place = box.adjusted(left + sample + 8 - box.left(), 0, 0, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
        left += widths[key]


def _emptiest(frame: QRectF, width: float, height: float, points: Array) -> QRectF:
    """The corner that hides fewest points, the lower left one if it may be."""
    boxes = [
        QRectF(left, top, width, height)
        for top in (frame.bottom() - height - EDGE, frame.top() + EDGE)
        for left in (frame.left() + EDGE, frame.right() - EDGE - width)
    ]

    def hidden(box: QRectF) -> int:
        wide, (x, y) = box.adjusted(-REACH, -REACH, REACH, REACH), points.T
        return int(((x >= wide.left()) & (x <= wide.right()) & (y >= wide.top()) & (y <= wide.bottom())).sum())

    return min(boxes, key=hidden)
