"""The unit that is pointed at in the network's picture: what it answers, laid over the touched task."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QObject

from metalearn_gui.bridge.session import Session
from metalearn_gui.bridge.touches import UnitAnswers
from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.networks.mlp import Mlp
from metalearn_gui.engine.scaling import Scaling
from metalearn_gui.ui.network_drawing import answers_of
from metalearn_gui.ui.network_view import NetworkView

SHOWING_INPUTS = ("curve", "plane", "table")  # canvases whose places are inputs of the network


class UnitOnCanvas(QObject):
    """With the weights of the shown moment, as far as adapting to the task has moved them by the shown step."""

    def __init__(self, session: Session, view: NetworkView) -> None:
        super().__init__(view)
        self._session, self._view = session, view
        self._is_watching = False
        view.pointed.connect(self._lay_over)
        for signal in (session.inside.way.changed, session.unseen.stepChanged):
            signal.connect(self.lay_over_again)

    def lay_over_again(self) -> None:
        """Weights, step or task are other ones. Maps of pictures may have been gone for a moment, and are back."""
        layer, unit = self._view.unit_pointed
        if layer >= 0 or self._session.unseen.laid_over is not None:
            self._lay_over(layer, unit)

    def _lay_over(self, layer: int, unit: int) -> None:
        """Where the canvas shows inputs, or pictures; -1: nothing."""
        laid = self._channel(layer, unit) if self._view.columns else self._unit(layer, unit)
        adapts = laid is not None and laid.values.ndim == 1 and not self._session.shown.settings.learner.adapts_once
        self._watch(adapts)
        self._session.unseen.lay_over(laid)

    def _watch(self, on: bool) -> None:
        """How the weights move is asked for as long as it can be seen."""
        if on != self._is_watching:
            self._is_watching = on
            self._session.inside.way.watch(on)

    def _channel(self, place: int, channel: int) -> UnitAnswers | None:
        """What a channel makes of the first query; of a filter, the channel that it makes. None for none drawn."""
        columns = self._view.columns
        made_by = place + (place >= 0 and columns[place].is_filters)
        if made_by < 0 or channel not in columns[made_by].channels:
            return None
        return UnitAnswers(self._view.unit_name(place, channel), columns[made_by].map_of(channel))

    def _unit(self, layer: int, unit: int) -> UnitAnswers | None:
        session, settings = self._session, self._session.shown.settings
        if layer < 0 or settings.tasks.view not in SHOWING_INPUTS or settings.network.key != Mlp.key:
            return None
        learned, grid = session.shown_state.learner, session.unseen.touched.grid
        scaling, adapted = Scaling.of(learned.carry), self._adapted(learned.params)
        seen = grid if scaling is None else np.asarray(scaling.inputs(grid))
        activation = getattr(settings.network, "activation", "relu")
        answers = answers_of({**learned.params, **adapted}, activation, seen)
        if not answers:
            return None
        name = self._view.unit_name(layer, unit)
        if adapted:
            name = self.tr("{unit}, step {step}").format(unit=name, step=session.unseen.step)
        return UnitAnswers(name, answers[layer][:, unit])

    def _adapted(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """Those of the weights that adapting changes, by the shown step; none before the way is known."""
        way, unseen = self._session.inside.way.result, self._session.unseen
        if way is None or way.task.tasks is not unseen.touched.tasks:
            return {}
        moved = way.at(unseen.step)
        return {name: values for name, values in moved.items() if name in params and params[name].shape == values.shape}
