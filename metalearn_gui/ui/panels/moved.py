"""How far adapting has moved what: for most learners the whole of the story, so it is the last to have room."""

from __future__ import annotations

from collections.abc import Mapping

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.bars import Bar
from metalearn_gui.ui.view_panel import BarsPanel, layer_bars


class MovedPanel(BarsPanel):
    """How far each layer is from the start after the shown adaptation step."""

    key = "moved"

    def retranslate(self) -> None:
        self.set_title(self.tr("What moved"))
        self.set_hint(self.tr("distance from step 0, by layer"))
        self.bars.setAccessibleName(self.tr("Distance of every layer from step 0"))
        self.refresh()

    def bars_of(self, arrays: Mapping[str, Array]) -> list[Bar]:
        step = self.session.unseen.step
        return layer_bars({name: float(path[min(step, len(path) - 1)]) for name, path in arrays.items()})
