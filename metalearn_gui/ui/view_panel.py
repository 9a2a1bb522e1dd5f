"""What the cards of a learner's views share: each follows one kind of view, and is away without one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QSizePolicy, QWidget

from metalearn_gui.bridge.session import Session
from metalearn_gui.engine.backend import Array
from metalearn_gui.ui.bars import Bar, Bars
from metalearn_gui.ui.panel import Panel
from metalearn_gui.ui.theme import theme


class ViewPanel(Panel):
    """Follows the view of its kind (`key`) in `session.unseen.views`. A subclass calls `refresh` once it is built."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        session.unseen.viewsChanged.connect(self.refresh)
        session.unseen.stepChanged.connect(self.refresh)

    def restyle(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Draw the newest view of this kind; the card is away without one."""
        arrays = next((view.arrays for view in self.session.unseen.views if view.kind == self.key), None)
        self.setVisible(arrays is not None)
        if arrays is not None:
            self.show_arrays(arrays)

    def show_arrays(self, arrays: Mapping[str, Array]) -> None:
        """Draw a view's arrays."""
        raise NotImplementedError


class BarsPanel(ViewPanel):
    """A view as named bars."""

    color: ClassVar[str] = "learner"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.bars = Bars(self)
        self.body.addWidget(self.bars)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)  # rows need no more than rows
        self.refresh()

    def show_arrays(self, arrays: Mapping[str, Array]) -> None:
        self.bars.set_bars(self.bars_of(arrays), theme().color_of(self.color))

    def bars_of(self, arrays: Mapping[str, Array]) -> list[Bar]:
        """A view's arrays as bars."""
        raise NotImplementedError


def layer_bars(sizes: Mapping[str, float]) -> list[Bar]:
    """A bar per layer from a number per parameter: the norm over the layer's parameters."""
    squares: dict[str, float] = {}
    for name, size in sizes.items():
        layer = layer_of(name)
        squares[layer] = squares.get(layer, 0.0) + size**2
    return [Bar(layer, math.sqrt(square)) for layer, square in squares.items()]


def layer_of(name: str) -> str:
    """The layer that a parameter belongs to, in words; what is no layer's parameter keeps its name."""
    found = re.fullmatch(r"(?:([a-z]+)/)?[a-z]+(\d+)", name)
    if found is None:
        return name
    part = found[1] or QCoreApplication.translate("Views", "layer")  # of a decoder, say
    return f"{part} {int(found[2]) + 1}"
