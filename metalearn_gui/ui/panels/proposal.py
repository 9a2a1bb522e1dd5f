"""What a meta-network proposes to change, parameter by parameter."""

from __future__ import annotations

from collections.abc import Mapping

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.bars import Bar
from metalearn_gui.ui.view_panel import BarsPanel


class ProposalPanel(BarsPanel):
    """The size of the change that the last application proposes for each parameter."""

    key = "proposal"

    def retranslate(self) -> None:
        self.set_title(self.tr("Proposed change"))
        self.set_hint(self.tr("of each parameter, last application"))
        self.bars.setAccessibleName(self.tr("Size of the proposed change of each parameter"))
        self.refresh()

    def bars_of(self, arrays: Mapping[str, Array]) -> list[Bar]:
        sizes = {name.removeprefix("change/"): path for name, path in arrays.items() if name.startswith("change/")}
        return [Bar(name, float(path[-1])) for name, path in sizes.items()]
