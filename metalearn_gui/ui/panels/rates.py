"""The learned rates: one for every entry of a parameter, or one for every adaptation step."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtWidgets import QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.heat_map import Group, HeatMap, Tile
from metalearn_gui.ui.view_panel import ViewPanel, layer_of


class RatesPanel(ViewPanel):
    """A heat map: layers side by side, or parameters below each other and steps side by side."""

    key = "rates"
    room = 170

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.map = HeatMap(self)
        self.map.setObjectName("rates_map")
        self.body.addWidget(self.map, 1)
        self.refresh()

    def retranslate(self) -> None:
        self.set_title(self.tr("Learned rates"))
        self.set_hint(self.tr("how fast each parameter adapts"))
        self.map.setAccessibleName(self.tr("Learned rates of every parameter"))
        self.refresh()

    def show_arrays(self, arrays: Mapping[str, Array]) -> None:
        rates = {name.removeprefix("rates/"): np.asarray(values) for name, values in arrays.items()}
        are_steps = all(values.ndim == 1 for values in rates.values())
        self.map.set_groups(self._by_step(rates) if are_steps else self._by_layer(rates))
        means = (f"{name} {float(np.mean(values)):.3g}" for name, values in rates.items())
        self.map.setAccessibleDescription(self.tr("means: {means}").format(means=", ".join(means)))

    def _by_step(self, rates: Mapping[str, Array]) -> list[Group]:
        table = np.stack(list(rates.values()))
        name = self.tr("by adaptation step, 1 to {last}").format(last=table.shape[1])
        return [Group(name, (Tile("", table, tuple(rates)),))]

    def _by_layer(self, rates: Mapping[str, Array]) -> list[Group]:
        layers: dict[str, list[Tile]] = {}
        for name, values in rates.items():
            layers.setdefault(layer_of(name), []).append(Tile(name, values.reshape(-1, values.shape[-1])))
        return [Group(layer, tuple(tiles)) for layer, tiles in layers.items()]
