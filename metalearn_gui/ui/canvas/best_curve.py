"""The curve of one who knows the task family: what a learner could come to from the same points."""

from __future__ import annotations

import numpy as np

from metalearn_gui.bridge.session import TouchedTask
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.tasks.base import TaskFamily

MOST_POINTS = 300  # more take longer than a frame
SAME = 0.01  # of the targets' range: a curve so near to the truth would only hide it


class BestCurve:
    """Worked out once for each state of the task."""

    def __init__(self) -> None:
        self._touched: TouchedTask | None = None
        self._curve: Array | None = None

    def curve(self, family: TaskFamily, touched: TouchedTask) -> Array | None:
        """On the task's grid; None where it is not known, or where it is the truth."""
        if touched is not self._touched:
            self._touched, self._curve = touched, _best(family, touched)
        return self._curve


def _best(family: TaskFamily, touched: TouchedTask) -> Array | None:
    if len(touched.support.x) > MOST_POINTS:
        return None
    support = PointSet(touched.support.x[None], touched.support.y[None])
    found = family.best_fit(touched.tasks, support, touched.grid[None])
    if found is None or touched.truth is None:
        return None
    low, high = family.output_range()
    curve = found[0, :, 0]
    is_other = np.max(np.abs(curve - touched.truth[:, 0])) > SAME * (high - low)
    return curve if is_other else None
