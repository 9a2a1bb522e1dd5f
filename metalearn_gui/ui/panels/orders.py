"""What a first-order learner leaves out: its meta-gradient beside the exact one."""

from __future__ import annotations

from collections.abc import Mapping

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.bars import Bar
from metalearn_gui.ui.text import number_text
from metalearn_gui.ui.view_panel import BarsPanel


class OrdersPanel(BarsPanel):
    """The sizes of both meta-gradients on the touched task as bars, the angle between them in words."""

    key = "orders"

    def retranslate(self) -> None:
        self.set_title(self.tr("First and second order"))
        self.bars.setAccessibleName(self.tr("Size of the first-order and of the exact meta-gradient"))
        self.refresh()

    def show_arrays(self, arrays: Mapping[str, Array]) -> None:
        angle = number_text(float(arrays["angle"][0]))
        self.set_hint(self.tr("meta-gradients {angle}° apart").format(angle=angle))
        super().show_arrays(arrays)

    def bars_of(self, arrays: Mapping[str, Array]) -> list[Bar]:
        return [
            Bar(self.tr("1st order"), float(arrays["first"][0])),
            Bar(self.tr("2nd order"), float(arrays["second"][0])),
        ]
