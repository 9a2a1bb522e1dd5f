"""What a learner comes to far beyond the steps it was trained for: kept off a plot's scale, and said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.free_place import Lines
from metalearn_gui.ui.legend import PlotLabel
from metalearn_gui.ui.text import counted

FAR = 1.0  # decades above all else in the plot
ROOM = 0.25  # of what is shown, above it for these words


class OffScale(PlotLabel):
    """A loss of 1e8 at a step that nobody trained for would press all other lines into one."""

    def fit(self, own: Sequence[Array], others: Sequence[Array], trained: int | None) -> None:
        """Fit the plot to all of these but what leaves at the top, and say from which step that is.

        Args:
            own: a learner's losses by step in view coordinates of a logarithmic axis: the mean, and others beside it.
            others: what else is shown; it stays whole.
            trained: the steps that the learner was trained for, until which it stays, too; None: all stays.
        """
        known = np.concatenate([own[0] if trained is None else own[0][: trained + 1], *others])
        known = known[np.isfinite(known)]
        highest = known.max() + FAR if len(known) and trained is not None else np.inf
        is_far = own[0] > highest
        self._say(int(np.argmax(is_far)) if is_far.any() else None, trained or 0)
        kept = [*(values[~(values > highest)] for values in own), *others]
        self._plot.fit_values(*kept, _room_above(kept) if is_far.any() else [])

    def _say(self, step: int | None, trained: int) -> None:
        steps = counted(trained, self.tr("1 step"), self.tr("{count} steps"))
        text = self.tr("off the scale from step {step}: trained for {steps}")
        self.set_text("" if step is None else text.format(step=step, steps=steps))

    def edges(self) -> Lines:
        """Its own upper and lower edge as lines (view coordinates), for what is to stand clear of it."""
        if not self.text():
            return ()
        box, view = self.geometry(), self._plot.getViewBox()
        corners = (box.topLeft(), box.bottomRight())
        (left, top), (right, bottom) = (
            (point.x(), point.y()) for point in (view.mapSceneToView(self._plot.mapToScene(one)) for one in corners)
        )
        return [(np.array([left, right]), np.full(2, y)) for y in (top, bottom)]


def _room_above(parts: Sequence[Array]) -> Array:
    values = np.concatenate(parts)
    low, high = np.nanmin(values), np.nanmax(values)
    return np.array([high + ROOM * (high - low)])
