"""What a learner shows about itself: one card for each kind of view, there only while a view of it is.

A new kind is a class here and its place in VIEW_PANELS; none asks which learner it shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.bars import Bar
from metalearn_gui.ui.panels.view import BarsPanel, ViewPanel


class MovedPanel(BarsPanel):
    """How far each layer is from the start after the shown adaptation step."""

    key = "moved"

    def retranslate(self) -> None:
        self.set_title(self.tr("What moved"))
        self.set_hint(self.tr("distance from step 0, by layer"))
        self.bars.setAccessibleName(self.tr("Distance of every layer from step 0"))
        self.refresh()

    def bars_of(self, arrays: Mapping[str, Array]) -> list[Bar]:
        step = self.session.adaptation_step
        squares: dict[str, float] = {}
        for name, path in arrays.items():
            layer = self._layer(name)
            squares[layer] = squares.get(layer, 0.0) + float(path[min(step, len(path) - 1)]) ** 2
        return [Bar(layer, float(np.sqrt(square))) for layer, square in squares.items()]

    def _layer(self, name: str) -> str:
        number = re.fullmatch(r"[a-z]+(\d+)", name)
        return name if number is None else self.tr("layer {number}").format(number=int(number[1]) + 1)


class RatesPanel(BarsPanel):
    """The mean learned rate of each parameter, on either side of 0."""

    key = "rates"

    def retranslate(self) -> None:
        self.set_title(self.tr("Learned rates"))
        self.set_hint(self.tr("mean of each parameter"))
        self.bars.setAccessibleName(self.tr("Mean learned rate of each parameter"))
        self.refresh()

    def bars_of(self, arrays: Mapping[str, Array]) -> list[Bar]:
        return [Bar(name.removeprefix("rates/"), float(np.mean(values))) for name, values in arrays.items()]


class ContextPanel(BarsPanel):
    """The context numbers of the touched task after the last step."""

    key = "context"
    color = "unseen"

    def retranslate(self) -> None:
        self.set_title(self.tr("Context"))
        self.set_hint(self.tr("the numbers that say which task it is"))
        self.bars.setAccessibleName(self.tr("Context numbers of the touched task"))
        self.refresh()

    def bars_of(self, arrays: Mapping[str, Array]) -> list[Bar]:
        path = next(iter(arrays.values()))
        last = path[-1].reshape(-1, path.shape[-1])[0]
        return [Bar(self.tr("c{number}").format(number=place + 1), float(value)) for place, value in enumerate(last)]


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


VIEW_PANELS: dict[str, type[ViewPanel]] = {
    panel.key: panel for panel in (MovedPanel, RatesPanel, ContextPanel, ProposalPanel)
}
