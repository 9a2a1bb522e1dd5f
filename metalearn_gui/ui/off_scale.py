"""What a learner comes to far beyond the steps it was trained for: kept off a plot's scale, and said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.free_place import Lines
from metalearn_gui.ui.legend import PlotLabel
from metalearn_gui.ui.text import counted
from metalearn_gui.ui.wording import baseline_name

FAR = 1.0  # decades above all else in the plot
ROOM = 0.25  # of what is shown, above it for these words


class OffScale(PlotLabel):
    """A loss of 1e8 at a step that nobody trained for would press all other lines into one."""

    def fit(
        self, own: Sequence[Array], baselines: Mapping[str, Array], levels: Sequence[Array], trained: int | None
    ) -> None:
        """Fit the plot to all of these but what leaves at the top, and say from which step that is.

        Args:
            own: a learner's losses by step in view coordinates of a logarithmic axis: the mean, and others beside it.
            baselines: theirs, of which the lowest stays in any case.
            levels: what else is shown; it stays whole.
            trained: the steps that the learner was trained for, until which it stays, too; None: all stays.
        """
        if trained is None:
            self.set_text("")
            self._plot.fit_values(*own, *baselines.values(), *levels)
            return
        lowest = [values[np.isfinite(values)].min(initial=np.inf, keepdims=True) for values in baselines.values()]
        highest = _far_above(own[0][: trained + 1], *lowest, *levels)
        others = {key: values[~(values > highest)] for key, values in baselines.items()}
        left = {key: int(np.argmax(values > highest)) for key, values in baselines.items() if (values > highest).any()}
        highest = _far_above(own[0][: trained + 1], *others.values(), *levels)
        is_far = own[0] > highest
        self._say(int(np.argmax(is_far)) if is_far.any() else None, trained, left)
        kept = [*(values[~(values > highest)] for values in own), *others.values(), *levels]
        self._plot.fit_values(*kept, _room_above(kept) if self.text() else [])

    def _say(self, step: int | None, trained: int, left: Mapping[str, int]) -> None:
        """Of the learner; of baselines where the learner stays."""
        text = ""
        if step is not None:
            steps = counted(trained, self.tr("1 step"), self.tr("{count} steps"))
            text = self.tr("off the scale from step {step}: trained for {steps}").format(step=step, steps=steps)
        elif left:
            names = ", ".join(baseline_name(key, brief=True) for key in left)
            text = self.tr("off the scale from step {step}: {names}").format(step=min(left.values()), names=names)
        self.set_text(text)

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


def _far_above(*parts: Array) -> float:
    """Where what is far above all of these begins."""
    known = np.concatenate(parts)
    return float(known[np.isfinite(known)].max(initial=-np.inf) + FAR) if np.isfinite(known).any() else np.inf


def _room_above(parts: Sequence[Array]) -> Array:
    values = np.concatenate(parts)
    low, high = np.nanmin(values), np.nanmax(values)
    return np.array([high + ROOM * (high - low)])
