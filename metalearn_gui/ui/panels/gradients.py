"""Two gradients that a run reports beside its losses: how large each is, and the cosine between them."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.store.records import RunRecord
from metalearn_gui.ui.curve_line import CurveLine
from metalearn_gui.ui.legend import Legend, LegendEntry
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.plotting import ThemedPlot, line_pen
from metalearn_gui.ui.run_traces import RunTrace, axis_reach
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.theme import theme

CURVES = ("base_gradient", "meta_gradient", "cosine")
SMOOTHING = 0.97
TICK_SPACING = 70


def reports_gradients(run: RunRecord) -> bool:
    """Whether a run says, or is going to say, what this panel draws."""
    names = set(run.curves) | set(run.settings.learner.metric_names)
    return names.issuperset(CURVES)


class GradientsPanel(Panel):
    """Is there only while `session.shown` has such curves."""

    key = "gradients"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._trace = RunTrace(session.shown, SMOOTHING)
        self._build_plots()
        session.advanced.connect(self.refresh)
        session.shownChanged.connect(self._take_shown)
        self._take_shown()

    def _build_plots(self) -> None:
        self.sizes, self.cosine = ThemedPlot(self), ThemedPlot(self)
        self.sizes.setObjectName("gradient_sizes_plot")
        self.cosine.setObjectName("gradient_cosine_plot")
        self.sizes.set_log(True)
        self._base, self._meta = CurveLine(self.sizes, 1), CurveLine(self.sizes, 2)
        self._cosine = CurveLine(self.cosine, 2)
        self._zero = pg.InfiniteLine(0.0, angle=0)
        self.cosine.addItem(self._zero, ignoreBounds=True)
        self.legends = {name: Legend(self) for name in ("sizes", "cosine")}
        row = QHBoxLayout()
        row.setSpacing(6)
        for plot, legend in zip((self.sizes, self.cosine), self.legends.values(), strict=True):
            plot.count_axis.least_spacing = TICK_SPACING
            plot.setMinimumHeight(76)  # room for the cosine's -1, 0 and 1
            plot.resized.connect(self.refresh)
            plot.appeared.connect(self.refresh)
            column = QVBoxLayout()
            column.addWidget(plot, 1)
            column.addWidget(legend)
            row.addLayout(column, 1)
        self.body.addLayout(row, 1)

    # --- texts and colours ------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.set_title(self.tr("Gradients in training"))
        self.set_hint(self.tr("of L and of R, and the cosine between"), self.tr("of L and of R"))
        self.sizes.setAccessibleName(self.tr("Size of both gradients by meta-iteration"))
        self.cosine.setAccessibleName(self.tr("Cosine between the gradients by meta-iteration"))
        self.refresh()

    def restyle(self) -> None:
        palette = theme().palette
        self.sizes.restyle()
        self.cosine.restyle()
        self._base.set_style(palette.before, "dashed")
        self._meta.set_style(palette.learner, "solid", 2.0)
        self._cosine.set_style(palette.text, "solid", 1.5)
        self._zero.setPen(line_pen(palette.muted, "dotted"))
        self.refresh()

    # --- what is drawn ----------------------------------------------------------------------------

    def _take_shown(self) -> None:
        self._trace = RunTrace(self.session.shown, SMOOTHING)
        self.setVisible(reports_gradients(self.session.shown))
        self.refresh()

    def refresh(self) -> None:
        """Draw what is new; nothing while the plots cannot be seen."""
        if not self.sizes.isVisible():
            return
        run = self._trace.run
        last = axis_reach(self.session, run)
        for plot in (self.sizes, self.cosine):
            plot.getViewBox().setXRange(0, last, padding=0.0)
        for name, line in zip(CURVES, (self._base, self._meta, self._cosine), strict=True):
            line.feed(self._trace.smoothed(name), (run.run_id, name))
        self.sizes.fit_values(self._base.y, self._meta.y)
        self.cosine.getViewBox().setYRange(-1.0, 1.0, padding=0.04)
        self._write_legends()

    def _write_legends(self) -> None:
        palette = theme().palette
        base, meta, cosine = (self._latest(name) for name in CURVES)
        self.legends["sizes"].set_entries(
            [
                LegendEntry(self.tr("L {size}").format(size=base), palette.before, "dashed", 1.5),
                LegendEntry(self.tr("R {size}").format(size=meta), palette.learner),
            ]
        )
        self.legends["cosine"].set_entries(
            [LegendEntry(self.tr("cosine {value}").format(value=cosine), palette.text, "solid", 1.5)]
        )

    def _latest(self, name: str) -> str:
        """The smoothed value that the line ends with; nothing before the first."""
        values = self._trace.smoothed(name)
        return number_text(float(values[-1])) if len(values) else ""
