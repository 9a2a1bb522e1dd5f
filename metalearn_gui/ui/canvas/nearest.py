"""The example that is nearest to a chosen query: among the learner's features, or by pixels where it shows none."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from metalearn_gui.bridge.unseen import UnseenTasks
from metalearn_gui.ui.canvas.rows import Rows
from metalearn_gui.ui.embedding import nearest_example
from metalearn_gui.ui.theme import theme

APART, WIDTH = 3.0, 2.0  # pixels from the picture to the middle of the line around it, and of that line
REACH = APART + WIDTH / 2


def nearest_to(unseen: UnseenTasks, rows: Rows, row: int) -> int | None:
    """The support row; None where there are none, or the chosen row is one itself."""
    count = len(unseen.touched.support.x)
    if not count or row < count or row >= rows.count:
        return None
    view = next((view.arrays for view in unseen.views if view.kind == "prototypes"), None)
    if view is not None and view["support"].shape[1] == count:
        return nearest_example(view, row - count)
    return int(np.square(rows.x[:count] - rows.x[row]).sum(axis=1).argmin())


def mark_nearest(painter: QPainter, unseen: UnseenTasks, rows: Rows, row: int, boxes: list[QRectF]) -> int | None:
    """A dashed line around the example that `nearest_to` finds, which lies in one of the boxes; returns it."""
    nearest = nearest_to(unseen, rows, row)
    if nearest is not None:
        painter.setPen(QPen(theme().palette.learner, WIDTH, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(boxes[nearest].adjusted(-APART, -APART, APART, APART))
    return nearest
