"""A contender's loss on unseen tasks as training goes on: the median of its seeds, and how far they lie apart."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.compare.standing import Standing
from metalearn_gui.ui.effort import effort_of
from metalearn_gui.ui.plot_band import PlotBand
from metalearn_gui.ui.plotting import ThemedPlot, style_line

WIDTH, WIDTH_IN_TRAINING = 1.6, 2.0


class LossCurve(NamedTuple):
    """By effort (n,), rising: the median over the seeds that have come so far, the lowest and the highest."""

    effort: Array
    median: Array
    low: Array
    high: Array


def curve_of(standing: Standing, axis: str) -> LossCurve:
    """At the contender's adaptation step. Iteration 0 has no place on a logarithmic axis."""
    curves = [_curve_of_run(run, standing.step, axis) for run in standing.runs if run.scores]
    curves = [(x, y) for x, y in curves if len(x)]
    if not curves:
        return LossCurve(*[np.empty(0)] * 4)
    effort = np.unique(np.concatenate([x for x, _ in curves]))
    if not standing.is_training:  # the median of those that came further would be no more of the same
        effort = effort[effort <= min(x[-1] for x, _ in curves)]
    seeds = np.stack([np.interp(effort, x, y, left=np.nan, right=np.nan) for x, y in curves])
    with warnings.catch_warnings(category=RuntimeWarning, action="ignore"):  # where every seed has diverged
        return LossCurve(effort, np.nanmedian(seeds, 0), np.nanmin(seeds, 0), np.nanmax(seeds, 0))


def _curve_of_run(run: RunRecord, step: int, axis: str) -> tuple[Array, Array]:
    scored = [one for one in run.scores if one.iteration > 0]
    effort = effort_of(run, axis).at(np.array([one.iteration for one in scored], float))
    losses = [one.evaluation.learner.loss for one in scored]
    return effort, np.array([loss[min(step, len(loss) - 1)] for loss in losses], float)


class LossLine:
    """What a plot of logarithmic axes shows of a contender. x, y: the line's view coordinates, where it is drawn."""

    def __init__(self, plot: ThemedPlot) -> None:
        self._plot = plot
        self._line = plot.add_line()
        self.band = PlotBand(plot)
        self.x, self.y = np.empty(0), np.empty(0)

    def show_curve(self, standing: Standing, curve: LossCurve) -> None:
        """In the contender's colour and style."""
        mark = standing.mark
        style_line(self._line, mark.color, mark.style, WIDTH_IN_TRAINING if standing.is_training else WIDTH)
        self.band.set_color(mark.color)
        x = np.log10(np.maximum(curve.effort, 1e-12))
        y, low, high = (self._plot.to_axis(values) for values in (curve.median, curve.low, curve.high))
        self._line.setData(x, y)
        apart = np.isfinite(low) & np.isfinite(high) & (np.nanmax(high - low, initial=0.0) > 0)
        self.band.feed(x[apart], low[apart], high[apart])
        drawn = np.isfinite(y)
        self.x, self.y = x[drawn], y[drawn]

    def remove(self) -> None:
        """Take it off the plot."""
        self._plot.removeItem(self._line)
        self.band.remove()
