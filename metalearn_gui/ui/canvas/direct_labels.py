"""Names beside curves in place of a legend: each where its curve is furthest from all others and from points."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.curve_drawing import curve_color
from metalearn_gui.ui.colors import for_words
from metalearn_gui.ui.theme import ui_font

GAP = 6.0
POSITIONS = 60  # along a curve that are tried


def draw_direct_labels(
    painter: QPainter, frame: QRectF, curves: Mapping[str, Array], texts: Mapping[str, str], points: Array
) -> None:
    """Write the names of curves inside a frame.

    Args:
        curves: by key, pixels (n, 2) from left to right. points: pixels (m, 2) that no name should lie over.
    """
    painter.setFont(ui_font(12, 600))
    taken: list[QRectF] = []
    for key, text in texts.items():
        if key in curves:
            size = painter.fontMetrics().size(0, text)
            boxes = _boxes(frame, curves[key], size.width() + 2, size.height())
            obstacles = np.concatenate([points, *curves.values()])
            box = min(boxes, key=lambda one: _hidden(one, obstacles, taken), default=None)
            if box is not None:
                painter.setPen(for_words(curve_color(key)))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
                taken.append(box)


def _boxes(frame: QRectF, curve: Array, width: float, height: float) -> list[QRectF]:
    """Above and below the curve, at places along it, as far as they lie inside."""
    places = curve[np.linspace(0, len(curve) - 1, POSITIONS).astype(int)]
    tops = [(x, top) for x, y in places.tolist() for top in (y - GAP - height, y + GAP)]
    boxes = [QRectF(x - width / 2, top, width, height) for x, top in tops]
    return [box for box in boxes if frame.adjusted(4, 4, -4, -4).contains(box)]


def _hidden(box: QRectF, obstacles: Array, taken: list[QRectF]) -> float:
    """How much lies under a name; another name counts most."""
    inside = (obstacles > (box.left() - 2, box.top() - 2)) & (obstacles < (box.right() + 2, box.bottom() + 2))
    return float(inside.all(axis=1).sum()) + 1000.0 * sum(box.intersects(other) for other in taken)
