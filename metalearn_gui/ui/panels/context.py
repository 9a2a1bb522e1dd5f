"""The few numbers that say which task it is: dragged by hand, and the adapted curve follows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.bars import Bar, Bars
from metalearn_gui.ui.combo import Combo
from metalearn_gui.ui.context_pad import ContextPad
from metalearn_gui.ui.theme import theme, ui_font
from metalearn_gui.ui.view_panel import ViewPanel

NUMBERS_WIDTH = 150


class ContextPanel(ViewPanel):
    """Two of the numbers on a pad, all of them as bars."""

    key = "context"
    room = 180

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._path = np.zeros((1, 0))  # (steps + 1, numbers)
        self._own_again = self.add_icon_action("undo", lambda: session.unseen.set_context(None))
        self._own_again.setObjectName("context_own")
        self.pad = ContextPad(self)
        self.pad.setObjectName("context_pad")
        self.pad.moved.connect(self._put)
        self.pad.left_to_learner.connect(lambda: session.unseen.set_context(None))
        self.axes = (Combo(self), Combo(self))
        self.bars = Bars(self)
        self._build()
        session.unseen.adaptedChanged.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        choices = QHBoxLayout()
        choices.setSpacing(6)
        for axis, name in zip(self.axes, ("context_across", "context_up"), strict=True):
            axis.setObjectName(name)
            axis.setFont(ui_font(12))
            axis.currentIndexChanged.connect(self.refresh)
            choices.addWidget(axis, 1)
        numbers = QVBoxLayout()
        numbers.setSpacing(6)
        numbers.addLayout(choices)
        numbers.addWidget(self.bars)
        numbers.addStretch(1)
        self.bars.setFixedWidth(NUMBERS_WIDTH)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.pad, 1)
        row.addLayout(numbers)
        self.body.addLayout(row, 1)

    def retranslate(self) -> None:
        self.set_title(self.tr("Context"))
        self.set_hint(self.tr("drag it: the curve follows"))
        self.pad.setAccessibleName(self.tr("Two numbers of the context; arrows move the point"))
        self.axes[0].setAccessibleName(self.tr("Number drawn across"))
        self.axes[1].setAccessibleName(self.tr("Number drawn upward"))
        self.bars.setAccessibleName(self.tr("Context numbers of the touched task"))
        own_again = self.tr("The learner's own context again (Escape)")
        self._own_again.setToolTip(own_again)
        self._own_again.setAccessibleName(own_again)
        self.refresh()

    # --- what is drawn ----------------------------------------------------------------------------

    def show_arrays(self, arrays: Mapping[str, Array]) -> None:
        path = next(iter(arrays.values()))[:, 0]
        if path.shape[1] != self._path.shape[1]:
            self._offer_axes(path)
        self._path = path
        own, step = self.session.unseen.context, self.session.unseen.step
        names = self._names(path.shape[1])
        shown = path[min(step, len(path) - 1)] if own is None else own
        self._own_again.setVisible(own is not None)
        across, *up = self._chosen
        words = (names[across], names[up[0]] if up else "")
        self.pad.show_path(self._on_pad(path), step, None if own is None else self._on_pad(own), words)
        bars = [Bar(name, float(value)) for name, value in zip(names, shown, strict=True)]
        self.bars.set_bars(bars, theme().palette.learner)

    def _names(self, count: int) -> list[str]:
        return [self.tr("c{number}").format(number=place + 1) for place in range(count)]

    @property
    def _chosen(self) -> list[int]:
        """The numbers on the pad's axes: across and upward, or a lone one across."""
        return [axis.currentIndex() for axis in self.axes][: self._path.shape[1]]

    def _on_pad(self, contexts: Array) -> Array:
        """The two numbers of contexts (..., numbers) that the pad shows."""
        shown = np.zeros((*contexts.shape[:-1], 2))
        shown[..., : len(self._chosen)] = contexts[..., self._chosen]
        return shown

    def _offer_axes(self, path: Array) -> None:
        """Let any two numbers be chosen; the two that have moved most are, at first."""
        count = path.shape[1]
        far = np.argsort(-np.nan_to_num(np.abs(path[-1] - path[0])), kind="stable")
        for axis, place in zip(self.axes, [*sorted(far[:2].tolist()), 0], strict=False):  # a lone one leaves an axis
            with QSignalBlocker(axis):
                axis.clear()
                axis.addItems(self._names(count))
                axis.setCurrentIndex(place)
            axis.setVisible(count > 2)

    # --- the hand ---------------------------------------------------------------------------------

    def _put(self, across: float, up: float) -> None:
        own = self.session.unseen.context
        context = np.array(self._path[min(self.session.unseen.step, len(self._path) - 1)] if own is None else own)
        context[self._chosen] = (across, up)[: len(self._chosen)]
        self.session.unseen.set_context(context.astype(np.float32))
        self.refresh()  # the point stays under the hand; the curve comes with its answer
