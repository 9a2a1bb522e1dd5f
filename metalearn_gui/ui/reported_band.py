"""What others report for a run's own settings, as a dotted band over a plot of losses."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.published import Reference, published
from metalearn_gui.engine.settings import ExperimentSettings
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.legend import LegendEntry
from metalearn_gui.ui.plotting import ThemedPlot, faded, line_pen
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import theme

LEAST_HEIGHT = 0.015  # of a figure without a range, as a share of it: a line would be taken for a level


class ReportedBand:
    """Belongs to a plot; away where nobody reports a loss of this learner on such tasks after such training."""

    def __init__(self, plot: ThemedPlot) -> None:
        self._plot = plot
        self.reference: Reference | None = None
        self._settings: ExperimentSettings | None = None  # whose reference it is
        self.region = pg.LinearRegionItem((0.0, 1.0), orientation="horizontal", movable=False)
        self.region.setZValue(-1)
        self.region.hide()
        plot.addItem(self.region, ignoreBounds=True)

    def restyle(self) -> None:
        color = theme().palette.truth
        self.region.setBrush(faded(color, 0.16))
        for line in self.region.lines:
            line.setPen(line_pen(color, "dotted", 1.2))

    def show(self, run: RunRecord) -> Array:
        """Draw what is reported for the run. Returns: its ends, in view coordinates."""
        if run.settings is not self._settings:
            self._settings, self.reference = run.settings, reference_of(run.settings)
            self.region.setVisible(self.reference is not None)
        if self.reference is None:
            return np.empty(0)
        low, high = self.reference.low, self.reference.high
        ends = self._plot.to_axis([low, max(high, low * (1 + LEAST_HEIGHT))])
        self.region.setRegion(ends.tolist())
        return ends

    def legend_entries(self) -> list[LegendEntry]:
        """What is drawn, with the figure; the tooltip says whose it is."""
        one = self.reference
        if one is None:
            return []
        text = QCoreApplication.translate("ReportedBand", "published {figure}").format(figure=figure_text(one))
        tip = QCoreApplication.translate(
            "ReportedBand", "Published with these settings, after step {step}: {figure} ({protocol})"
        ).format(step=one.step, figure=figure_text(one), protocol=one.protocol)
        return [LegendEntry(text, theme().palette.truth, "dotted", 1.5, tip)]


def reference_of(settings: ExperimentSettings) -> Reference | None:
    """The loss that is reported for these settings after as many steps and meta-iterations; None where none is."""
    found = published(settings, settings.learner.num_steps)
    alike = (one for one in found if one.is_comparable and one.measure == "loss")
    return next((one for one in alike if one.iterations == settings.outer.num_iterations), None)


def figure_text(reference: Reference) -> str:
    """A loss, or from which to which."""
    return "–".join(dict.fromkeys((number_text(reference.low), number_text(reference.high))))
