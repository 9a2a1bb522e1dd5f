"""What a learned optimiser does with a gradient, beside what Adam and SGD do."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.axis import Axis, tick_text
from metalearn_gui.ui.legend import Legend, LegendEntry
from metalearn_gui.ui.plotting import ThemedPlot, style_line
from metalearn_gui.ui.theme import theme
from metalearn_gui.ui.view_panel import ViewPanel

THRESHOLD = 1e-4  # the axes are linear up to here, and logarithmic beyond
SMALLEST_REACH = 3.0  # decades of updates that are always shown, up and down


class UpdateRulePanel(ViewPanel):
    """The update of a coordinate by its gradient: in the first step and in the shown one, and by hand-made rules."""

    key = "update_rule"
    room = 240

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        axes = (Axis(side, _text_at, counts=True) for side in ("bottom", "left"))
        self.plot = ThemedPlot(self, *axes)
        self.plot.setObjectName("update_rule_plot")
        self.plot.value_axis.setWidth(48)  # small numbers are long
        self.plot.setMinimumHeight(120)
        self.lines = {name: self.plot.add_line(layer) for layer, name in enumerate(("sgd", "adam", "first", "learned"))}
        self.legend = Legend(self)
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.legend)
        self.refresh()

    def retranslate(self) -> None:
        self.set_title(self.tr("Update rule"))
        self.set_hint(self.tr("update by gradient"))
        self.plot.setAccessibleName(self.tr("Update of a parameter by its gradient"))
        self.refresh()

    def restyle(self) -> None:
        self.plot.restyle()
        self.refresh()

    def show_arrays(self, arrays: Mapping[str, Array]) -> None:
        steps = arrays["learned"]
        step = min(max(self.session.unseen.step, 1), len(steps))
        curves = {"sgd": arrays["sgd"], "adam": arrays["adam"], "first": steps[0], "learned": steps[step - 1]}
        if step == 1:
            curves["first"] = np.full_like(steps[0], np.nan)
        gradient = symlog(arrays["gradient"])
        for name, values in curves.items():
            self.lines[name].setData(gradient, symlog(values))
        reach = float(np.nanmax(np.abs(symlog(np.stack(list(curves.values()))))))
        self._show_range(float(np.abs(gradient).max()), max(SMALLEST_REACH, np.ceil(reach)))
        self._write_legend(step)

    def _show_range(self, across: float, up: float) -> None:
        view = self.plot.getViewBox()
        view.setXRange(-across, across, padding=0.0)
        view.setYRange(-up, up, padding=0.03)

    def _write_legend(self, step: int) -> None:
        palette = theme().palette
        entries = {
            "learned": LegendEntry(self.tr("learned, step {step}").format(step=step), palette.learner),
            "first": LegendEntry(self.tr("learned, step 1"), palette.learner, "dotted", 1.5),
            "adam": LegendEntry(self.tr("Adam, best rate"), palette.text, "dashed", 1.5),
            "sgd": LegendEntry(self.tr("SGD, best rate"), palette.muted, "dashdot", 1.5),
        }
        for name, entry in entries.items():
            style_line(self.lines[name], entry.color, entry.style, entry.width)
        self.legend.set_entries([entry for name, entry in entries.items() if name != "first" or step > 1])


def symlog(values: Array) -> Array:
    """Values -> places on an axis: linear within THRESHOLD, a unit for every decade beyond, on either side of 0."""
    size = np.abs(np.asarray(values, float)) / THRESHOLD
    return np.sign(values) * np.where(size < 1.0, size, 1.0 + np.log10(np.maximum(size, 1.0)))


def _text_at(place: float) -> str:
    """The value at a whole number of units from the middle."""
    size = THRESHOLD * 10.0 ** (abs(place) - 1.0) if place else 0.0
    return tick_text(float(np.sign(place)) * float(f"{size:.6g}"))
