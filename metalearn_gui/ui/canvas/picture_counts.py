"""How many queries others have right, in their colours, beside what is said of the shown learner."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.answered import Other
from metalearn_gui.ui.canvas.rows import Rows
from metalearn_gui.ui.colors import for_words
from metalearn_gui.ui.theme import scaled, ui_font

GAP, LEAST = 10, 70  # pixels between two of them, and for one that says something


def counts_of(others: Sequence[Other], step: int, rows: Rows, queries: Sequence[int]) -> list[tuple[str, QColor]]:
    """Who has how many of these rows right after a step, runs first; of those that have answered."""
    found = [(one, one.after(step)) for one in sorted(others, key=lambda one: one.key != "learner")]
    return [
        (f"{one.name}: {_num_right(values, rows, queries)}", one.color) for one, values in found if values is not None
    ]


def _num_right(predictions: Array, rows: Rows, queries: Sequence[int]) -> int:
    known = [place for place in queries if rows.places[place] >= 0]
    taken = np.nan_to_num(predictions[rows.places[known]]).argmax(axis=1)
    return int((taken == rows.y[known]).sum())


def draw_counts(painter: QPainter, line: QRectF, words: Sequence[tuple[str, QColor]]) -> None:
    """The first of them, and after it as many others as there is room for."""
    painter.setFont(ui_font(12))
    metrics, left = painter.fontMetrics(), line.left()
    for place, (word, color) in enumerate(words):
        room = line.right() - left
        if place and room < scaled(LEAST):
            return
        word = metrics.elidedText(word, Qt.TextElideMode.ElideMiddle, int(room))
        width = metrics.horizontalAdvance(word)
        painter.setPen(for_words(color))
        painter.drawText(QRectF(left, line.top(), width + 2, line.height()), Qt.AlignmentFlag.AlignVCenter, word)
        left += width + GAP
