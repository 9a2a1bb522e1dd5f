"""How sure a learner is of its curve, as a soft band around it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter

from metalearn_gui.bridge.session import Adaptation
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.canvas.axes import Axes
from metalearn_gui.ui.canvas.markers import faded
from metalearn_gui.ui.text import exact_text
from metalearn_gui.ui.theme import theme

DEVIATIONS = 2.0  # on either side: 95 % of a normal distribution
ALPHA = 46


def draw_band(
    painter: QPainter, axes: Axes, grid: Array, adaptation: Adaptation | None, step: int, color: QColor | None = None
) -> None:
    """Around the adapted curve of a step; nothing for learners that do not say how sure they are."""
    if adaptation is None or adaptation.deviation is None:
        return
    step = adaptation.nearest(step)
    middle, half = adaptation.on_grid[step, :, 0], DEVIATIONS * adaptation.deviation[step, :, 0]
    known = np.isfinite(middle + half)
    x, low, high = grid[known, 0], (middle - half)[known], (middle + half)[known]
    outline = axes.polylines(np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]]))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faded(color or theme().palette.learner, ALPHA))
    for polygon in outline:
        painter.drawPolygon(polygon)


def band_text(grid: Array, adaptation: Adaptation | None, step: int, x: float) -> str:
    """Half the band's height at x; empty where there is no band."""
    if adaptation is None or adaptation.deviation is None:
        return ""
    step = adaptation.nearest(step)
    return f" ± {exact_text(DEVIATIONS * float(np.interp(x, grid[:, 0], adaptation.deviation[step, :, 0])))}"
