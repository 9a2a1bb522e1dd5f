"""A contender's loss on unseen tasks as training goes on: the mean of its seeds, and how far they lie apart."""

from __future__ import annotations

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.compare import Curve, across_seeds
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.compare.standing import Standing
from metalearn_gui.ui.effort import effort_of
from metalearn_gui.ui.plot_band import PlotBand
from metalearn_gui.ui.plotting import ThemedPlot, style_line

WIDTH, WIDTH_IN_TRAINING = 1.6, 2.0


def curve_of(standing: Standing, axis: str) -> Curve:
    """At the contender's adaptation step; while it trains, as far as any seed has come."""
    curves = [_curve_of_run(run, standing.step, axis) for run in standing.runs if run.scores]
    return across_seeds(curves, are_over=not standing.is_training)


def _curve_of_run(run: RunRecord, step: int, axis: str) -> tuple[Array, Array]:
    """Iteration 0 has no place on a logarithmic axis."""
    scored = [one for one in run.scores if one.iteration > 0]
    effort = effort_of(run, axis).at(np.array([one.iteration for one in scored], float))
    losses = [one.evaluation.learner.loss for one in scored]
    return effort, np.array([loss[min(step, len(loss) - 1)] for loss in losses], float)


class LossLine:
    """What a plot of logarithmic axes shows of a contender. x, y: the line's view coordinates, where it is drawn."""

    def __init__(self, plot: ThemedPlot) -> None:
        self._plot = plot
        self.line = plot.add_line()
        self.band = PlotBand(plot)
        self.x, self.y = np.empty(0), np.empty(0)

    def show_curve(self, standing: Standing, curve: Curve) -> None:
        """In the contender's colour and style."""
        mark = standing.mark
        style_line(self.line, mark.color, mark.style, WIDTH_IN_TRAINING if standing.is_training else WIDTH)
        self.band.set_color(mark.color)
        x = np.log10(np.maximum(curve.x, 1e-12))
        y, low, high = (self._plot.to_axis(values) for values in (curve.mean, curve.low, curve.high))
        self.line.setData(x, y)
        apart = np.isfinite(low) & np.isfinite(high) & (np.nanmax(high - low, initial=0.0) > 0)
        self.band.feed(x[apart], low[apart], high[apart])
        drawn = np.isfinite(y)
        self.x, self.y = x[drawn], y[drawn]

    def show_level(self, low: float, high: float) -> None:
        """What does not depend on x, from one end of the plot to the other."""
        self.line.setData(np.array([low, high]), np.repeat(self.y, 2))

    def remove(self) -> None:
        """Take it off the plot."""
        self._plot.removeItem(self.line)
        self.band.remove()
