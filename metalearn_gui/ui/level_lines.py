"""Horizontal lines to measure a loss against: a constant prediction's loss, and the best possible one."""

from __future__ import annotations

import functools
import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication

from metalearn_gui.engine.backend import Array
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.legend import LegendEntry
from metalearn_gui.ui.plotting import ThemedPlot, line_pen
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import theme

SAME = 0.01  # two levels closer than this share one line
STYLES = {"constant": ("dotted", 1.5), "oracle": ("dashdot", 1.0)}


class LevelLines:
    """Belongs to a plot; only levels that its axis can show are there."""

    def __init__(self, plot: ThemedPlot) -> None:
        self._plot = plot
        self._levels: dict[str, float] = {}
        self.lines = {key: pg.InfiniteLine(angle=0) for key in STYLES}
        for line in self.lines.values():
            line.hide()
            plot.addItem(line, ignoreBounds=True)

    def restyle(self) -> None:
        for key, (style, width) in STYLES.items():
            self.lines[key].setPen(line_pen(theme().palette.truth, style, width))

    def show(self, run: RunRecord) -> Array:
        """Draw the run's levels. Returns: them, in view coordinates."""
        lowest = 0.0 if self._plot.is_log else -math.inf  # a logarithmic axis has no place for a perfect 0
        self._levels = {key: level for key, level in levels_of(run).items() if math.isfinite(level) and level > lowest}
        for key, line in self.lines.items():
            line.setVisible(key in self._levels)
            if key in self._levels:
                line.setValue(float(self._plot.to_axis(self._levels[key])))
        return self._plot.to_axis(list(self._levels.values()))

    def hide(self) -> Array:
        """Draw none: the plot shows no losses. Returns: nothing to make room for."""
        self._levels = {}
        for line in self.lines.values():
            line.hide()
        return np.empty(0)

    def legend_entries(self, is_short: bool = False) -> list[LegendEntry]:
        """What is drawn, with the figures."""
        tr = functools.partial(QCoreApplication.translate, "LevelLines")
        names = {"constant": tr("constant prediction {loss}"), "oracle": tr("best possible {loss}")}
        if is_short:
            names = {"constant": tr("constant {loss}"), "oracle": tr("best {loss}")}
        return [
            LegendEntry(names[key].format(loss=number_text(level)), theme().palette.truth, *STYLES[key])
            for key, level in self._levels.items()
        ]


def levels_of(run: RunRecord) -> dict[str, float]:
    """Losses to measure against: a constant prediction's, and the best possible one where it is another."""
    scored, levels = run.latest_scores, {}
    if scored is not None:
        levels["constant"] = scored.evaluation.mean
    settings = run.settings
    oracle = settings.tasks.oracle(settings.episodes.shots) if scored is None else scored.evaluation.oracle
    if oracle is not None and abs(oracle - levels.get("constant", float("inf"))) > SAME * abs(oracle):
        levels["oracle"] = oracle
    return levels
