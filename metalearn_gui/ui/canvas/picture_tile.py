"""A task of pictures as a gallery tile."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen

from metalearn_gui.ui.canvas.answered import Answered
from metalearn_gui.ui.canvas.markers import class_color
from metalearn_gui.ui.canvas.pixels import crisp, draw_ink, side_of
from metalearn_gui.ui.canvas.rows import Rows
from metalearn_gui.ui.theme import theme

SCORE_FOOT = 24.0  # of the tile, where its score is


def draw_tile(painter: QPainter, frame: QRectF, drawn: Answered) -> None:
    """One example of every class, and below them what the first queries are taken for."""
    touched, predictions = drawn.touched, drawn.predictions
    rows, ways, num_support = Rows(touched), min(drawn.family.output_dim, 5), len(touched.support.x)
    inside = frame.adjusted(8, 6, -8, -SCORE_FOOT)
    pitch = min(inside.width() / ways, inside.height() / 2)
    labels, num_lines = touched.support.y.tolist(), max(int(inside.height() / pitch), 2)
    examples = [labels.index(label) if label in labels else None for label in range(ways)]
    queries = range(num_support, min(num_support + (num_lines - 1) * ways, rows.count))
    palette, side, ratio = theme().palette, side_of(rows.x.shape[1]), painter.device().devicePixelRatioF()
    left = inside.center().x() - ways * pitch / 2
    for index, row in enumerate([*examples, *queries]):
        if row is None:
            continue
        line, column = divmod(index, ways)
        box = QRectF(left + column * pitch + 1, inside.top() + line * pitch + 1, pitch - 2, pitch - 2)
        label, place = int(rows.y[row]), rows.places[row]
        if row >= num_support and predictions is not None and place >= 0:
            label = int(np.argmax(predictions[place]))
        outline = QPen(class_color(label), 1.5)
        draw_ink(painter, crisp(box, side, ratio), rows.x[row], palette.background, palette.text, outline)
